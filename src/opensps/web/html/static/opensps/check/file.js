/* The door of the electronic file: a certificate as XML, its seal, its proof from the log, the status of its place there
   (trust.md 7.1 to 7.4). Everything on this device; nothing is sent. */
import { Refused, hex, sha256 } from "./bytes.js";
import { Stopped, decide, failed, neverThrows, offline, open, passed, remarked, skipped } from "./aspects.js";
import { prove } from "./bundle.js";
import { checkContent, checkIssuer, countryOf, issuedAtOf, numberOf, typeOf } from "./content.js";
import { contentDigest, isSignature, objectionTo, readEnveloped, readSeal } from "./seal.js";
import { standing } from "./status.js";
import { isTraining, speakingKey } from "./trust.js";
import { readXml } from "./xml.js";

const HOUR = 3600 * 1000, LATEST = 24 * HOUR, GATHERING = HOUR;
const LOGGED = 2, WITNESSED = 3;
const STANDARD = "urn:un:unece:uncefact:data:standard:SPSCertificate:17";
const SEALED = ["input", "seal_shape", "signer", "integrity", "content"];
const STRUCTURAL = ["dtd", "comment", "pi", "cdata", "encoding", "limits", "relative_namespace", "root"];

const openDocument = async (xml, isSealed) => {
  let root;
  try {
    root = readXml(xml);
    if (root.local !== "SPSCertificate" || root.ns !== STANDARD) {
      throw new Refused("root");
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const isAsked = ["not_well_formed", "too_large"].includes(error.code) || (isSealed && STRUCTURAL.includes(error.code));
    throw new Stopped("input", isAsked ? error.code : "not_a_certificate");
  }
  return { root, digest: await contentDigest(root) };
};

const sealOf = async (root, detached) => {
  try {
    const inside = await readEnveloped(root);
    if (!detached) return inside;
    if (inside) throw new Refused("placement");
    return await readSeal(detached);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new Stopped("seal_shape", error.code);
  }
};

/* What is known so far of one sealed document; each question has one answer. */
class Judged {
  constructor(root, digest, seal) {
    Object.assign(this, { root, digest, seal, key: null, proof: null, isRead: false });
    this.answers = new Map([["input", passed("input")], ["seal_shape", passed("seal_shape")]]);
  }

  put(fragment) { this.answers.set(fragment.aspect, fragment); }

  get fragments() { return [...this.answers.values()]; }

  get isSound() { return this.fragments.every(({ outcome }) => outcome === "VALID"); }

  get claimedAt() { return this.seal.signedAt ?? issuedAtOf(this.root); }
}

const judgeContent = (judged, now) => {
  if (!judged.isSound) return judged.put(skipped("content"));
  judged.root.children = judged.root.children.filter((each) => typeof each === "string" || !isSignature(each));
  try {
    checkContent(judged.root, now);
    judged.isRead = true;
    return judged.put(passed("content"));
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    return judged.put(error.fragment);
  }
};

const judgeProof = async (judged, { bundle, seal }, trust) => {
  const { spki } = judged.seal.signer, country = countryOf(judged.root);
  const speaker = trust.keysLike(spki).find((key) => key.authority.slice(0, 2) === country);
  const authority = speaker && trust.authority(speaker.authority);
  if (!bundle || !authority) return;
  const kid = (await sha256(spki)).subarray(0, 8);
  judged.proof = await prove(bundle, { digest: judged.digest, seal, kid, authority, trust });
};

const judgeKey = (judged, { trust, now, acceptsTraining }) => {
  const { signer } = judged.seal, country = countryOf(judged.root);
  try {
    const evidence = { claimedAt: judged.claimedAt ?? now, now, position: judged.proof?.position };
    const key = speakingKey(trust.keysLike(signer.spki), {
      trust, use: "xml", type: typeOf(judged.root), evidence, isSpeaker: (each) => each.authority.slice(0, 2) === country,
    });
    if (!signer.maySign) throw new Refused("use");
    checkIssuer(judged.root, key.authority);
    judged.key = key;
    judged.put(isTraining(key) && !acceptsTraining ? failed("signer", "training") : passed("signer"));
  } catch (error) {
    if (error instanceof Stopped) return judged.put(error.fragment);
    if (!(error instanceof Refused)) throw error;
    const isNobodys = error.code === "unknown_key" && !judged.isSound;
    judged.put(isNobodys ? open("signer", "unknown_key") : failed("signer", error.code));
  }
};

const logObjection = (proof, dueAt, issuedAt, now) => {
  if (!proof) return now <= dueAt ? "proof_pending" : "no_proof";
  if (proof.objection) return proof.objection;
  if (proof.loggedAt === null) return "commitment";
  if (issuedAt !== null && issuedAt < proof.loggedAt - LATEST) return "printed_date";
  return proof.witnessedAt !== null && proof.witnessedAt > proof.loggedAt + LATEST ? "late" : "";
};

const witnessAnswer = (proof, now) => {
  if (!proof.witnessObjection) return passed("witnessed");
  const isYoung = proof.loggedAt !== null && now - proof.loggedAt <= GATHERING + HOUR;
  if (proof.witnessObjection === "quorum_short" && isYoung) return remarked("witnessed", "quorum_short");
  return failed("witnessed", proof.witnessObjection);
};

/* What the issuer's profile asks about log and witnesses. */
const putHistory = (judged, profile, now) => {
  if (profile < LOGGED) {
    judged.put(skipped("logged"));
    judged.put(skipped("witnessed"));
    return;
  }
  const { proof } = judged, issuedAt = issuedAtOf(judged.root);
  const claimed = [judged.claimedAt, issuedAt].filter((at) => at !== null);
  const reason = logObjection(proof, (claimed.length ? Math.min(...claimed) : now) + LATEST, issuedAt, now);
  judged.put(reason ? failed("logged", reason) : passed("logged"));
  if (profile < WITNESSED) judged.put(skipped("witnessed"));
  else if (proof && !proof.objection) judged.put(witnessAnswer(proof, now));
};

/* XML alone: below the profile of its issuer, or of nobody known. */
const stripped = (root, { trust, now }) => {
  checkContent(root, now);
  const isSealing = trust.ofCountry(countryOf(root)).some(({ profile }) => profile > 0);
  throw isSealing ? new Stopped("seal_shape", "missing") : new Stopped("signer", "unknown_key", "ERROR");
};

const putStanding = async (judged, terms) => {
  const position = judged.proof?.position, log = position && terms.trust.log(position.origin);
  const found = await standing(terms, {
    authority: judged.key.authority, logId: log ? log.key.id : null, index: log ? position.index : 0n,
  });
  found.fragments.forEach((each) => judged.put(each));
  return found.asOf;
};

const check = async (files, terms) => {
  const { root, digest } = await openDocument(files.xml, Boolean(files.seal) || hasSignatureBytes(files.xml));
  const seal = await sealOf(root, files.seal);
  if (!seal) return stripped(root, terms);
  const judged = new Judged(root, digest, seal), reason = await objectionTo(seal, digest);
  judged.put(reason ? failed("integrity", reason) : passed("integrity"));
  judgeContent(judged, terms.now);
  const isSound = judged.isSound;
  if (isSound) await judgeProof(judged, files, terms.trust);
  judgeKey(judged, terms);
  let asOf = judged.claimedAt, required = SEALED;
  if (isSound && judged.key) {
    const { profile } = terms.trust.authority(judged.key.authority) || { profile: 1 };
    asOf = (await putStanding(judged, terms)) ?? asOf;
    putHistory(judged, profile, terms.now);
    required = [...SEALED, "status", ...(profile >= LOGGED ? ["logged"] : []), ...(profile >= WITNESSED ? ["witnessed"] : [])];
  } else if (isSound) {
    required = [...SEALED, "status"];
  }
  const verdict = decide(judged.fragments, required);
  return { ...(isSound ? offline(verdict) : verdict), ...aboutIt(judged, terms, asOf) };
};

const aboutIt = (judged, { trust }, asOf) => {
  const isSealed = SEALED.every((aspect) => judged.answers.get(aspect)?.outcome === "VALID");
  const authority = judged.key && trust.authority(judged.key.authority);
  return {
    number: numberOf(judged.root).trim().slice(0, 60), signer: authority?.name, asOf,
    country: judged.key?.authority.slice(0, 2), document: isSealed ? judged.root : null,
    digest: hex(judged.digest),
  };
};

const hasSignatureBytes = (xml) => {
  const name = "http://www.w3.org/2000/09/xmldsig#";
  return new TextDecoder("latin1").decode(xml).includes(name);
};

/** The verdict on the parts of one certificate: `xml`, and if they are there `seal` and `bundle`, as bytes. Terms as for
    a code. Never throws. */
export const checkFile = (files, terms) => neverThrows(() => check(files, terms));
