/* Signed status lists (IETF Token Status List as CWT, trust.md 6.12): what has been withdrawn, replaced or put on hold,
   and how old that knowledge is. A leaf that a list does not cover is never "in force". */
import { hex, inflated, isBytes, must } from "./bytes.js";
import { failed, passed } from "./aspects.js";
import { uncbor } from "./cbor.js";
import { readSign1, signedBy } from "./cose.js";
import { isTraining, speakingKey } from "./trust.js";

const MOST_BYTES = 2 << 20, MOST_INFLATED = 8 << 20, LAST_SECOND = 253402300799;
const LIFE_SECONDS = 7 * 86400;
export const STATUS_FRESH = 24 * 3600 * 1000, TRUST_FRESH = 7 * 86400 * 1000, CLOCKS_DIFFER = 3600 * 1000;
const WORDS = ["", "withdrawn", "on_hold", "replaced"];

const timeOf = (claims, key) => {
  const value = claims.get(key);
  must(Number.isInteger(value) && value >= 0 && value <= LAST_SECOND - LIFE_SECONDS, "date");
  return value;
};

const packedOf = async (claims, size) => {
  const held = claims.get("i65533");
  must(held instanceof Map && held.get("tbits") === 2 && isBytes(held.get("tlst")), "claims");
  const packed = await inflated(held.get("tlst"), MOST_INFLATED, "zlib");
  must(packed.length === Math.ceil(size / 4), "claims");
  must(size % 4 === 0 || packed.at(-1) >> (2 * (size % 4)) === 0, "claims");
  return packed;
};

/** The message, whose signature is not checked yet, and what the list says. */
export const readStatusList = async (data) => {
  must(data.length <= MOST_BYTES, "too_large");
  const message = readSign1(data);
  must(message.contentType === "application/statuslist+cwt", "envelope");
  const claims = uncbor(message.payload);
  must(claims instanceof Map, "claims");
  const [logId, size] = Array.isArray(claims.get("i-70002")) ? claims.get("i-70002") : [];
  must(claims.get("i-70002")?.length === 2 && isBytes(logId, 4) && Number.isInteger(size), "claims");
  must(size >= 0 && size <= MOST_INFLATED * 4, "claims");
  const issued = timeOf(claims, "i6"), expires = timeOf(claims, "i4");
  must(issued < expires && expires <= issued + LIFE_SECONDS && typeof claims.get("i2") === "string", "claims");
  const listed = { issuedAt: issued * 1000, logId: hex(logId), size, packed: await packedOf(claims, size) };
  return { message, listed };
};

/* The list, if a key of the authority signed it that may; else nothing, as if it were not there. */
const believed = async (raw, { trust, now, acceptsTraining }, authority) => {
  try {
    const { message, listed } = await readStatusList(raw);
    const signing = [];
    for (const key of trust.keysCalled(message.kid)) if (await signedBy(message, key)) signing.push(key);
    const evidence = { claimedAt: listed.issuedAt, now };
    const isSpeaker = (each) => each.authority === authority;
    const key = speakingKey(signing, { trust, use: "status", type: null, evidence, isSpeaker });
    return acceptsTraining || !isTraining(key) ? listed : null;
  } catch (error) {
    if (typeof error.code === "string") return null;
    throw error;
  }
};

/** The lists that may be believed, newest last. */
export const believedLists = async (terms, authority) => {
  const all = await Promise.all(terms.statusLists.map((raw) => believed(raw, terms, authority)));
  return all.filter(Boolean).sort((one, other) => one.size - other.size || one.issuedAt - other.issuedAt);
};

const oldTrust = ({ trustFetchedAt, now }) => (
  trustFetchedAt === null || now - trustFetchedAt <= TRUST_FRESH ? [] : [failed("freshness", "list_old")]);

const freshness = (listed, terms) => {
  const age = terms.now - listed.issuedAt;
  if (age < -CLOCKS_DIFFER || age > STATUS_FRESH) return [failed("freshness", "status_old")];
  const old = oldTrust(terms);
  return old.length ? old : [passed("freshness")];
};

const said = (listed, index) => {
  if (index < 0n || index >= BigInt(listed.size)) return failed("status", "not_covered");
  const word = WORDS[(listed.packed[Number(index / 4n)] >> Number(2n * (index % 4n))) & 3];
  return word ? failed("status", word) : passed("status");
};

/** What the newest list of a log says of a leaf: fragments, and as of when. `logId` null: no place in a log. */
export const standing = async (terms, { authority, logId, index }) => {
  const lists = logId === null ? [] : await believedLists(terms, authority);
  const newest = lists.filter((each) => each.logId === logId).at(-1);
  if (!newest) return { fragments: [failed("status", "list_missing"), ...oldTrust(terms)], asOf: null };
  return { fragments: [said(newest, BigInt(index)), ...freshness(newest, terms)], asOf: newest.issuedAt };
};
