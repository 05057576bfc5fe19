/* The facts of a certificate to hold against paper and goods, in the order of a result page. */
import { findAll, textOf } from "./xml.js";

const day = (at, language) => (
  new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(new Date(at)));

const country = (code, words) => (words.countries[code] ? `${words.countries[code]} (${code})` : code);

const grouped = (written) => written.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));

const amount = (quantity, unit, words) => `${grouped(quantity)} ${words.units[unit] || unit}`;

/* What a code says (trust.md 6.13). */
export const ofClaims = ({ claims, signer }, words, language) => [
  ["type", words.types[claims.type] || claims.type],
  ["number", claims.number],
  ["authority", words.authorities[signer] || signer],
  ["issued", day(claims.issuedAt, language)],
  ["valid_until", claims.validUntil === null ? "" : day(claims.validUntil, language)],
  ...claims.goods.flatMap(({ name, quantity, unit }) => [["goods", name], ["quantity", amount(quantity, unit, words)]]),
  ["from", country(claims.issuer.slice(0, 2), words)],
  ["to", country(claims.importCountry, words)],
  ["container_or_seal", claims.marks.join("; ")],
  ["copy", claims.copy === null ? "" : String(claims.copy)],
  ["page", claims.page === null ? "" : claims.page.join("/")],
];

const written = (root, path) => findAll(root, path).map(textOf).map((each) => each.trim()).filter(Boolean);

const goodsOf = (line, words) => {
  const names = [...written(line, "Description"), ...written(line, "ScientificName")];
  const [weight] = findAll(line, "NetWeightMeasure");
  const unit = weight?.attributes.find(({ ns, local }) => !ns && local === "unitCode")?.value || "";
  const quantity = weight ? [["quantity", amount(textOf(weight).trim(), unit, words)]] : [];
  return [["goods", [...new Set(names)].join(", ")], ...quantity];
};

/* The main facts of a sealed document; the whole of it is in its XML. */
export const ofDocument = ({ document: root, number, signer }, words, language) => {
  const type = written(root, "SPSExchangedDocument/TypeCode")[0] || "";
  const issued = Date.parse(written(root, "SPSExchangedDocument/IssueDateTime/*")[0] || "");
  const lines = findAll(root, "SPSConsignment/IncludedSPSConsignmentItem/IncludedSPSTradeLineItem");
  const at = (name) => written(root, `SPSConsignment/${name}/ID`).map((code) => country(code, words)).join("; ");
  const equipment = "SPSConsignment/UtilizedSPSTransportEquipment";
  const marks = [...written(root, `${equipment}/ID`), ...written(root, `${equipment}/AffixedSPSSeal/ID`)];
  return [
    ["type", words.types[type] || type],
    ["number", number],
    ["authority", words.authorities[signer] || signer],
    ["issued", Number.isNaN(issued) ? "" : day(issued, language)],
    ...lines.flatMap((line) => goodsOf(line, words)),
    ["from", at("ExportSPSCountry")],
    ["to", at("ImportSPSCountry")],
    ["container_or_seal", marks.join("; ")],
  ];
};
