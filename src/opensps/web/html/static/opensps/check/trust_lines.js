/* The lines of a trust list, read strictly (trust.md 6.11): authorities, hosts, keys, logs, quorums, witnesses.
   A bound is a time in seconds since 1970, or a place in a log. Any wrong line refuses the whole list. */
import { hex, isPrintable, must, sha256, unbase64 } from "./bytes.js";
import { COSIGNATURE, LOG_KEY, MLDSA_COSIGNATURE, readKey } from "./note.js";
import { algorithmOf } from "./signatures.js";

const LIST = "list";
const USES = ["xml", "qr", "pdf", "status", "block", "training"];
const CODE = /^[A-Z]{2}[A-Z0-9]?$/;
const HOST = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::\d{1,5})?$/;
const ADDRESS = /^https:\/\/[A-Za-z0-9.:[\]/_~-]{1,500}$/;
const MAIL = /^[^\s@]{1,64}@[^\s@]{1,250}$/u;

const partsOf = (rest, count) => {
  const parts = rest.split(" ");
  must(parts.length === count, LIST);
  return parts;
};

const valueOf = (item, name) => {
  must(item.startsWith(`${name}=`) && item.length > name.length + 1, LIST);
  return item.slice(name.length + 1);
};

const setOf = (written, isAllowed) => {
  const values = written.split(",");
  must(new Set(values).size === values.length && values.every(isAllowed), LIST);
  return values;
};

/** Seconds since 1970 of 2026-11-20T10:00:00Z. */
export const readTime = (written) => {
  must(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(written), LIST);
  const at = Date.parse(written);
  must(!Number.isNaN(at) && new Date(at).toISOString() === written.replace("Z", ".000Z"), LIST);
  return at / 1000;
};

const boundOf = (written) => {
  const found = /^([^\s@]{1,255})@(0|[1-9][0-9]{0,18})$/u.exec(written);
  if (!found) return readTime(written);
  const index = BigInt(found[2]);
  must(index < 1n << 63n, LIST);
  return { origin: found[1], index };
};

const isBefore = (one, other) => {
  if (typeof one === "number" && typeof other === "number") return one <= other;
  return typeof one === "object" && typeof other === "object" && one.origin === other.origin && one.index <= other.index;
};
const isSameBound = (one, other) => one === other || (isBefore(one, other) && isBefore(other, one));

const noteKey = async (written, types) => {
  const key = await readKey(written);
  must(types.includes(key.type), LIST);
  return key;
};

const https = (written) => {
  must(ADDRESS.test(written), LIST);
  return written;
};

const readSeal = async (list, rest) => {
  const [code, kid, algorithm, written, use, types, since, until] = partsOf(rest, 8);
  list.named(code);
  const spki = unbase64(written, LIST);
  must(algorithm && algorithmOf(spki) === algorithm, LIST);
  const key = {
    authority: code, spki, spkiHex: hex(spki), algorithm,
    kid: hex((await sha256(spki)).subarray(0, 8)),
    uses: setOf(valueOf(use, "use"), (each) => USES.includes(each)),
    types: setOf(valueOf(types, "types"), (each) => /^[0-9]{1,4}$/.test(each)),
    from: boundOf(valueOf(since, "from")),
    to: until === "to=-" ? null : boundOf(valueOf(until, "to")),
    distrusted: null,
  };
  must(key.kid === kid && (key.to === null || !isBefore(key.to, key.from)), LIST);
  must(!list.keys.some((each) => each.authority === code && each.spkiHex === key.spkiHex), LIST);
  list.keys.push(key);
};

const READERS = {
  authority: (list, rest) => {
    const [code, ...name] = rest.split(" ");
    must(CODE.test(code) && name.length && !list.authorities.has(code), LIST);
    list.authorities.set(code, { code, name: name.join(" "), hosts: [], profile: null, quorum: null, contact: "" });
  },
  host: (list, rest) => {
    const [code, host] = partsOf(rest, 2), { hosts } = list.named(code);
    must(HOST.test(host) && !hosts.includes(host), LIST);
    hosts.push(host);
  },
  profile: (list, rest) => {
    const [code, profile] = partsOf(rest, 2), listed = list.named(code);
    must(/^[0-3]$/.test(profile) && listed.profile === null, LIST);
    listed.profile = Number(profile);
  },
  seal: readSeal,
  distrust: (list, rest) => {
    const [code, kid, since, event] = partsOf(rest, 4);
    const from = boundOf(valueOf(since, "from")), at = boundOf(valueOf(event, "event"));
    must(isSameBound(at, from) || !isBefore(at, from), LIST);
    const found = list.keys.filter((each) => each.authority === code && each.kid === kid);
    must(found.length && found.every((each) => each.distrusted === null), LIST);
    found.forEach((each) => { each.distrusted = from; });
  },
  log: async (list, rest) => {
    const [code, written, prefix, state] = partsOf(rest, 4);
    list.named(code);
    const key = await noteKey(written, [LOG_KEY]);
    must((state === "open" || state === "frozen") && !list.logs.some((each) => each.key.name === key.name), LIST);
    list.logs.push({ authority: code, key, origin: key.name, prefix: https(prefix), isOpen: state === "open" });
  },
  quorum: (list, rest) => {
    const [code, need, ...organisations] = rest.split(" "), listed = list.named(code);
    must(/^[0-9]+$/.test(need || "") && Number(need) >= 1 && Number(need) <= organisations.length, LIST);
    must(new Set(organisations).size === organisations.length && organisations.every((each) => CODE.test(each)), LIST);
    must(listed.quorum === null, LIST);
    listed.quorum = { need: Number(need), organisations };
  },
  witness: async (list, rest) => {
    const [organisation, written, url] = partsOf(rest, 3);
    const key = await noteKey(written, [COSIGNATURE, MLDSA_COSIGNATURE]);
    must(CODE.test(organisation) && https(url), LIST);
    must(!list.witnesses.some((each) => each.key.written === key.written), LIST);
    list.witnesses.push({ organisation, key, url });
  },
  contact: (list, rest) => {
    const [code, mail] = partsOf(rest, 2), listed = list.named(code);
    must(MAIL.test(mail) && !listed.contact, LIST);
    listed.contact = mail;
  },
};

class Draft {
  constructor() {
    this.authorities = new Map();
    this.keys = [];
    this.logs = [];
    this.witnesses = [];
  }

  named(code) {
    must(this.authorities.has(code), LIST);
    return this.authorities.get(code);
  }
}

/** What these lines say. */
export const readLines = async (lines) => {
  const list = new Draft();
  for (const line of lines) {
    must(line && isPrintable(line) && line === line.trim() && !line.includes("  "), LIST);
    const [keyword, ...rest] = line.split(" ");
    must(Object.hasOwn(READERS, keyword), LIST);
    await READERS[keyword](list, rest.join(" "));
  }
  const authorities = [...list.authorities.values()];
  authorities.forEach((each) => { each.profile = each.profile ?? 1; });
  return { authorities, keys: list.keys, logs: list.logs, witnesses: list.witnesses };
};
