/* What a check asks, how each question is answered, and the verdict of all answers (trust.md 7.1, 7.4). The words of
   aspects, outcomes, reasons and results are permanent; a test holds them against the verifier in Python. */

const ASPECTS = ["input", "seal_shape", "signer", "integrity", "content", "consistency", "logged", "witnessed",
  "status", "freshness", "purpose", "use"];

const tableOf = (rows) => new Map(rows.flatMap(([aspect, reasons, result]) => (
  reasons.split(" ").map((reason) => [`${aspect}.${reason}`, result]))));

const INVALID = tableOf([
  ["input", "dtd comment pi cdata encoding limits relative_namespace root", "file_altered"],
  ["seal_shape", "placement children references transform algorithm coverage duplicate_id keyinfo properties missing",
    "file_altered"],
  ["signer", "other_authority unknown_key", "foreign_signature"],
  ["signer", "type use distrusted retired", "key_not_valid"],
  ["signer", "training", "specimen"],
  ["integrity", "digest signature", "file_altered"],
  ["content", "duplicate_field xsi_type foreign_namespace identifier date number issuer_mismatch claims", "malformed"],
  ["consistency", "token_mismatch", "fields_differ"],
  ["consistency", "host", "address_not_official"],
  ["logged", "proof commitment no_proof", "not_recorded"],
  ["logged", "printed_date", "backdated"],
  ["logged", "late", "logged_late"],
  ["witnessed", "cosignature", "not_recorded"],
  ["status", "withdrawn", "withdrawn"],
  ["status", "replaced", "replaced"],
  ["status", "on_hold", "on_hold"],
  ["status", "expired", "expired"],
  ["status", "unconfirmed", "unconfirmed"],
]);

const ERROR = tableOf([
  ["input", "not_a_certificate not_well_formed too_large ambiguous", "unreadable"],
  ["signer", "unknown_key list_missing list_expired position_unknown", "offline_unknown"],
  ["integrity", "library", "unavailable"],
  ["logged", "proof_pending", "unavailable"],
  ["witnessed", "quorum_short", "unavailable"],
  ["status", "list_missing not_covered", "offline_ok"],
  ["freshness", "status_old list_old", "offline_ok"],
]);

/** Results in order of precedence: the first that applies gives the answer. */
export const ORDER = ["address_not_official", "specimen", "file_altered", "malformed", "foreign_signature",
  "key_not_valid", "not_recorded", "backdated", "fields_differ", "withdrawn", "replaced", "on_hold", "unconfirmed",
  "expired", "logged_late", "unreadable", "unavailable", "offline_unknown", "offline_ok", "in_force"];

const fragment = (aspect, outcome, reason = "") => ({ aspect, outcome, reason });

export const passed = (aspect) => fragment(aspect, "VALID");
export const remarked = (aspect, reason) => fragment(aspect, "VALID", reason);
export const skipped = (aspect) => fragment(aspect, "SKIPPED");
export const open = (aspect, reason) => fragment(aspect, "ERROR", reason);
export const UNFORESEEN = open("integrity", "library");

/** The answer of a known reason: INVALID or ERROR as the tables say; an unknown one is unforeseen. */
export const failed = (aspect, reason) => {
  const name = `${aspect}.${reason}`;
  if (INVALID.has(name)) return fragment(aspect, "INVALID", reason);
  return ERROR.has(name) ? fragment(aspect, "ERROR", reason) : UNFORESEEN;
};

/** A check goes no further: aspect and reason say why. */
export class Stopped extends Error {
  constructor(aspect, reason, outcome) {
    super(`${aspect}.${reason}`);
    this.fragment = outcome ? fragment(aspect, outcome, reason) : failed(aspect, reason);
  }
}

const resultOf = ({ aspect, outcome, reason }) => (
  { INVALID, ERROR }[outcome] || new Map()).get(`${aspect}.${reason}`);

const answered = (fragments) => new Set(fragments.filter((each) => each.outcome === "VALID").map((each) => each.aspect));

/** The verdict of these fragments; a required question that nobody asked is an error, never a pass. */
export const decide = (fragments, required = []) => {
  const ordered = [...fragments].sort((one, other) => ASPECTS.indexOf(one.aspect) - ASPECTS.indexOf(other.aspect));
  const codes = new Set(ordered.map(resultOf).filter(Boolean)), valid = answered(ordered);
  if (!codes.size && required.some((aspect) => !valid.has(aspect))) codes.add("unavailable");
  const [result = "in_force", ...also] = ORDER.filter((code) => codes.has(code));
  return { result, also, fragments: ordered };
};

/** Without our register, and where no log proves that it was recorded, only the signature is known to be right. */
export const offline = (verdict) => {
  const isProven = answered(verdict.fragments).has("logged");
  return verdict.result === "in_force" && !isProven ? { ...verdict, result: "offline_ok" } : verdict;
};

/** Whether what the answer rests on is young enough (ux.md 5.4). */
export const isFresh = ({ result, fragments }) => {
  const valid = answered(fragments);
  return result === "offline_ok" && valid.has("status") && valid.has("freshness");
};

/** Whether status or age could not be told: then nobody may say that it is still in force. */
export const isStandingOpen = ({ fragments }) => (
  fragments.some(({ aspect, outcome }) => ["status", "freshness"].includes(aspect) && outcome === "ERROR"));

/** No error leaves a check: what nobody foresaw, or this browser cannot check, is integrity.library. */
export const neverThrows = async (check) => {
  try {
    return await check();
  } catch (error) {
    if (error instanceof Stopped) return decide([error.fragment]);
    return { ...decide([UNFORESEEN]), error: String(error) };
  }
};
