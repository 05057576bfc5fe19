/* Signed notes, their keys, and checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature, July 2026).
   Text and signatures part at the last empty line; an unknown key is ignored; a known key with a bad signature rejects
   the whole note. */
import { Refused, hex, joined, must, number64, sha256, text, u64, unbase64, utf8 } from "./bytes.js";
import { Unsupported, isSignedRaw } from "./signatures.js";

export const LOG_KEY = 1, COSIGNATURE = 4, MLDSA_COSIGNATURE = 6;
const LENGTHS = { [LOG_KEY]: 32, [COSIGNATURE]: 32, [MLDSA_COSIGNATURE]: 1312 };
const MOST_BYTES = 1 << 20, MOST_SIGNATURES = 100;
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/u;

const isName = (name) => /^[^+\s\u0000-\u001f\u0085]+$/u.test(name);

/** The public key of a key string: name+hex(id)+base64(type || key). */
export const readKey = async (written) => {
  const [name, id, ...rest] = written.split("+");
  must(isName(name || "") && /^[0-9a-f]{8}$/.test(id || "") && rest.length, "key");
  const raw = unbase64(rest.join("+"), "base64");
  const type = raw[0], key = raw.subarray(1);
  must(LENGTHS[type] === key.length, "key");
  const made = await sha256(utf8(`${name}\n`), raw);
  must(hex(made.subarray(0, 4)) === id, "key");
  return { name, id, type, raw: key, written };
};

export const readNote = (raw) => {
  must(raw.length <= MOST_BYTES, "too_large");
  const whole = text(raw, "encoding");
  must(!CONTROL.test(whole), "control_character");
  const gap = whole.lastIndexOf("\n\n"), block = whole.slice(gap + 2);
  must(gap >= 0 && block.endsWith("\n"), "block");
  const lines = block.split("\n").slice(0, -1);
  must(lines.length <= MOST_SIGNATURES, "signature_count");
  return { text: whole.slice(0, gap + 1), signatures: lines.map(readLine) };
};

const readLine = (line) => {
  const found = /^— ([^ ]+) ([A-Za-z0-9+/=]+)$/u.exec(line);
  must(found && isName(found[1]), "signature_line");
  const raw = unbase64(found[2], "base64");
  must(raw.length > 4, "signature_line");
  return { name: found[1], id: hex(raw.subarray(0, 4)), signature: raw.subarray(4) };
};

/** The known keys that signed, each once, with the time of a cosignature in seconds. */
export const verifyNote = async (note, keys) => {
  const found = new Map();
  for (const line of note.signatures) {
    const known = keys.filter((key) => key.name === line.name && key.id === line.id);
    if (!known.length) continue;
    const { key, at } = await held(note.text, line.signature, known);
    if (!found.has(key.written)) found.set(key.written, { key, at });
  }
  must(found.size, "unsigned");
  return [...found.values()];
};

const held = async (signed, signature, keys) => {
  for (const key of keys) {
    const at = await timeOf(key, signed, signature);
    if (at !== undefined) return { key, at };
  }
  throw new Refused("signature");
};

/* The time of a cosignature, null for a plain signature; undefined where it does not hold. */
const timeOf = async (key, signed, signature) => {
  if (key.type === LOG_KEY) {
    return (await isSignedRaw({ algorithm: "EdDSA", raw: key.raw, signature, data: utf8(signed) })) ? null : undefined;
  }
  const at = number64(signature.subarray(0, 8));
  if (signature.length <= 8 || at >= 1n << 63n) return undefined;
  const algorithm = key.type === COSIGNATURE ? "EdDSA" : "ML-DSA-44";
  const data = cosigned(key, signed, at);
  const isHeld = data && await isSignedRaw({ algorithm, raw: key.raw, signature: signature.subarray(8), data });
  return isHeld ? at : undefined;
};

const cosigned = (key, signed, at) => {
  if (key.type === COSIGNATURE) return utf8(`cosignature/v1\ntime ${at}\n${signed}`);
  const checkpoint = readCheckpoint(signed), name = utf8(key.name), origin = utf8(checkpoint.origin);
  if (name.length > 255 || origin.length > 255) return null;
  const who = joined(utf8("subtree/v1\n\0"), Uint8Array.of(name.length), name, u64(at));
  return joined(who, Uint8Array.of(origin.length), origin, u64(0), u64(checkpoint.size), checkpoint.root);
};

/** A size or an index: ASCII digits, no leading zero, below 2**63. */
export const readDecimal = (written, code) => {
  must(/^(?:0|[1-9][0-9]{0,18})$/.test(written) && BigInt(written) < 1n << 63n, code);
  return BigInt(written);
};

export const readCheckpoint = (signed) => {
  const lines = signed.split("\n");
  must(lines.length > 3 && lines.pop() === "" && lines.every(Boolean) && !CONTROL.test(signed), "checkpoint");
  const root = unbase64(lines[2], "base64");
  must(root.length === 32, "checkpoint");
  return { origin: lines[0], size: readDecimal(lines[1], "checkpoint"), root };
};

/** The checkpoint of a note, if a log of that name signed it. */
export const openCheckpoint = async (raw, logKeys) => {
  const note = readNote(raw), checkpoint = readCheckpoint(note.text);
  const mine = logKeys.filter((key) => key.name === checkpoint.origin && key.type === LOG_KEY);
  const [{ key }] = await verifyNote(note, mine);
  return { note, checkpoint, key };
};

/** Who of the quorum cosigned, and since when there are enough; throws signature where a known witness's line is bad.
    Witnesses whose kind of key this browser cannot check are left aside: they never help. */
export const witnessed = async (note, witnesses, quorum) => {
  const checkable = await usable(note, witnesses);
  const first = new Map();
  for (const { key, at } of await verifyAny(note, checkable.map((each) => each.key))) {
    for (const each of checkable.filter((one) => one.key.written === key.written)) {
      const known = first.get(each.organisation);
      if (quorum.organisations.includes(each.organisation) && (known === undefined || at < known)) {
        first.set(each.organisation, at);
      }
    }
  }
  const isQuorum = first.size >= quorum.need;
  const times = [...first.values()].sort((one, other) => (one < other ? -1 : 1));
  return { isQuorum, at: isQuorum && quorum.need ? times[quorum.need - 1] : null };
};

const verifyAny = async (note, keys) => {
  try {
    return await verifyNote(note, keys);
  } catch (error) {
    if (error.code === "unsigned") return [];
    throw error;
  }
};

const usable = async (note, witnesses) => {
  const kept = [];
  for (const each of witnesses) {
    try {
      if (each.key.type === MLDSA_COSIGNATURE) {
        await isSignedRaw({ algorithm: "ML-DSA-44", raw: each.key.raw, signature: new Uint8Array(2420), data: utf8("") });
      }
      kept.push(each);
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
    }
  }
  return kept;
};
