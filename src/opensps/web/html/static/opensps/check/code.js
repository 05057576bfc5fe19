/* The door of the printed code: signed facts, checked on this device (trust.md 6.13). Nothing of it is sent anywhere. */
import { Refused, inflated, isBytes, isPrintable, joined, lengthOf, must, sha256, unbase32, unbase45, utf8 } from "./bytes.js";
import { Stopped, decide, failed, neverThrows, offline, passed } from "./aspects.js";
import { uncbor } from "./cbor.js";
import { readSign1, signedBy } from "./cose.js";
import { authorityOf, isIdentifier } from "./numbers.js";
import { standing } from "./status.js";
import { isTraining, speakingKey } from "./trust.js";

const MOST_SIGNS = 4096, MOST_INFLATED = 64 * 1024, LAST_SECOND = 253402300799;
const AHEAD = 24 * 3600 * 1000, LEEWAY = 5 * 60 * 1000;
const REQUIRED = ["input", "seal_shape", "signer", "integrity", "content", "consistency", "status", "freshness"];
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ADDRESS = new RegExp(
  "^[Hh][Tt][Tt][Pp][Ss]://([A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?::\\d{1,5})?|\\[[0-9A-Fa-f:]{2,39}\\](?::\\d{1,5})?)"
  + "/C/([0-9A-Za-z-]{20,24})(?:#([^\\n]*))?$");

const tokenTyped = (typed) => {
  const token = typed.toUpperCase().replaceAll("-", "").replaceAll("O", "0").replace(/[IL]/g, "1");
  must(token.length === 20 && [...token].every((sign) => CROCKFORD.includes(sign)), "address");
  return token;
};

/** The parts of a code, none of them believed: host, token, message (null in a plain link). */
export const readCode = async (text) => {
  must(lengthOf(text) <= MOST_SIGNS, "too_large");
  if (text.startsWith("EC1:")) {
    return { host: "", token: "", message: await inflated(unbase45(text.slice(4), "base45"), MOST_INFLATED, "zlib") };
  }
  const found = ADDRESS.exec(text);
  must(found, "address");
  const [, host, token, fragment] = found;
  const parts = { host: host.toLowerCase(), token: tokenTyped(token), message: null };
  if (fragment === undefined) return parts;
  must(fragment.startsWith("1"), "version");
  return { ...parts, message: unbase32(fragment.slice(1), "base32") };
};

const timeIn = (held, key) => {
  const value = held.get(key);
  must(Number.isInteger(value) && value >= 0 && value <= LAST_SECOND, "date");
  return value * 1000;
};

const matching = (held, key, isRight) => {
  const value = held.get(key);
  must(typeof value === "string", "claims");
  must(isRight(value) && !value.includes("  "), "identifier");
  return value;
};

const countIn = (held, key, most) => {
  const value = held.get(key);
  must(Number.isInteger(value) && value >= 0 && value <= most, "claims");
  return value;
};

const bytesIn = (held, key, length) => {
  must(isBytes(held.get(key), length), "claims");
  return held.get(key);
};

const arrayIn = (held, key, most) => {
  const value = held.has(key) ? held.get(key) : [];
  must(Array.isArray(value) && value.length <= most, "claims");
  return value;
};

const wordOf = (value) => {
  must(typeof value === "string" && lengthOf(value) <= 200 && isPrintable(value), "identifier");
  return value;
};

const goodsOf = (value) => {
  must(Array.isArray(value) && value.length === 3, "claims");
  const [name, quantity, unit] = value;
  const isNumber = typeof quantity === "number" || typeof quantity === "bigint";
  const written = isNumber ? String(quantity) : quantity;
  wordOf(name);
  must(typeof written === "string" && /^\d{1,20}(?:\.\d{1,20})?$/.test(written), "number");
  return { name, quantity: written, unit: wordOf(unit) };
};

const positionIn = (own) => {
  if (!own.has("i5")) return null;
  const value = own.get("i5");
  must(Array.isArray(value) && value.length === 2 && isBytes(value[0], 4), "claims");
  must(["number", "bigint"].includes(typeof value[1]) && value[1] >= 0 && value[1] < 1n << 63n, "claims");
  return { logId: Array.from(value[0], (byte) => byte.toString(16).padStart(2, "0")).join(""), index: BigInt(value[1]) };
};

const pageIn = (own) => {
  if (!own.has("i9")) return null;
  const value = own.get("i9");
  must(Array.isArray(value) && value.length === 2 && value.every(Number.isInteger), "claims");
  must(value[0] >= 1 && value[0] <= value[1] && value[1] <= 99, "claims");
  return value;
};

/** The claims; times in milliseconds. Codes: cbor, claims, identifier, date, number. */
export const readClaims = (payload) => {
  const whole = uncbor(payload);
  must(whole instanceof Map && whole.get("i-70001") instanceof Map, "claims");
  const own = whole.get("i-70001");
  const issuer = matching(whole, "i1", (value) => /^[A-Z]{2}[A-Z0-9]?$/.test(value));
  const number = matching(whole, "i2", isIdentifier);
  return {
    issuer, number,
    issuedAt: timeIn(whole, "i6"),
    validUntil: whole.has("i4") ? timeIn(whole, "i4") : null,
    digest: bytesIn(own, "i1", 32),
    type: String(countIn(own, "i2", 9999)),
    importCountry: matching(own, "i3", (value) => /^[A-Z]{2}$/.test(value)),
    goods: arrayIn(own, "i4", 3).map(goodsOf),
    position: positionIn(own),
    salt: own.has("i6") ? bytesIn(own, "i6", 16) : null,
    marks: arrayIn(own, "i7", 100).map(wordOf),
    copy: own.has("i8") ? countIn(own, "i8", 1e6) : null,
    page: pageIn(own),
    block: own.has("i10") ? wordOf(own.get("i10")) : "",
  };
};

