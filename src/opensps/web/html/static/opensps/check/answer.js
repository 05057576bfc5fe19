/* An answer in words: the templates of the page, filled with what was found. Text is set as text, never as markup. */
import { isFresh, isStandingOpen } from "./aspects.js";
import { ofClaims, ofDocument } from "./facts.js";

const UNITS = [[2 * 86400e3, 86400e3, "day"], [2 * 3600e3, 3600e3, "hour"], [0, 60e3, "minute"]];
const SIGNS = { P: "passed", F: "failed", "-": "unknown" };

/** The language of the page; English dates are written day first, as on every other page. */
export const languageOfPage = () => ({ en: "en-GB" }[document.documentElement.lang] || document.documentElement.lang);

/** How long something is ago: minutes, from two hours on hours, from two days on days. */
export const ageOf = (since, now, language) => {
  const age = Math.max(now - since, 0), [, length, unit] = UNITS.find(([from]) => age >= from);
  const form = { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 };
  return new Intl.NumberFormat(language, form).format(Math.floor(age / length));
};

/** A moment with its zone. */
export const momentOf = (at, language) => (
  `${new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short", timeZone: "UTC" }).format(new Date(at))} UTC`);

export const filled = (sentence, values, fallbacks = {}) => (
  sentence.replace(/\{(\w+)\}/g, (all, name) => values[name] || fallbacks[name] || all));

/* Nothing old is ever green: what rests on old lists is shown as "could not be checked". */
export const toneOf = (verdict, words) => {
  const said = words.results[verdict.result];
  if (isFresh(verdict)) return "ok";
  return verdict.result === "offline_ok" ? "none" : said.band;
};

const signsOf = (verdict, words) => {
  const { checks } = words.results[verdict.result];
  const signs = isStandingOpen(verdict) ? checks.slice(0, 3) + checks.slice(3).replace("P", "-") : checks;
  return `-${signs.slice(1)}`;
};

const valuesOf = (verdict, words, now, language) => ({
  number: verdict.number,
  time: verdict.asOf ? momentOf(verdict.asOf, language) : "",
  age: verdict.asOf ? ageOf(verdict.asOf, now, language) : "",
  name: verdict.signer,
  country: words.countries[verdict.country] || verdict.country,
  address: verdict.host,
});

const copyOf = (selector) => document.querySelector(selector).content.cloneNode(true);

const paragraph = (text) => {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
};

const rowOf = ([label, value]) => {
  const row = document.createElement("div"), term = document.createElement("dt"), shown = document.createElement("dd");
  term.textContent = label;
  shown.textContent = value;
  row.append(term, shown);
  return row;
};

const lineOf = (sign, line) => {
  const outcome = SIGNS[sign], made = copyOf(`[data-line="${outcome}"]`);
  const [label, text] = made.querySelectorAll("p");
  label.querySelector("strong").textContent = line.label;
  if (line[outcome]) text.textContent = line[outcome];
  else text.remove();
  return made;
};

/** Show a verdict in the place of the page for it, and put the focus there. */
export const show = (verdict, words, language) => {
  const now = Date.now(), said = words.results[verdict.result], values = valuesOf(verdict, words, now, language);
  const place = document.querySelector("[data-answer]"), band = copyOf(`[data-band="${toneOf(verdict, words)}"]`);
  const box = band.querySelector(".result"), fill = (sentence) => filled(sentence, values, words.fallbacks);
  box.querySelector("h2").textContent = fill(said.heading);
  box.append(paragraph(fill(said.sentence)), paragraph(filled(words.phrases.checked, { time: momentOf(now, language) })));
  const around = copyOf("[data-around]"), facts = factsOf(verdict, words, language);
  around.querySelector("[data-facts]").append(...facts.map(rowOf));
  around.querySelector("[data-next]").textContent = fill(said.next);
  const signs = signsOf(verdict, words);
  around.querySelector("[data-checks]").append(...words.lines.map((line, at) => lineOf(signs[at], line)));
  if (!facts.length) [around.querySelector("[data-facts]"), around.querySelector("h2"), around.querySelector("[data-compare]")].forEach((each) => each.remove());
  if (/^-+$/.test(signs)) [around.querySelector("[data-checks]").previousElementSibling, around.querySelector("[data-checks]")].forEach((each) => each.remove());
  place.replaceChildren(band, around);
  place.dataset.answer = verdict.result;
  place.focus({ preventScroll: true });
  place.scrollIntoView({ block: "start" });
  return fill(said.heading);
};

const factsOf = (verdict, words, language) => {
  const found = verdict.claims ? ofClaims(verdict, words, language) : verdict.document ? ofDocument(verdict, words, language) : [];
  return found.filter(([, value]) => value).map(([key, value]) => [words.labels[key], value]);
};
