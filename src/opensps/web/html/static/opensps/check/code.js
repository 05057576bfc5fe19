/* The door of the printed code: signed facts, checked on this device (trust.md 6.13). Nothing of it is sent anywhere. */
import { Refused } from "./bytes.js";
import { Stopped, decide, failed, neverThrows, offline, passed } from "./aspects.js";
import { readClaims, readCode, tokenOf } from "./claims.js";
import { readSign1, signedBy } from "./cose.js";
import { authorityOf } from "./numbers.js";
import { standing } from "./status.js";
import { isTraining, speakingKey } from "./trust.js";

const AHEAD = 24 * 3600 * 1000, LEEWAY = 5 * 60 * 1000;
const REQUIRED = ["input", "seal_shape", "signer", "integrity", "content", "consistency", "status", "freshness"];

const stoppedBy = (error, table, [aspect, reason]) => {
  if (!(error instanceof Refused)) throw error;
  throw new Stopped(...(table[error.code] || [aspect, reason]));
};

/* A link that imitates ours under an address nobody lists is called so, and never opened. */
const IMITATED = /^https?:\/\/([^/?#]{1,300})\/c\//i;
const hostOf = (text) => (IMITATED.exec(text)?.[1] || "").toLowerCase();
const isStrange = (host, { trust }) => {
  const listed = trust.authorities.flatMap((each) => each.hosts);
  return Boolean(host && listed.length) && !listed.includes(host);
};

const scanned = (text, terms) => readCode(text).catch((error) => stoppedBy(error, {
  too_large: ["input", "too_large"],
  address: isStrange(hostOf(text), terms) ? ["consistency", "host"] : ["input", "not_a_certificate"],
}, ["input", "not_well_formed"]));

const messageOf = ({ host, message }, terms) => {
  if (message === null && isStrange(host, terms)) throw new Stopped("consistency", "host");
  if (message === null) throw new Stopped("signer", "unknown_key", "ERROR");
  try {
    return readSign1(message);
  } catch (error) {
    return stoppedBy(error, {
      cbor: ["input", "encoding"], algorithm: ["seal_shape", "algorithm"], kid: ["seal_shape", "keyinfo"],
    }, ["seal_shape", "properties"]);
  }
};

const claimsOf = (message) => {
  try {
    return readClaims(message.payload);
  } catch (error) {
    const content = ["identifier", "date", "number", "claims"].includes(error.code) ? ["content", error.code] : null;
    return stoppedBy(error, {}, content || ["input", "encoding"]);
  }
};

/* The listed keys of that name which signed it; a code does not carry its key, so an unknown one tells nothing. */
const holding = async (message, { trust }) => {
  if (!trust.keys.length) throw new Stopped("signer", "list_missing");
  const named = trust.keysCalled(message.kid);
  if (!named.length) throw new Stopped("signer", "unknown_key", "ERROR");
  const held = [];
  for (const key of named) if (await signedBy(message, key)) held.push(key);
  if (held.length) return held;
  const isOfKind = named.some((key) => key.algorithm === message.algorithm);
  throw isOfKind ? new Stopped("integrity", "signature") : new Stopped("seal_shape", "algorithm");
};

/* The key that may speak, or the answer to the question who signed. */
const speaker = (held, claims, { trust, now, acceptsTraining }) => {
  try {
    const key = speakingKey(held, {
      trust, use: claims.block ? "block" : "qr", type: claims.type,
      evidence: { claimedAt: claims.issuedAt, now }, isSpeaker: (each) => each.authority === claims.issuer,
    });
    return isTraining(key) && !acceptsTraining ? [null, failed("signer", "training")] : [key, passed("signer")];
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return [null, failed("signer", error.code)];
  }
};

const isOver = (claims, now) => claims.validUntil !== null && claims.validUntil < now - LEEWAY;

const content = (claims, { now }) => {
  const isTurned = claims.validUntil !== null && claims.validUntil < claims.issuedAt && !isOver(claims, now);
  if (claims.issuedAt > now + AHEAD || isTurned) return failed("content", "date");
  const named = authorityOf(claims.number);
  return named && named !== claims.issuer ? failed("content", "issuer_mismatch") : passed("content");
};

const consistency = async ({ host, token }, claims, { trust }) => {
  if (!host) return passed("consistency");
  const authority = trust.authority(claims.issuer);
  if (!authority || !authority.hosts.includes(host)) return failed("consistency", "host");
  const isTheirs = claims.salt === null || token === (await tokenOf(claims));
  return isTheirs ? passed("consistency") : failed("consistency", "token_mismatch");
};

/* What the list says, with what the code itself says of its end, unless the list says something worse. */
const ended = (found, claims, now) => {
  const others = found.filter((each) => each.aspect !== "status");
  if (claims.block) return [failed("status", "unconfirmed"), ...others];
  const { reason } = found.find((each) => each.aspect === "status");
  const isOpen = ["", "list_missing", "not_covered"].includes(reason);
  return isOver(claims, now) && isOpen ? [failed("status", "expired"), ...others] : found;
};

const check = async (text, terms) => {
  const parts = await scanned(text, terms), message = messageOf(parts, terms);
  const held = await holding(message, terms), claims = claimsOf(message);
  const [key, signed] = speaker(held, claims, terms);
  const fragments = [passed("input"), passed("seal_shape"), passed("integrity"), signed, content(claims, terms),
    await consistency(parts, claims, terms)];
  let asOf = claims.issuedAt;
  if (key) {
    const { logId, index } = claims.position || { logId: null, index: 0n };
    const found = await standing(terms, { authority: claims.issuer, logId, index });
    fragments.push(...ended(found.fragments, claims, terms.now));
    asOf = found.asOf ?? asOf;
  }
  const authority = key ? terms.trust.authority(key.authority) : null;
  const about = { number: claims.number, signer: authority?.name, country: claims.issuer.slice(0, 2), asOf };
  return { ...offline(decide(fragments, REQUIRED)), ...about, claims: authority ? claims : null };
};

/** The verdict on the text of one code. `terms`: trust, now, acceptsTraining, statusLists, trustFetchedAt (ms or null).
    Never throws. */
export const checkCode = (text, terms) => neverThrows(() => check(text, terms));