const stoppedBy = (error, table, [aspect, reason]) => {
  if (!(error instanceof Refused)) throw error;
  throw new Stopped(...(table[error.code] || [aspect, reason]));
};

const scanned = (text) => readCode(text).catch((error) => stoppedBy(error, {
  too_large: ["input", "too_large"], address: ["input", "not_a_certificate"],
}, ["input", "not_well_formed"]));

const messageOf = ({ message }) => {
  if (message === null) throw new Stopped("signer", "unknown_key", "ERROR");
  try {
    return readSign1(message);
  } catch (error) {
    return stoppedBy(error, {
      cbor: ["input", "encoding"], algorithm: ["seal_shape", "algorithm"], kid: ["seal_shape", "keyinfo"],
    }, ["seal_shape", "properties"]);
  }
};

const claimsOf = (message) => {
  try {
    return readClaims(message.payload);
  } catch (error) {
    const content = ["identifier", "date", "number", "claims"].includes(error.code) ? ["content", error.code] : null;
    return stoppedBy(error, {}, content || ["input", "encoding"]);
  }
};

/* The listed keys of that name which signed it; a code does not carry its key, so an unknown one tells nothing. */
const holding = async (message, { trust }) => {
  if (!trust.keys.length) throw new Stopped("signer", "list_missing");
  const named = trust.keysCalled(message.kid);
  if (!named.length) throw new Stopped("signer", "unknown_key", "ERROR");
  const held = [];
  for (const key of named) if (await signedBy(message, key)) held.push(key);
  if (held.length) return held;
  const isOfKind = named.some((key) => key.algorithm === message.algorithm);
  throw isOfKind ? new Stopped("integrity", "signature") : new Stopped("seal_shape", "algorithm");
};

/* The key that may speak, or the answer to the question who signed. */
const speaker = (held, claims, { trust, now, acceptsTraining }) => {
  try {
    const key = speakingKey(held, {
      trust, use: claims.block ? "block" : "qr", type: claims.type,
      evidence: { claimedAt: claims.issuedAt, now }, isSpeaker: (each) => each.authority === claims.issuer,
    });
    return isTraining(key) && !acceptsTraining ? [null, failed("signer", "training")] : [key, passed("signer")];
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return [null, failed("signer", error.code)];
  }
};

const isOver = (claims, now) => claims.validUntil !== null && claims.validUntil < now - LEEWAY;

const content = (claims, { now }) => {
  const isTurned = claims.validUntil !== null && claims.validUntil < claims.issuedAt && !isOver(claims, now);
  if (claims.issuedAt > now + AHEAD || isTurned) return failed("content", "date");
  const named = authorityOf(claims.number);
  return named && named !== claims.issuer ? failed("content", "issuer_mismatch") : passed("content");
};

const tokenOf = async ({ salt, digest }) => {
  const whole = await sha256(utf8("ecert.token/v1\n"), joined(salt, digest));
  const bits = Array.from(whole, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return Array.from({ length: 20 }, (_, at) => CROCKFORD[parseInt(bits.slice(5 * at, 5 * at + 5), 2)]).join("");
};

const consistency = async ({ host, token }, claims, { trust }) => {
  if (!host) return passed("consistency");
  const authority = trust.authority(claims.issuer);
  if (!authority || !authority.hosts.includes(host)) return failed("consistency", "host");
  const isTheirs = claims.salt === null || token === (await tokenOf(claims));
  return isTheirs ? passed("consistency") : failed("consistency", "token_mismatch");
};

/* What the list says, with what the code itself says of its end, unless the list says something worse. */
const ended = (found, claims, now) => {
  const others = found.filter((each) => each.aspect !== "status");
  if (claims.block) return [failed("status", "unconfirmed"), ...others];
  const { reason } = found.find((each) => each.aspect === "status");
  const isOpen = ["", "list_missing", "not_covered"].includes(reason);
  return isOver(claims, now) && isOpen ? [failed("status", "expired"), ...others] : found;
};

const check = async (text, terms) => {
  const parts = await scanned(text), message = messageOf(parts);
  const held = await holding(message, terms), claims = claimsOf(message);
  const [key, signed] = speaker(held, claims, terms);
  const fragments = [passed("input"), passed("seal_shape"), passed("integrity"), signed, content(claims, terms),
    await consistency(parts, claims, terms)];
  let asOf = claims.issuedAt;
  if (key) {
    const { logId, index } = claims.position || { logId: null, index: 0n };
    const found = await standing(terms, { authority: claims.issuer, logId, index });
    fragments.push(...ended(found.fragments, claims, terms.now));
    asOf = found.asOf ?? asOf;
  }
  const authority = key ? terms.trust.authority(key.authority) : null;
  const about = { number: claims.number, signer: authority?.name, country: claims.issuer.slice(0, 2), asOf };
  return { ...offline(decide(fragments, REQUIRED)), ...about, claims: authority ? claims : null };
};

/** The verdict on the text of one code. `terms`: trust, now, acceptsTraining, statusLists, trustFetchedAt (ms or null).
    Never throws. */
export const checkCode = (text, terms) => neverThrows(() => check(text, terms));
