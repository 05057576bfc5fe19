/* Deterministic CBOR (RFC 8949 4.2.1): integers, bytes, text, arrays, maps, null, and one tag where it is asked for.
   Maps become Map; their keys are text: i and the integer, t and the text, b and hexadecimal. */
import { Refused, hex, isBytes, joined, must, text, utf8 } from "./bytes.js";

const DEEPEST = 8;
const LEAST = [24n, 1n << 8n, 1n << 16n, 1n << 32n];

class Reader {
  constructor(data) {
    this.data = data;
    this.place = 0;
  }

  take(count) {
    must(count <= this.data.length - this.place, "cbor");
    this.place += Number(count);
    return this.data.subarray(this.place - Number(count), this.place);
  }

  /* Major type and number, written as short as it can be. */
  head() {
    const first = this.take(1)[0], info = first & 31;
    if (info < 24) return [first >> 5, info];
    must(info < 28, "cbor");
    const number = BigInt(`0x${hex(this.take(1 << (info - 24)))}`);
    must(number >= LEAST[info - 24], "cbor");
    return [first >> 5, number <= Number.MAX_SAFE_INTEGER ? Number(number) : number];
  }

  value(depth) {
    const [major, number] = this.head();
    if (major === 0) return number;
    if (major === 1) return typeof number === "bigint" ? -1n - number : -1 - number;
    if (major === 2) return this.take(number);
    if (major === 3) return text(this.take(number), "cbor");
    if (major === 4 || major === 5) return this.held(major, number, depth);
    must(major === 7 && number === 22 && this.data[this.place - 1] === 0xf6, "cbor");
    return null;
  }

  held(major, count, depth) {
    must(depth < DEEPEST && count <= (this.data.length - this.place) / (major - 3), "cbor");
    if (major === 5) return this.map(count, depth + 1);
    return Array.from({ length: count }, () => this.value(depth + 1));
  }

  map(count, depth) {
    const found = new Map();
    let former = "";
    for (let each = 0; each < count; each += 1) {
      const start = this.place, key = this.value(depth), written = hex(this.data.subarray(start, this.place));
      const kind = { number: "i", bigint: "i", string: "t" }[typeof key] || (isBytes(key) ? "b" : "");
      must(kind && written > former, "cbor");
      former = written;
      found.set(kind + (isBytes(key) ? hex(key) : key), this.value(depth));
    }
    return found;
  }
}

/** The value of exactly these bytes; with `tag` that tag must stand in front of it. */
export const uncbor = (data, tag) => {
  const reader = new Reader(data);
  if (tag !== undefined) must(String(reader.head()) === `6,${tag}`, "cbor");
  const whole = reader.value(0);
  must(reader.place === data.length, "cbor");
  return whole;
};

const head = (major, size) => {
  if (size < 24) return [(major << 5) | size];
  if (size < 1 << 8) return [(major << 5) | 24, size];
  if (size < 1 << 16) return [(major << 5) | 25, size >> 8, size & 255];
  return [(major << 5) | 26, ...[24, 16, 8, 0].map((shift) => (size >>> shift) & 255)];
};

/** A byte string or a text, written. */
export const cborString = (value) => {
  const isText = typeof value === "string", bytes = isText ? utf8(value) : value;
  if (!isBytes(bytes)) throw new Refused("cbor");
  return joined(Uint8Array.from(head(isText ? 3 : 2, bytes.length)), bytes);
};
