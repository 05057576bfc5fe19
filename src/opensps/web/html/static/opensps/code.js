/* The signed facts of a scanned code, checked on this device beside the answer of the server (OpenSPS, trust.md 6.13).
   Nothing of the fragment is sent anywhere. The page holds every sentence; here is only which of them is shown:
   checked, differs, broken, unknown. Without this script the answer of the server stands alone. */
"use strict";
(() => {
  const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const MOST = 4096, DEEPEST = 8;
  const ISSUER = 1, NUMBER = 2, ISSUED = 6, OWN = -70001;
  const DIGEST = 1, TYPE = 2, COUNTRY = 3, SALT = 6, BLOCK = 10;

  class Broken extends Error {}
  const must = (holds) => { if (!holds) throw new Broken(); };
  const joined = (...parts) => {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((place, part) => { whole.set(part, place); return place + part.length; }, 0);
    return whole;
  };
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const ascii = (text) => new TextEncoder().encode(text);
  const isBytes = (value, length) => value instanceof Uint8Array && (length === undefined || value.length === length);

  /* RFC 4648 base32 without padding: one spelling only, so loose bits are refused. */
  const unbased = (text) => {
    const bytes = [];
    let bits = 0, held = 0;
    for (const sign of text) {
      const value = BASE32.indexOf(sign);
      must(value >= 0);
      held = (held << 5) | value;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes.push(held >> bits);
        held &= (1 << bits) - 1;
      }
    }
    must(bytes.length > 0 && bits < 5 && held === 0);
    return Uint8Array.from(bytes);
  };

  /* Deterministic CBOR (RFC 8949 4.2.1): integers, bytes, text, arrays, maps, null, and one tag where it is asked for.
     Maps become Map; their keys are text: i and the integer, t and the text, b and hexadecimal. */
  const uncbor = (data, tag) => {
    let place = 0;
    const take = (count) => {
      must(count <= data.length - place);
      place += Number(count);
      return data.subarray(place - Number(count), place);
    };
    const head = () => {
      const first = take(1)[0], info = first & 31;
      if (info < 24) return [first >> 5, info];
      must(info < 28);
      const number = BigInt(`0x${hex(take(1 << (info - 24)))}`);
      must(number >= [24n, 1n << 8n, 1n << 16n, 1n << 32n][info - 24]);
      return [first >> 5, number <= Number.MAX_SAFE_INTEGER ? Number(number) : number];
    };
    const mapOf = (count, depth) => {
      const found = new Map();
      let former = "";
      for (let each = 0; each < count; each += 1) {
        const start = place, key = value(depth), written = hex(data.subarray(start, place));
        const kind = { number: "i", bigint: "i", string: "t" }[typeof key] || (isBytes(key) ? "b" : "");
        must(kind && written > former);
        former = written;
        found.set(kind + (isBytes(key) ? hex(key) : key), value(depth));
      }
      return found;
    };
    const value = (depth) => {
      const [major, number] = head();
      if (major === 0) return number;
      if (major === 1) return typeof number === "bigint" ? -1n - number : -1 - number;
      if (major === 2) return take(number);
      if (major === 3) return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(take(number));
      if (major === 4 || major === 5) {
        must(depth < DEEPEST && number * (major - 3) <= data.length - place);
        return major === 5 ? mapOf(number, depth + 1) : Array.from({ length: number }, () => value(depth + 1));
      }
      must(major === 7 && number === 22 && data[place - 1] === 0xf6);
      return null;
    };
    if (tag !== undefined) must(String(head()) === `6,${tag}`);
    const whole = value(0);
    must(place === data.length);
    return whole;
  };

  const cborBytes = (bytes) => {
    const size = bytes.length;
    const head = size < 24 ? [0x40 | size] : size < 256 ? [0x58, size] : [0x59, size >> 8, size & 255];
    return joined(Uint8Array.from(head), bytes);
  };

  const message = (data) => {
    const parts = uncbor(data, 18);
    must(Array.isArray(parts) && parts.length === 4);
    const [protectedHeader, unprotected, payload, signature] = parts;
    must(isBytes(protectedHeader) && unprotected instanceof Map && unprotected.size === 0);
    must(isBytes(payload) && isBytes(signature));
    const header = uncbor(protectedHeader);
    must(header instanceof Map && header.size === 2 && isBytes(header.get("i4"), 8));
    must(header.get("i1") === -7 || header.get("i1") === -8);
    const signed = joined(Uint8Array.of(0x84, 0x6a), ascii("Signature1"), cborBytes(protectedHeader), Uint8Array.of(0x40), cborBytes(payload));
    return { kid: hex(header.get("i4")), isES256: header.get("i1") === -7, payload, signature, signed };
  };

  const claimsOf = (payload) => {
    const whole = uncbor(payload);
    must(whole instanceof Map);
    const own = whole.get(`i${OWN}`);
    must(own instanceof Map);
    const [issuer, number, issued] = [ISSUER, NUMBER, ISSUED].map((key) => whole.get(`i${key}`));
    const [digest, type, country, salt, block] = [DIGEST, TYPE, COUNTRY, SALT, BLOCK].map((key) => own.get(`i${key}`));
    must(typeof issuer === "string" && typeof number === "string" && Number.isInteger(issued) && issued >= 0);
    must(isBytes(digest, 32) && Number.isInteger(type) && type >= 0 && typeof country === "string");
    must(isBytes(salt, 16) && (block === undefined || typeof block === "string"));
    return { issuer, number, issued, digest, type: String(type), salt, use: block ? "block" : "qr" };
  };

  const tokenOf = async ({ salt, digest }) => {
    const whole = new Uint8Array(await crypto.subtle.digest("SHA-256", joined(ascii("ecert.token/v1\n"), salt, digest)));
    const bits = Array.from(whole, (byte) => byte.toString(2).padStart(8, "0")).join("");
    return Array.from({ length: 20 }, (_, at) => CROCKFORD[parseInt(bits.slice(5 * at, 5 * at + 5), 2)]).join("");
  };

  const holds = async (key, { signature, signed }) => {
    const spki = Uint8Array.from(atob(key.spki), (sign) => sign.charCodeAt(0));
    const kind = { name: "ECDSA", namedCurve: "P-256" };
    const known = await crypto.subtle.importKey("spki", spki, kind, false, ["verify"]);
    return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, known, signature, signed);
  };

  const maySpeak = (key, claims) => key.authority === claims.issuer && key.types.includes(claims.type)
    && (key.uses.includes(claims.use) || key.uses.includes("training")) && key.from <= claims.issued;

  /* Returns checked, differs or unknown; throws Broken where the code is not what an authority signed. */
  const judged = async (text, list, answer) => {
    must(text.length <= MOST);
    const sign1 = message(unbased(text));
    const named = list.keys.filter((key) => key.kid === sign1.kid);
    if (!named.length || !sign1.isES256) return "unknown";
    const usable = named.filter((key) => key.algorithm === "ES256");
    const held = (await Promise.all(usable.map((key) => holds(key, sign1)))).flatMap((is, at) => (is ? [usable[at]] : []));
    must(held.length);
    const claims = claimsOf(sign1.payload);
    const speaking = held.filter((key) => maySpeak(key, claims));
    must(speaking.length);
    if (speaking.every((key) => key.ended)) return "unknown";
    const isHere = (list.hosts[claims.issuer] || []).includes(answer.host);
    const isSame = (await tokenOf(claims)) === answer.token && claims.number === answer.number;
    return isHere && isSame ? "checked" : "differs";
  };

  const folded = (typed) => typed.toUpperCase().replace(/-/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");

  const box = document.querySelector("[data-code]");
  const fragment = window.location.hash;
  if (!box || !fragment.startsWith("#1")) return;
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
  const answer = {
    host: window.location.host,
    token: folded(decodeURIComponent(window.location.pathname).split("/").pop()),
    number: box.dataset.number,
  };
  const verdict = async () => {
    try {
      const asked = await fetch(box.dataset.keys, { credentials: "omit", referrerPolicy: "no-referrer" });
      if (!asked.ok || !window.crypto.subtle) return "unknown";
      const list = await asked.json();
      return await judged(fragment.slice(2), list, answer).catch((error) => {
        if (error instanceof Broken || error instanceof TypeError) return "broken";
        throw error;
      });
    } catch {
      return "unknown";
    }
  };
  verdict().then((said) => { box.querySelector(`[data-say="${said}"]`).hidden = false; });
})();
