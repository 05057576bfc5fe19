/* Bytes and their writings: each has one spelling, and every other is refused. What is wrong throws Refused with a
   code; nothing here decides what that means. */

/** Something is not as it must be; `code` says what, in the words of the verifier in Python. */
export class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

export const must = (holds, code) => { if (!holds) throw new Refused(code); };

export const isBytes = (value, length) => value instanceof Uint8Array && (length === undefined || value.length === length);

export const joined = (...parts) => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((place, part) => { whole.set(part, place); return place + part.length; }, 0);
  return whole;
};

export const isSame = (one, other) => one.length === other.length && one.every((byte, place) => byte === other[place]);

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => Number.parseInt(pair, 16));

export const utf8 = (text) => new TextEncoder().encode(text);

/** The text of UTF-8 bytes; a byte order mark stays. */
export const text = (bytes, code) => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused(code);
  }
};

export const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));

/** Eight bytes, big end first. */
export const u64 = (number) => unhex(BigInt(number).toString(16).padStart(16, "0"));

export const number64 = (bytes) => BigInt(`0x${hex(bytes)}`);

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** RFC 4648 base64 with padding and no white space; no loose bits, unless a format lets them be. */
export const unbase64 = (written, code, { mayBeLoose = false } = {}) => {
  must(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(written), code);
  const bytes = Uint8Array.from(atob(written), (sign) => sign.charCodeAt(0));
  const last = written.replace(/=+$/, "").slice(-1), loose = { 1: 15, 2: 3 }[bytes.length % 3] || 0;
  must(mayBeLoose || !(ALPHABET.indexOf(last) & loose), code);
  return bytes;
};

/** RFC 4648 base32 without padding, no loose bits. */
export const unbase32 = (written, code) => {
  const signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", bytes = [];
  let bits = 0, held = 0;
  for (const sign of written) {
    const value = signs.indexOf(sign);
    must(value >= 0, code);
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push(held >> bits);
      held &= (1 << bits) - 1;
    }
  }
  must(bytes.length > 0 && bits < 5 && held === 0, code);
  return Uint8Array.from(bytes);
};

/** RFC 9285. */
export const unbase45 = (written, code) => {
  const signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", bytes = [];
  for (let start = 0; start < written.length; start += 3) {
    const group = [...written.slice(start, start + 3)].map((sign) => signs.indexOf(sign));
    must(group.length > 1 && group.every((value) => value >= 0), code);
    const value = group.reduceRight((sum, each) => sum * 45 + each, 0);
    must(value < 1 << (8 * (group.length - 1)), code);
    bytes.push(...(group.length === 3 ? [value >> 8, value & 255] : [value]));
  }
  return Uint8Array.from(bytes);
};

/** What was compressed with zlib (or, for a ZIP member, "deflate-raw"): whole, nothing behind it, at most `most` bytes. */
export const inflated = async (squeezed, most, code, form = "deflate") => {
  const reader = new Blob([squeezed]).stream().pipeThrough(new DecompressionStream(form)).getReader();
  const parts = [];
  let length = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      parts.push(next.value);
      length += next.value.length;
      if (length > most) {
        reader.cancel().catch(() => {});
        throw new Refused(code);
      }
    }
  } catch {
    throw new Refused(code);
  }
  return joined(...parts);
};

/* No control character, no sign that hides or changes direction, no space but the plain one. */
export const isPrintable = (value) => !/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(value);

export const lengthOf = (value) => [...value].length;
