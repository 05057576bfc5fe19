/* The strict reader of seals: exactly the allowed shape, or no cryptography at all (trust.md 6.2, 7.2). XAdES-B,
   detached or as the last child of the document. Codes of the aspect seal_shape: placement, children, references,
   transform, algorithm, coverage, duplicate_id, keyinfo, properties. */
import { Refused, isSame, must, sha256, unbase64 } from "./bytes.js";
import { algorithmOf, isSigned } from "./signatures.js";
import { readCertificate } from "./x509.js";
import { canonical, elementsOf, everyElement, readXml, textOf } from "./xml.js";

const DS = "http://www.w3.org/2000/09/xmldsig#", XADES = "http://uri.etsi.org/01903/v1.3.2#";
const C14N = "http://www.w3.org/2001/10/xml-exc-c14n#", SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";
const INSIDE = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const PROPERTIES = "http://uri.etsi.org/01903#SignedProperties";
const METHODS = {
  "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256": "ES256",
  "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256": "RS256",
};
const WHOLE = { detached: ["urn:ecert:document", [C14N]], enveloped: ["", [INSIDE, C14N]] };
const MOST_BYTES = 128 * 1024, MOST_CERTIFICATES = 4;

export const isSignature = ({ ns, local }) => ns === DS && local === "Signature";

const hasTags = (elements, ns, names) => (
  elements.length === names.length && elements.every((each, at) => each.ns === ns && each.local === names[at]));

const attributeOf = (element, name) => element.attributes.find((each) => !each.ns && each.local === name)?.value;

const decoded = (element, code) => {
  const bytes = unbase64(textOf(element).replace(/\s+/gu, ""), code, { mayBeLoose: true });
  must(bytes.length && !elementsOf(element).length, code);
  return bytes;
};

const algorithmIn = (element) => {
  const isPlain = element.attributes.length === 1 && !element.attributes[0].ns && element.attributes[0].local === "Algorithm";
  must(isPlain && !elementsOf(element).length, "algorithm");
  return element.attributes[0].value;
};

const readReference = (element) => {
  const parts = elementsOf(element);
  must(hasTags(parts, DS, ["Transforms", "DigestMethod", "DigestValue"]), "references");
  const transforms = elementsOf(parts[0]);
  const areRight = transforms.every((each) => each.ns === DS && each.local === "Transform" && !elementsOf(each).length);
  must(transforms.length <= 2 && areRight, "transform");
  must(algorithmIn(parts[1]) === SHA256, "algorithm");
  const digest = decoded(parts[2], "references");
  must(digest.length === 32, "references");
  const names = transforms.map((each) => attributeOf(each, "Algorithm") ?? "");
  const [id, uri, type] = ["Id", "URI", "Type"].map((name) => attributeOf(element, name));
  return { id, uri, type, names, digest };
};

const readSignedInfo = (element) => {
  const parts = elementsOf(element);
  must(hasTags(parts.slice(0, 2), DS, ["CanonicalizationMethod", "SignatureMethod"]), "children");
  const references = parts.slice(2);
  must(references.every((each) => each.ns === DS && each.local === "Reference"), "children");
  must(references.length >= 1 && references.length <= 2, "references");
  must(algorithmIn(parts[0]) === C14N, "algorithm");
  const method = algorithmIn(parts[1]);
  must(Object.hasOwn(METHODS, method), "algorithm");
  return { algorithm: METHODS[method], references: references.map(readReference) };
};

/* The one reference to the whole document, and the one to the signed properties. */
const sorted = (references, variant) => {
  const [uri, transforms] = WHOLE[variant];
  const whole = references.filter((each) => each.uri === uri);
  const inner = references.filter((each) => each.uri !== undefined && each.uri.startsWith("#"));
  must(whole.length + inner.length === references.length, "references");
  must(whole.length === 1, "coverage");
  const isSo = (each, names) => String(each.names) === String(names);
  must(isSo(whole[0], transforms) && inner.every((each) => isSo(each, [C14N])), "transform");
  return { whole: whole[0], inner: inner[0] };
};

const readSigner = (keyInfo, algorithm) => {
  const parts = elementsOf(keyInfo);
  must(hasTags(parts, DS, ["X509Data"]), "keyinfo");
  const held = elementsOf(parts[0]);
  const areRight = held.every((each) => each.ns === DS && each.local === "X509Certificate");
  must(held.length >= 1 && held.length <= MOST_CERTIFICATES && areRight, "keyinfo");
  const signer = readCertificate(held.map((each) => decoded(each, "keyinfo"))[0], "keyinfo");
  const kind = algorithmOf(signer.spki);
  must(kind, "keyinfo");
  must(kind === algorithm, "algorithm");
  return signer;
};

