/* The proof bundle of one certificate: its salted leaf, the path to the root, the checkpoint and who has seen it
   (C2SP tlog-proof, RFC 9162 2.1.3.2, trust.md 6.4 to 6.9). */
import { isBytes, isSame, joined, lengthOf, must, sha256, text, unbase64, utf8 } from "./bytes.js";
import { uncbor } from "./cbor.js";
import { openCheckpoint, readDecimal, witnessed } from "./note.js";

const HEADER = "c2sp.org/tlog-proof@v1";
const MOST_BYTES = 1 << 20, MOST_HASHES = 63, LIMIT = 1n << 63n;
const ISSUE = 1;
const OF_CERTIFICATES = [1, 2, 3, 4, 11, 12];

const isIndex = (value) => (typeof value === "number" || typeof value === "bigint") && value >= 0 && value < LIMIT;
const isOr = (value, length) => value === null || isBytes(value, length);

const readLeaf = (data) => {
  const fields = uncbor(data);
  must(Array.isArray(fields) && fields.length === 9 && fields[0] === 1, "leaf");
  const [, event, issuer, hour, commitment, kid, seal, previous, handle] = fields;
  must(Number.isInteger(event) && event >= 1 && event <= 13, "leaf");
  must(typeof issuer === "string" && issuer && lengthOf(issuer) <= 64 && isIndex(hour), "leaf");
  must(isBytes(commitment, 32) && (previous === null || isIndex(previous)), "leaf");
  const isOfOne = OF_CERTIFICATES.includes(event);
  must(isOfOne ? isBytes(kid, 8) && isBytes(seal, 32) : kid === null && seal === null, "leaf");
  must(event === ISSUE ? isOr(handle, 16) : isOfOne ? isBytes(handle, 16) : handle === null, "leaf");
  return { event, issuer, hour: BigInt(hour), commitment, kid, seal, bytes: data };
};

export const readBundle = (raw) => {
  must(raw.length <= MOST_BYTES, "too_large");
  const gap = raw.findIndex((byte, place) => byte === 10 && raw[place + 1] === 10);
  must(gap >= 0 && raw.subarray(0, gap).every((byte) => byte < 128), "header");
  const [header, extra = "", index = "", ...path] = text(raw.subarray(0, gap), "header").split("\n");
  must(header === HEADER && extra.startsWith("extra ") && index.startsWith("index "), "header");
  const held = uncbor(unbase64(extra.slice(6), "extra"));
  must(Array.isArray(held) && held.length === 3 && held[0] === 1, "extra");
  must(isBytes(held[1], 16) && isBytes(held[2]), "extra");
  const at = readDecimal(index.slice(6), "index");
  must(path.length <= MOST_HASHES, "path");
  const hashes = path.map((line) => unbase64(line, "path"));
  must(hashes.every((each) => each.length === 32), "path");
  return { salt: held[1], leaf: readLeaf(held[2]), index: at, path: hashes, checkpoint: raw.subarray(gap + 2) };
};

const node = (left, right) => sha256(Uint8Array.of(1), left, right);

/** Whether the path leads from a leaf to the root. */
export const isIncluded = async ({ leaf, index, size, path, root }) => {
  if (index >= size) return false;
  let place = index, last = size - 1n, found = await sha256(Uint8Array.of(0), leaf);
  for (const sibling of path) {
    if (last === 0n) return false;
    if (place & 1n || place === last) {
      found = await node(sibling, found);
      while (!(place & 1n) && place) [place, last] = [place >> 1n, last >> 1n];
    } else {
      found = await node(found, sibling);
    }
    [place, last] = [place >> 1n, last >> 1n];
  }
  return last === 0n && isSame(found, root);
};

const commitmentOf = (salt, digest) => sha256(utf8("ecert.doc/v1\n"), salt, digest);

/* The objection to a bundle as proof of one sealed document, nothing if it proves it; and what it proves. */
const proven = async (bundle, { digest, seal, kid, authority, trust }) => {
  const keys = trust.logsOf(authority.code).map((log) => log.key);
  const { note, checkpoint } = await openCheckpoint(bundle.checkpoint, keys);
  const { leaf, index, path } = bundle;
  const tree = { size: checkpoint.size, root: checkpoint.root };
  must(await isIncluded({ leaf: leaf.bytes, index, path, ...tree }), "proof");
  must(leaf.event === ISSUE && isSame(leaf.commitment, await commitmentOf(bundle.salt, digest)), "commitment");
  must(leaf.issuer === authority.code && isSame(leaf.kid, kid), "commitment");
  must(!seal || isSame(leaf.seal, await sha256(seal)), "commitment");
  return { note, checkpoint };
};

const momentOf = (seconds) => (seconds <= 253402300799n ? Number(seconds) * 1000 : null);

/** What a bundle proves of the document with digest D, sealed by the key `kid` of an authority: `objection` says why it
    proves nothing. Times are in milliseconds. Keys a browser cannot check throw Unsupported. */
export const prove = async (raw, about) => {
  let bundle, found;
  try {
    bundle = readBundle(raw);
    found = await proven(bundle, about);
  } catch (error) {
    if (!error.code || typeof error.code !== "string") throw error;
    return { objection: error.code === "commitment" ? "commitment" : "proof" };
  }
  const seen = await seenBy(found.note, about);
  return {
    objection: "",
    position: { origin: found.checkpoint.origin, index: bundle.index },
    loggedAt: momentOf(bundle.leaf.hour * 3600n),
    witnessObjection: seen.objection,
    witnessedAt: seen.at === null ? null : momentOf(seen.at),
  };
};

const seenBy = async (note, { authority, trust }) => {
  const { quorum } = authority;
  try {
    const seen = await witnessed(note, trust.witnessesOf(authority), quorum || { need: 0, organisations: [] });
    return { objection: quorum && seen.isQuorum ? "" : "quorum_short", at: seen.at };
  } catch (error) {
    if (typeof error.code !== "string") throw error;
    return { objection: quorum ? "cosignature" : "quorum_short", at: null };
  }
};
