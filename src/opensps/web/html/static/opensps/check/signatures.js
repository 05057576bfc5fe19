/* Signatures through WebCrypto. A browser that lacks a kind of key throws Unsupported, which no verifier turns into
   "good" or "bad": it could not be checked. */
import { isSame, unhex } from "./bytes.js";

export class Unsupported extends Error {}

const P256 = unhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");
const ED25519 = unhex("302a300506032b6570032100");
const RSA = unhex("300d06092a864886f70d010101050003");

const KINDS = {
  ES256: [{ name: "ECDSA", namedCurve: "P-256" }, { name: "ECDSA", hash: "SHA-256" }],
  RS256: [{ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, { name: "RSASSA-PKCS1-v1_5" }],
  EdDSA: [{ name: "Ed25519" }, { name: "Ed25519" }],
  "ML-DSA-44": [{ name: "ML-DSA-44" }, { name: "ML-DSA-44" }],
};

const bitsOf = (spki) => {
  const at = spki.findIndex((_, place) => isSame(spki.subarray(place, place + 5), RSA.subarray(-5)));
  const found = spki.subarray(at).findIndex((byte, place, all) => byte === 2 && all[place + 1] >= 0x80);
  const length = (spki[at + found + 2] << 8) | spki[at + found + 3];
  return (length - 1) * 8;
};

/** ES256, EdDSA or RS256 for a SubjectPublicKeyInfo; nothing for other keys, and for RSA below 2048 bits. */
export const algorithmOf = (spki) => {
  if (spki.length === 91 && isSame(spki.subarray(0, 27), P256)) return "ES256";
  if (spki.length === 44 && isSame(spki.subarray(0, 12), ED25519)) return "EdDSA";
  const start = spki[1] & 0x80 ? 2 + (spki[1] & 0x7f) : 2;
  const isRsa = isSame(spki.subarray(start, start + 15), RSA.subarray(0, 15));
  return isRsa && bitsOf(spki) >= 2048 ? "RS256" : "";
};

const importing = async (form, bytes, kind) => {
  try {
    return await crypto.subtle.importKey(form, bytes, kind, false, ["verify"]);
  } catch (error) {
    if (error.name === "NotSupportedError" || error instanceof TypeError) throw new Unsupported(kind.name);
    return null;
  }
};

/** Whether a key (SubjectPublicKeyInfo) of a known algorithm made this signature. */
export const isSigned = async ({ algorithm, spki, signature, data }) => {
  const [kind, how] = KINDS[algorithm];
  const key = await importing("spki", spki, kind);
  return key !== null && crypto.subtle.verify(how, key, signature, data);
};

/** The same for the raw public key of a signed note: Ed25519 or ML-DSA-44. */
export const isSignedRaw = async ({ algorithm, raw, signature, data }) => {
  const [kind, how] = KINDS[algorithm];
  const key = await importing(algorithm === "ML-DSA-44" ? "raw-public" : "raw", raw, kind);
  return key !== null && crypto.subtle.verify(how, key, signature, data);
};

/** Whether this browser can check signatures of that kind. */
export const can = async (algorithm) => {
  try {
    await crypto.subtle.generateKey(KINDS[algorithm][0], false, ["sign", "verify"]);
    return true;
  } catch {
    return false;
  }
};
