/* Is the content readable and unambiguous? Only what lets two readers see two certificates counts (trust.md 7.1). */
import { Stopped } from "./aspects.js";
import { authorityOf, isIdentifier } from "./numbers.js";
import { everyElement, findAll, textOf } from "./xml.js";

const AHEAD = 24 * 3600 * 1000;
const STANDARD = "urn:un:unece:uncefact:", XSI = "http://www.w3.org/2001/XMLSchema-instance";
const XML = "http://www.w3.org/XML/1998/namespace";
const HARMLESS = [`${XSI} schemaLocation`, `${XSI} noNamespaceSchemaLocation`, `${XML} lang`];
/* What may stand once only: with two of one, two readers see different things. */
const SINGLE = [
  "SPSExchangedDocument", "SPSConsignment",
  ...["ID", "TypeCode", "StatusCode", "IssueDateTime", "IssueDateTime/*"].map((path) => `SPSExchangedDocument/${path}`),
  ...["ConsignorSPSParty", "ConsigneeSPSParty", "ExportSPSCountry", "ExportSPSCountry/ID", "ImportSPSCountry",
    "ImportSPSCountry/ID"].map((path) => `SPSConsignment/${path}`),
];
/* Every element of the standard that holds a measure or a quantity; a test holds this list against the standard's table. */
export const MEASURES = ["DurationMeasure", "GrossVolumeMeasure", "GrossWeightMeasure", "ItemQuantity", "MaximumValueMeasure",
  "MinimumValueMeasure", "NetVolumeMeasure", "NetWeightMeasure", "NominalGrossVolumeMeasure", "NominalGrossWeightMeasure",
  "ValueMeasure"];

const firstText = (root, path) => {
  const [found] = findAll(root, path);
  return found ? textOf(found) : "";
};

/** An ISO 8601 date or time in milliseconds, in UTC where it names no offset; nothing for anything else. */
export const moment = (written) => {
  const found = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(Z|[+-]\d\d:?\d\d)?)?$/.exec(written.trim());
  if (!found) return null;
  const at = Date.parse(`${found[1]}T${found[2] || "00:00"}${found[3] || "Z"}`);
  return Number.isNaN(at) || !isDay(found[1]) ? null : at;
};

const isDay = (day) => {
  const at = Date.parse(`${day}T00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
};

export const numberOf = (root) => {
  const found = findAll(root, "SPSExchangedDocument/ID");
  return found.length === 1 ? textOf(found[0]) : "";
};
export const issuedAtOf = (root) => moment(firstText(root, "SPSExchangedDocument/IssueDateTime/*"));
export const countryOf = (root) => firstText(root, "SPSConsignment/ExportSPSCountry/ID").trim();
export const typeOf = (root) => firstText(root, "SPSExchangedDocument/TypeCode").trim();

const names = (root) => {
  const elements = [...everyElement(root)];
  if (elements.some(({ ns }) => !ns.startsWith(STANDARD))) return "foreign_namespace";
  const found = elements.flatMap(({ attributes }) => attributes.filter(({ ns }) => ns).map(({ ns, local }) => `${ns} ${local}`))
    .filter((name) => !HARMLESS.includes(name));
  if (!found.length) return "";
  return found.includes(`${XSI} type`) ? "xsi_type" : "foreign_namespace";
};

const singles = (root) => (SINGLE.some((path) => findAll(root, path).length > 1) ? "duplicate_field" : "");

const identifier = (root) => (isIdentifier(numberOf(root)) ? "" : "identifier");

const dates = (root, now) => {
  const signed = findAll(root, "SPSExchangedDocument/SignatorySPSAuthentication/ActualDateTime/*").map(textOf).filter(Boolean);
  const all = [issuedAtOf(root), ...signed.map(moment)];
  return all.every((at) => at !== null && at <= now + AHEAD) ? "" : "date";
};

const amounts = (root) => {
  for (const element of everyElement(root)) {
    const { local } = element;
    if (!MEASURES.includes(local)) continue;
    const isAmount = /(?:WeightMeasure|VolumeMeasure|Quantity)$/.test(local), written = textOf(element).trim();
    const isRight = (isAmount ? /^\d{1,20}(?:\.\d{1,20})?$/ : /^[+-]?\d{1,20}(?:\.\d{1,20})?$/).test(written);
    if (written && !isRight) return "number";
  }
  return "";
};

/** Stops at the first objection: xsi_type, foreign_namespace, duplicate_field, identifier, date, number. */
export const checkContent = (root, now) => {
  for (const check of [names, singles, identifier, dates, amounts]) {
    const reason = check(root, now);
    if (reason) throw new Stopped("content", reason);
  }
};

/** Stops where the number is in our form and names another authority. */
export const checkIssuer = (root, authority) => {
  const named = authorityOf(numberOf(root));
  if (named && named !== authority) throw new Stopped("content", "issuer_mismatch");
};
