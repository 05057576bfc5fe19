/* The numbers of certificates (domain.md 2.2): form and Damm's check digit. */

const DAMM = ["0317598642", "7092154863", "4206871359", "1750983426", "6123045978", "3674209581", "5869720134",
  "8945362017", "9438617205", "2581436790"];
const FORM = /^(?:T-)?([A-Z]{2}[A-Z0-9]?)-(\d{4})-(\d{3,4})-(\d{7,9})-(\d)$/;
const LOOSE = /^T?([A-Z]{2}[A-Z0-9]?)(\d{4})(\d{3})(\d{7})(\d)$/;

/** The authority that a number in our form names; nothing for any other number. */
export const authorityOf = (number) => {
  const folded = number.normalize("NFKC").toUpperCase().replace(/[_/.\u2010-\u2015\u2212]/g, "-").replace(/\s+/g, "");
  const found = FORM.exec(folded) || LOOSE.exec(folded.replaceAll("-", ""));
  if (!found) return "";
  const row = [...found[2] + found[3] + found[4]].reduce((at, digit) => DAMM[at][digit], 0);
  return String(row) === found[5] ? found[1] : "";
};

/** A certificate's number: printable ASCII of at most 60 signs, no two blanks beside each other. */
export const isIdentifier = (value) => (
  /^[A-Za-z0-9](?:[A-Za-z0-9 ./_:()#-]{0,58}[A-Za-z0-9).])?$/.test(value) && !value.includes("  "));
