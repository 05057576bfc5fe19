/* COSE_Sign1 (RFC 9052): tag 18 and nothing else, protected header with algorithm, key name and content type only.
   Codes: cbor, envelope, algorithm, kid. */
import { hex, isBytes, joined, must } from "./bytes.js";
import { cborString, uncbor } from "./cbor.js";
import { isSigned } from "./signatures.js";

const ALGORITHMS = new Map([[-7, "ES256"], [-8, "EdDSA"]]);
const KNOWN = ["i1", "i4", "i16"];

export const readSign1 = (data) => {
  const parts = uncbor(data, 18);
  must(Array.isArray(parts) && parts.length === 4, "envelope");
  const [protectedHeader, unprotected, payload, signature] = parts;
  must([protectedHeader, payload, signature].every((part) => isBytes(part)), "envelope");
  must(unprotected instanceof Map && unprotected.size === 0, "envelope");
  const header = uncbor(protectedHeader);
  must(header instanceof Map && [...header.keys()].every((key) => KNOWN.includes(key)), "envelope");
  const algorithm = ALGORITHMS.get(header.get("i1"));
  must(algorithm, "algorithm");
  must(isBytes(header.get("i4"), 8), "kid");
  must(!header.has("i16") || typeof header.get("i16") === "string", "envelope");
  const start = joined(Uint8Array.of(0x84), cborString("Signature1"), cborString(protectedHeader), Uint8Array.of(0x40));
  const signed = joined(start, cborString(payload));
  return { algorithm, kid: hex(header.get("i4")), contentType: header.get("i16"), payload, signature, signed };
};

/** Whether exactly this listed key signed a message, being of the kind that the message names. */
export const signedBy = async (message, key) => {
  if (key.algorithm !== message.algorithm || (key.algorithm === "ES256" && message.signature.length !== 64)) return false;
  const { signature, signed } = message;
  return isSigned({ algorithm: key.algorithm, spki: key.spki, signature, data: signed });
};