const only = (element, name) => {
  const parts = elementsOf(element);
  must(hasTags(parts, XADES, [name]), "properties");
  return parts[0];
};

const one = (element, name) => {
  const found = elementsOf(element).filter((each) => each.ns === XADES && each.local === name);
  must(found.length === 1, "properties");
  return found[0];
};

const timeOf = (written) => {
  must(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)$/.test(written.trim()), "properties");
  const at = Date.parse(written.trim());
  must(!Number.isNaN(at), "properties");
  return at;
};

const readProperties = async (object, signature, signer) => {
  const qualifying = only(object, "QualifyingProperties");
  must(attributeOf(qualifying, "Target") === `#${attributeOf(signature, "Id") ?? "\0"}`, "properties");
  const signed = only(qualifying, "SignedProperties"), about = one(signed, "SignedSignatureProperties");
  const digest = elementsOf(one(one(one(about, "SigningCertificateV2"), "Cert"), "CertDigest"));
  must(hasTags(digest, DS, ["DigestMethod", "DigestValue"]), "properties");
  must(algorithmIn(digest[0]) === SHA256, "properties");
  must(isSame(decoded(digest[1], "properties"), await sha256(signer.der)), "properties");
  const formats = [...everyElement(signed)].filter((each) => each.ns === XADES && each.local === "DataObjectFormat");
  const described = formats.map((each) => attributeOf(each, "ObjectReference") ?? "");
  return { octets: canonical(signed), id: attributeOf(signed, "Id") ?? "\0", at: timeOf(textOf(one(about, "SigningTime"))), described };
};

const checkIds = (root) => {
  const ids = [...everyElement(root)].flatMap(({ attributes }) => (
    attributes.filter(({ local }) => local.toLowerCase() === "id").map(({ value }) => value)));
  must(new Set(ids).size === ids.length, "duplicate_id");
};

const read = async (signature, root, variant) => {
  const parts = elementsOf(signature), names = ["SignedInfo", "SignatureValue", "KeyInfo", "Object"];
  const isBare = variant === "enveloped" && hasTags(parts, DS, names.slice(0, 3));
  must(isBare || hasTags(parts, DS, names), "children");
  must(signature.attributes.every(({ ns, local }) => !ns && local === "Id"), "children");
  const [signedInfo, value, keyInfo, object] = parts;
  checkIds(root);
  const { algorithm, references } = readSignedInfo(signedInfo), { whole, inner } = sorted(references, variant);
  const signer = readSigner(keyInfo, algorithm);
  const properties = object ? await readProperties(object, signature, signer) : null;
  checkReference(properties, inner, whole);
  return {
    digest: whole.digest, algorithm, signer, signedInfo: canonical(signedInfo), signature: decoded(value, "children"),
    properties: properties?.octets, propertiesDigest: inner?.digest, signedAt: properties?.at ?? null,
  };
};

const checkReference = (properties, inner, whole) => {
  if (!properties) {
    must(!inner, "references");
    return;
  }
  must(inner && inner.uri === `#${properties.id}` && inner.type === PROPERTIES, "properties");
  must(properties.described.every((each) => each === `#${whole.id ?? "None"}`), "properties");
};

/** The seal of a detached signature file. */
export const readSeal = async (data) => {
  must(data.length <= MOST_BYTES, "children");
  let root;
  try {
    root = readXml(data);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new Refused("children");
  }
  must(isSignature(root), "children");
  must([...everyElement(root)].filter(isSignature).length === 1, "placement");
  return read(root, root, "detached");
};

/** The seal inside a document; nothing where there is no signature at all. */
export const readEnveloped = async (root) => {
  const signatures = [...everyElement(root)].filter(isSignature);
  if (!signatures.length) return null;
  const isLast = elementsOf(root).at(-1) === signatures[0];
  must(signatures.length === 1 && isLast, "placement");
  return read(signatures[0], root, "enveloped");
};

/** Why a seal over a content digest does not hold: digest, signature; nothing where it does. */
export const objectionTo = async (seal, digest) => {
  if (!isSame(seal.digest, digest)) return "digest";
  if (seal.properties && !isSame(await sha256(seal.properties), seal.propertiesDigest)) return "digest";
  const { algorithm, signature, signedInfo, signer } = seal;
  if (algorithm === "ES256" && signature.length !== 64) return "signature";
  return (await isSigned({ algorithm, spki: signer.spki, signature, data: signedInfo })) ? "" : "signature";
};

/** D of a document: SHA-256 of its exclusive canonical form without its signature. */
export const contentDigest = (root) => sha256(canonical(root, (each) => each.parent === root && isSignature(each)));
