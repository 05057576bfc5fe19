/* The trust list as a whole (trust.md 5.1, 6.11): signed by two of three roots, or an unsigned one with training keys
   only, which counts in a demonstration alone. And: may a key speak for whom, for what, at that place in history. */
import { Refused, hex, isBytes, lengthOf, must, sha256, text, utf8 } from "./bytes.js";
import { LOG_KEY, readKey, readNote, verifyNote } from "./note.js";
import { readLines, readTime } from "./trust_lines.js";

const HEADER = "ecert-trust-list/v1", MARK = "unsigned-local";
const ROOTS = 3, NEEDED = 2;
const LIFE_SECONDS = 30 * 86400, MOST_SIGNS = 1 << 20;

export class TrustList {
  constructor(entries = { authorities: [], keys: [], logs: [], witnesses: [] }, head = {}) {
    Object.assign(this, entries, { serial: 0, digest: "", issued: null, expires: null, previous: "" }, head);
  }

  get isSigned() { return this.serial > 0; }

  authority(code) { return this.authorities.find((each) => each.code === code); }

  ofCountry(country) { return this.authorities.filter((each) => each.code.slice(0, 2) === country); }

  hasExpired(now) { return this.expires !== null && now >= this.expires * 1000; }

  keysLike(spki) { return this.keys.filter((key) => key.spkiHex === hex(spki)); }

  keysCalled(kid) { return this.keys.filter((key) => key.kid === kid); }

  logsOf(authority) { return this.logs.filter((log) => log.authority === authority); }

  log(origin) { return this.logs.find((log) => log.origin === origin); }

  witnessesOf({ quorum }) {
    return this.witnesses.filter((each) => quorum && quorum.organisations.includes(each.organisation));
  }

  /* A place that can be compared; nothing for a log that is not theirs. */
  order(authority, place) {
    const at = place ? this.logsOf(authority).findIndex((log) => log.origin === place.origin) : -1;
    return at < 0 ? null : [at, BigInt(place.index)];
  }
}

const splitList = (written) => {
  must(lengthOf(written) <= MOST_SIGNS, "list");
  const lines = written.split("\n");
  must(lines.pop() === "" && lines[0] === HEADER, "list");
  return lines;
};

/** Three root keys, one a line. */
export const readRoots = async (written) => {
  const lines = written.split(/\r\n|\r|\n/).filter(Boolean);
  const keys = await Promise.all(lines.map(readKey));
  const isRight = keys.length === ROOTS && keys.every((key) => key.type === LOG_KEY);
  must(isRight && new Set(keys.map((key) => hex(key.raw))).size === ROOTS, "roots");
  return keys;
};

const headOf = (lines, place, name) => {
  must((lines[place] || "").startsWith(`${name} `), "list");
  return lines[place].slice(name.length + 1);
};

const readSigned = async (raw, roots) => {
  const note = readNote(raw), signed = await verifyNote(note, roots);
  must(new Set(signed.map(({ key }) => hex(key.raw))).size >= NEEDED, "list");
  const lines = splitList(note.text);
  const [serial, issued, expires, previous] = ["serial", "issued", "expires", "previous"]
    .map((name, place) => headOf(lines, place + 1, name));
  must(/^[1-9][0-9]{0,17}$/.test(serial) && /^[0-9a-f]{64}$/.test(previous), "list");
  const from = readTime(issued), until = readTime(expires);
  must(from < until && until - from <= LIFE_SECONDS, "list");
  const digest = hex(await sha256(utf8(note.text)));
  const head = { serial: BigInt(serial), issued: from, expires: until, previous, digest };
  return new TrustList(await readLines(lines.slice(5)), head);
};

/** The list of these bytes; `roots` are known beforehand and never taken from a list. Throws Refused. */
export const readTrust = async (raw, roots) => {
  must(isBytes(raw), "list");
  const written = text(raw, "list");
  if (!written.startsWith(`${HEADER}\n${MARK}\n`)) {
    must(roots && roots.length === ROOTS, "roots");
    return readSigned(raw, roots);
  }
  const entries = await readLines(splitList(written).slice(2));
  must(entries.keys.every((key) => key.uses.includes("training")), "list");
  return new TrustList(entries);
};

/** Whether a list may take the place of the newest seen: never an older one, never another of the same serial. */
export const mayFollow = (list, seen) => {
  if (!seen || !seen.serial) return true;
  const before = BigInt(seen.serial);
  if (!list.isSigned || list.serial < before) return false;
  if (list.serial === before) return list.digest === seen.digest;
  return list.serial !== before + 1n || list.previous === seen.digest;
};

export const isTraining = (key) => key.uses.includes("training");

/** The first listed key that may speak; throws Refused with why none may. `evidence`: claimedAt, now in milliseconds,
    and a proven position or nothing. */
export const speakingKey = (listed, { trust, use, type, evidence, isSpeaker }) => {
  must(trust.keys.length, "list_missing");
  must(!trust.hasExpired(evidence.now), "list_expired");
  must(listed.length, "unknown_key");
  const speaking = listed.filter(isSpeaker);
  must(speaking.length, "other_authority");
  const reasons = speaking.map((key) => objection(key, trust, use, type, evidence));
  const free = reasons.indexOf("");
  if (free < 0) throw new Refused(reasons[0]);
  return speaking[free];
};

const objection = (key, trust, use, type, evidence) => {
  if (!isTraining(key) && !key.uses.includes(use)) return "use";
  if (type !== null && !key.types.includes(type)) return "type";
  const reaches = (bound) => reached(trust, key.authority, evidence.position, bound);
  const isStarted = typeof key.from === "number" ? evidence.claimedAt >= key.from * 1000 : reaches(key.from) !== false;
  if (!isStarted) return "retired";
  const ended = endedAt(key.to, evidence, reaches);
  if (ended) return "retired";
  const distrusted = key.distrusted === null ? false : typeof key.distrusted === "number" ? null : reaches(key.distrusted);
  if (distrusted) return "distrusted";
  return ended === false && distrusted === false ? "" : "position_unknown";
};

/* Yes, no, or null for "cannot be told". */
const endedAt = (end, { claimedAt, now }, reaches) => {
  if (end === null) return false;
  if (typeof end !== "number") return reaches(end);
  if (claimedAt >= end * 1000) return true;
  return now >= end * 1000 ? null : false;
};

const reached = (trust, authority, place, bound) => {
  const mine = trust.order(authority, place), theirs = trust.order(authority, bound);
  if (!mine || !theirs) return null;
  return mine[0] === theirs[0] ? mine[1] >= theirs[1] : mine[0] > theirs[0];
};
