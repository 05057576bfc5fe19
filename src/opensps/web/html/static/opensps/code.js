/* The signed facts of a scanned code, checked on this device beside the answer of the server (OpenSPS, trust.md 6.13).
   Nothing of the fragment is sent anywhere. The page holds every sentence; here is only which of them is shown:
   checked, differs, broken, unknown. Without this script the answer of the server stands alone. */
import { Refused, must, unbase64 } from "./check/bytes.js";
import { readClaims, readCode, tokenOf } from "./check/claims.js";
import { readSign1, signedBy } from "./check/cose.js";

const maySpeak = (key, claims) => key.authority === claims.issuer && key.types.includes(claims.type)
  && (key.uses.includes(claims.block ? "block" : "qr") || key.uses.includes("training")) && key.from * 1000 <= claims.issuedAt;

const signing = async (message, listed) => {
  const held = [];
  for (const key of listed) if (await signedBy(message, { ...key, spki: unbase64(key.spki, "key") })) held.push(key);
  return held;
};

/* Checked, differs or unknown; throws Refused where the code is not what an authority signed. */
const judged = async (text, list, number) => {
  const parts = await readCode(text), message = readSign1(parts.message);
  const named = list.keys.filter((key) => key.kid === message.kid);
  if (!named.length) return "unknown";
  const held = await signing(message, named);
  must(held.length, "signature");
  const claims = readClaims(message.payload);
  must(claims.salt, "claims");
  const speaking = held.filter((key) => maySpeak(key, claims));
  must(speaking.length, "signer");
  if (speaking.every((key) => key.ended)) return "unknown";
  const isHere = (list.hosts[claims.issuer] || []).includes(parts.host);
  return isHere && (await tokenOf(claims)) === parts.token && claims.number === number ? "checked" : "differs";
};

const said = async (text, { keys, number }) => {
  try {
    const asked = await fetch(keys, { credentials: "omit", referrerPolicy: "no-referrer" });
    return asked.ok ? await judged(text, await asked.json(), number) : "unknown";
  } catch (error) {
    if (!(error instanceof Refused)) return "unknown";
    return error.code === "address" ? "differs" : "broken";
  }
};

const box = document.querySelector("[data-code]"), { hash, host, pathname, search } = window.location;
if (box && hash.startsWith("#1")) {
  window.history.replaceState(null, "", pathname + search);
  const token = decodeURIComponent(pathname).split("/").pop().toUpperCase();
  said(`HTTPS://${host}/C/${token}${hash}`, box.dataset).then((word) => { box.querySelector(`[data-say="${word}"]`).hidden = false; });
}
