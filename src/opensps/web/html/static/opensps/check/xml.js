/* A strict reader of sealed XML and its exclusive canonical form (trust.md 6.1, RFC 3741). UTF-8, XML 1.0 with
   namespaces; no comment, instruction, CDATA or document type at all, so that little is left to read. A tree is made of
   elements {ns, local, prefix, attributes, scope, children} and text. Codes: too_large, encoding, dtd, comment, pi,
   cdata, limits, relative_namespace, root, not_well_formed. */
import { must, text, utf8 } from "./bytes.js";

const MOST_BYTES = 10 << 20, MOST_OPENINGS = 100_000, DEEPEST = 64, MOST_NODES = 50_000, MOST_HERE = 64;
const XML = "http://www.w3.org/XML/1998/namespace", XMLNS = "http://www.w3.org/2000/xmlns/";
const BROKEN = "not_well_formed";

const START = "A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C-\\u200D\\u2070-\\u218F"
  + "\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}";
const NCNAME = `[${START}][${START}.0-9\\u00B7\\u0300-\\u036F\\u203F-\\u2040-]*`;
const NAME = new RegExp(`(?:(${NCNAME}):)?(${NCNAME})`, "uy");
const ATTRIBUTE = new RegExp(`[ \\t\\n]+(?:(${NCNAME}):)?(${NCNAME})[ \\t\\n]*=[ \\t\\n]*(?:"([^"<]*)"|'([^'<]*)')`, "uy");
const END = /[ \t\n]*(\/?)>/y;
const CLOSING = /[ \t\n]*>/y;
const FOREIGN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const DECLARATION = /^<\?xml\s+version\s*=\s*(?:"([^"]*)"|'([^']*)')\s*(?:encoding\s*=\s*(?:"([^"]*)"|'([^']*)'))?[^?<>]*\?>/;
const URI = /^(?:[A-Za-z0-9\-._~:/?#@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/;
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const meant = (written) => written.replace(/&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|([A-Za-z]+));|&/g, (all, hexa, decimal, name) => {
  if (name) {
    must(Object.hasOwn(ENTITIES, name), BROKEN);
    return ENTITIES[name];
  }
  const point = Number.parseInt(hexa || decimal || "0", hexa ? 16 : 10);
  must(point > 0 && point <= 0x10ffff, BROKEN);
  const sign = String.fromCodePoint(point);
  must(!FOREIGN.test(sign), BROKEN);
  return sign;
});

/* Where the document begins behind its declaration; the marks it may not hold are looked for from there. */
const begin = (whole) => {
  const start = whole.startsWith("\ufeff") ? 1 : 0, head = whole.slice(start);
  if (!/^<\?xml[ \t\r\n]/.test(head) && !head.startsWith("<?xml?")) return start;
  const found = DECLARATION.exec(head);
  must(found && (found[1] ?? found[2]) === "1.0", BROKEN);
  const encoding = found[3] ?? found[4];
  must(encoding === undefined || ["utf-8", "utf8"].includes(encoding.toLowerCase()), "encoding");
  return start + found[0].length;
};

const scan = (data) => {
  must(data.length <= MOST_BYTES, "too_large");
  must(data.some((byte) => ![0, 9, 10, 13, 32].includes(byte)), BROKEN);
  const [first, second] = data;
  must(!((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)), "encoding");
  must(!((first === 60 && second === 0) || (first === 0 && second === 60)), "encoding");
  const loose = new TextDecoder("utf-8", { ignoreBOM: true }).decode(data), start = begin(loose);
  for (const [mark, code] of [["<!--", "comment"], ["<![CDATA[", "cdata"], ["<!", "dtd"], ["<?", "pi"]]) {
    must(!loose.includes(mark, start), code);
  }
  const whole = text(data, "encoding");
  must((whole.match(/</g) || []).length <= MOST_OPENINGS, "limits");
  return whole.slice(start).replaceAll("\r\n", "\n").replaceAll("\r", "\n");
};

class Reader {
  constructor(written) {
    this.written = written;
    this.place = 0;
    this.isCrowded = false;
    this.relative = false;
    this.deepest = 0;
    this.nodes = 0;
  }

  match(pattern) {
    pattern.lastIndex = this.place;
    const found = pattern.exec(this.written);
    must(found, BROKEN);
    this.place = pattern.lastIndex;
    return found;
  }

  /* Text up to the next tag, with its references resolved. */
  characters() {
    const next = this.written.indexOf("<", this.place), end = next < 0 ? this.written.length : next;
    const written = this.written.slice(this.place, end);
    must(!written.includes("]]>") && !FOREIGN.test(written), BROKEN);
    this.place = end;
    return meant(written);
  }

  /* Everything behind the declaration: one element, and white space around it. */
  document() {
    must(/^[ \t\n]*$/.test(this.characters()), BROKEN);
    must(this.place < this.written.length, BROKEN);
    const [root, isOpen] = this.opening({ scope: new Map([["xml", XML]]) }), open = isOpen ? [root] : [];
    while (open.length) {
      const within = open.at(-1), held = this.characters();
      this.nodes += held ? 1 : 0;
      if (held) within.children.push(held);
      this.step(open, within);
    }
    must(/^[ \t\n]*$/.test(this.written.slice(this.place)), BROKEN);
    return root;
  }

  step(open, within) {
    must(this.place < this.written.length, BROKEN);
    if (this.written[this.place + 1] === "/") {
      this.place += 2;
      const [, prefix, local] = this.match(NAME);
      must((prefix || "") === within.prefix && local === within.local, BROKEN);
      this.match(CLOSING);
      open.pop();
      return;
    }
    const [element, isOpen] = this.opening(within);
    within.children.push(element);
    this.deepest = Math.max(this.deepest, open.length + 1);
    if (isOpen) open.push(element);
  }

  opening(parent) {
    this.place += 1;
    const [, prefix = "", local] = this.match(NAME), written = this.attributes();
    const [, slash] = this.match(END), declared = written.filter(isDeclaration);
    const scope = declared.length ? this.scoped(parent.scope, declared) : parent.scope;
    const attributes = written.filter((each) => !isDeclaration(each)).map((each) => this.named(each, scope));
    const names = attributes.map((each) => `${each.ns} ${each.local}`);
    must(new Set(names).size === names.length && prefix !== "xmlns", BROKEN);
    this.isCrowded ||= attributes.length > MOST_HERE || declared.length > MOST_HERE;
    this.nodes += 1;
    must(!prefix || scope.get(prefix), BROKEN);
    return [{ ns: scope.get(prefix) || "", local, prefix, attributes, scope, parent, children: [] }, !slash];
  }

  attributes() {
    const found = [];
    for (ATTRIBUTE.lastIndex = this.place; ; ATTRIBUTE.lastIndex = this.place) {
      const each = ATTRIBUTE.exec(this.written);
      if (!each) return found;
      this.place = ATTRIBUTE.lastIndex;
      const written = each[3] ?? each[4];
      must(!FOREIGN.test(written), BROKEN);
      const one = { prefix: each[1] || "", local: each[2], value: meant(written.replace(/[\t\n]/g, " ")) };
      must(!found.some(({ prefix, local }) => prefix === one.prefix && local === one.local), BROKEN);
      found.push(one);
    }
  }

  named({ prefix, local, value }, scope) {
    must(!prefix || scope.get(prefix), BROKEN);
    return { prefix, local, value, ns: prefix ? scope.get(prefix) : "" };
  }

  scoped(outer, declared) {
    const scope = new Map(outer);
    for (const { prefix, local, value } of declared) {
      const name = prefix ? local : "";
      must(name !== "xmlns" && (value || !name), BROKEN);
      must((name === "xml") === (value === XML) && value !== XMLNS && isUri(value), BROKEN);
      this.relative ||= Boolean(value) && !ABSOLUTE.test(value);
      scope.set(name, value);
    }
    return scope;
  }
}

/* RFC 3986: the first part of a relative reference holds no colon. */
const isUri = (value) => URI.test(value) && (ABSOLUTE.test(value) || !/^[^/?#]*:/.test(value));

const isDeclaration = ({ prefix, local }) => prefix === "xmlns" || (!prefix && local === "xmlns");

/** The root element of a sealed document. */
export const readXml = (data) => {
  const reader = new Reader(scan(data)), root = reader.document();
  must(!reader.relative, "relative_namespace");
  must(!reader.isCrowded && reader.deepest <= DEEPEST && reader.nodes <= MOST_NODES, "limits");
  return root;
};

const escaped = (value) => value.replace(/[&<>\r]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;" }[sign]));
const quoted = (value) => value.replace(/[&<"\t\n\r]/g, (sign) => (
  { "&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;" }[sign]));
const byName = (one, other) => (one < other ? -1 : Number(one > other));
const qualified = ({ prefix, local }) => (prefix ? `${prefix}:${local}` : local);

/* The namespaces an element uses itself and that no written ancestor has declared so. */
const declarations = (element, written) => {
  const used = new Set([element.prefix, ...element.attributes.map((each) => each.prefix).filter(Boolean)]);
  used.delete("xml");
  return [...used].sort(byName).filter((prefix) => (written.get(prefix) ?? "") !== (element.scope.get(prefix) ?? ""));
};

/** Exclusive C14N 1.0 without comments of an element, as bytes; elements for which `isLeftOut` holds are not there. */
export const canonical = (element, isLeftOut = () => false) => {
  const out = [];
  const write = (each, written) => {
    const declared = declarations(each, written);
    const inner = declared.length ? new Map(written) : written;
    out.push("<", qualified(each));
    for (const prefix of declared) {
      const uri = each.scope.get(prefix) ?? "";
      inner.set(prefix, uri);
      out.push(prefix ? ` xmlns:${prefix}="` : ' xmlns="', quoted(uri), '"');
    }
    const attributes = [...each.attributes].sort((one, other) => byName(one.ns, other.ns) || byName(one.local, other.local));
    for (const attribute of attributes) out.push(" ", qualified(attribute), '="', quoted(attribute.value), '"');
    out.push(">");
    for (const child of each.children) {
      if (typeof child === "string") out.push(escaped(child));
      else if (!isLeftOut(child)) write(child, inner);
    }
    out.push("</", qualified(each), ">");
  };
  write(element, new Map());
  return utf8(out.join(""));
};

export const elementsOf = (element) => element.children.filter((child) => typeof child !== "string");

/** Every element below and including one, in the order of the document. */
export function* everyElement(element) {
  yield element;
  for (const child of elementsOf(element)) yield* everyElement(child);
}

/** The text of an element before its first child element. */
export const textOf = (element) => {
  const first = element.children.findIndex((child) => typeof child !== "string");
  return element.children.slice(0, first < 0 ? undefined : first).join("");
};

/** The elements a path of local names leads to, whatever their namespace; * stands for any name. */
export const findAll = (element, path) => path.split("/").reduce(
  (found, name) => found.flatMap((each) => elementsOf(each).filter(({ local }) => name === "*" || local === name)),
  [element]);
