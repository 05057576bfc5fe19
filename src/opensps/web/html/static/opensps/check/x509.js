/* What a seal says about its signer: the public key in its X.509 certificate, and whether the key usage lets it sign.
   The certificate proves nothing by itself; whether its key may speak is for the trust list to say. */
import { hex, must } from "./bytes.js";

const KEY_USAGE = "0603551d0f";

/* One element of DER: its tag, its content, all its bytes, and what follows. */
const der = (bytes, code) => {
  must(bytes.length >= 2, code);
  const many = bytes[1] & 0x80 ? bytes[1] & 0x7f : 0;
  must(many <= 3 && bytes.length >= 2 + many, code);
  const length = many ? Number.parseInt(hex(bytes.subarray(2, 2 + many)) || "0", 16) : bytes[1];
  const start = 2 + many, end = start + length;
  must(end <= bytes.length && !(bytes[1] === 0x80), code);
  return { tag: bytes[0], content: bytes.subarray(start, end), whole: bytes.subarray(0, end), rest: bytes.subarray(end) };
};

const childrenOf = (content, code) => {
  const found = [];
  for (let rest = content; rest.length;) {
    const one = der(rest, code);
    found.push(one);
    ({ rest } = one);
  }
  return found;
};

const mayUse = (extensions, code) => {
  const usage = extensions.find(({ content }) => hex(childrenOf(content, code)[0].whole) === KEY_USAGE);
  if (!usage) return true;
  const bits = der(childrenOf(usage.content, code).at(-1).content, code);
  must(bits.tag === 3 && bits.content.length >= 2, code);
  return Boolean(bits.content[1] & 0xc0);
};

/** The SubjectPublicKeyInfo, and whether the key usage, if there is one, allows signatures on documents. */
export const readCertificate = (bytes, code) => {
  const whole = der(bytes, code);
  must(whole.tag === 0x30 && !whole.rest.length, code);
  const outer = childrenOf(whole.content, code);
  must(outer.length === 3 && outer[0].tag === 0x30, code);
  const fields = childrenOf(outer[0].content, code), first = fields[0]?.tag === 0xa0 ? 1 : 0;
  const spki = fields[first + 5], extensions = fields.find(({ tag }) => tag === 0xa3);
  must(spki && spki.tag === 0x30, code);
  const listed = extensions ? childrenOf(der(extensions.content, code).content, code) : [];
  return { der: bytes, spki: spki.whole, maySign: mayUse(listed, code) };
};
