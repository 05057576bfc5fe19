/* What a printed code says (trust.md 6.13): the parts of its address, and the claims behind the #. Whether anybody who may
   signed them is asked elsewhere. Codes: too_large, address, version, base32, base45, zlib; cbor, claims, identifier, date,
   number. */
import { hex, inflated, isBytes, isPrintable, joined, lengthOf, must, sha256, unbase32, unbase45, utf8 } from "./bytes.js";
import { uncbor } from "./cbor.js";
import { isIdentifier } from "./numbers.js";

const MOST_SIGNS = 4096, MOST_INFLATED = 64 * 1024, LAST_SECOND = 253402300799;
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
  return { logId: hex(value[0]), index: BigInt(value[1]) };
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

/** The token that belongs to salt and digest. */
export const tokenOf = async ({ salt, digest }) => {
  const whole = await sha256(utf8("ecert.token/v1\n"), joined(salt, digest));
  const bits = Array.from(whole, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return Array.from({ length: 20 }, (_, at) => CROCKFORD[parseInt(bits.slice(5 * at, 5 * at + 5), 2)]).join("");
};
