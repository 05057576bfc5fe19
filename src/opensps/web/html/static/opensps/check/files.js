/* Files of one certificate: XML, seal, proof, or a ZIP that holds them; told apart by content, never by name. */
import { inflated, utf8 } from "./bytes.js";

const MOST_BYTES = 10 << 20, MOST_MEMBERS = 16;
const SEAL = /^\s*(?:<\?xml[^>]*\?>\s*)?<(?:[A-Za-z_][\w.-]*:)?Signature[\s>]/;

const beginsWith = (data, start) => utf8(start).every((byte, place) => data[place] === byte);
const latin = (data) => new TextDecoder("latin1").decode(data);

const number = (data, at, size) => data.subarray(at, at + size).reduceRight((sum, byte) => sum * 256 + byte, 0);

/* The members of a ZIP by its directory at the end; stored and deflated ones only, within the limits. */
const members = async (data) => {
  const whole = latin(data), end = whole.lastIndexOf("PK\u0005\u0006");
  const count = end < 0 ? 0 : number(data, end + 10, 2);
  if (!count || count > MOST_MEMBERS) throw new Error("zip");
  const found = [];
  let at = number(data, end + 16, 4), left = MOST_BYTES;
  for (let each = 0; each < count; each += 1) {
    if (!beginsWith(data.subarray(at), "PK\u0001\u0002") || number(data, at + 8, 2) & 1) throw new Error("zip");
    const [method, size, start] = [number(data, at + 10, 2), number(data, at + 20, 4), number(data, at + 42, 4)];
    const begin = start + 30 + number(data, start + 26, 2) + number(data, start + 28, 2);
    const held = data.subarray(begin, begin + size);
    const plain = method === 0 ? held : method === 8 ? await inflated(held, left, "zip", "deflate-raw") : new Uint8Array();
    left -= plain.length;
    if (left < 0) throw new Error("zip");
    found.push(plain);
    at += 46 + number(data, at + 28, 2) + number(data, at + 30, 2) + number(data, at + 32, 2);
  }
  return found;
};

const kindOf = (data) => {
  if (beginsWith(data, "c2sp.org/tlog-proof@v1")) return "bundle";
  const start = latin(data.subarray(0, 2000)).replace(/^\u00ef\u00bb\u00bf/, "");
  if (!/^[\s\0]*</.test(start)) return "";
  return SEAL.test(start) ? "seal" : "xml";
};

export const isPicture = (file) => file.type.startsWith("image/");

/** The parts of one certificate, as `checkFile` takes them; nothing where they are none, or two of one kind differ. */
export const gather = async (files) => {
  const parts = { xml: null, seal: null, bundle: null };
  for (const file of files) {
    if (file.size > MOST_BYTES) return null;
    const data = new Uint8Array(await file.arrayBuffer());
    const isZip = beginsWith(data, "PK");
    for (const each of isZip ? await members(data).catch(() => []) : [data]) {
      const kind = kindOf(each);
      if (kind && parts[kind] && latin(parts[kind]) !== latin(each)) return null;
      if (kind) parts[kind] = each;
      else if (!isZip) return null;
    }
  }
  return parts.xml ? parts : null;
};
