/* What this device keeps: the fetched lists with the time of fetching and the newest trust list seen, and what was
   checked here. Nothing of it is ever sent. */
import { unbase64, utf8 } from "./bytes.js";
import { Unsupported } from "./signatures.js";
import { TrustList, mayFollow, readRoots, readTrust } from "./trust.js";

const CACHE = "opensps-check-data", KEY = "/check/offline/data.json", CHECKED = "opensps-checked";
const MOST_CHECKED = 100;

/** The trust list of fetched data and its roots; throws where it may not be believed. An unsigned list counts in a
    demonstration only. */
const opened = async (data) => {
  const roots = data.roots ? await readRoots(data.roots) : null;
  const trust = await readTrust(unbase64(data.trust || "", "list"), roots);
  if (!trust.isSigned && !data.is_demo) throw new Error("unsigned");
  return { trust, roots };
};

/** What is kept, ready for use, or nothing. */
export const kept = async () => {
  const found = await (await caches.open(CACHE)).match(KEY);
  if (!found) return null;
  const { data, fetchedAt, seen } = await found.json();
  try {
    return { data, fetchedAt, seen, ...(await opened(data)) };
  } catch (error) {
    return { data, fetchedAt, seen, trust: new TrustList(), roots: null, isUnsupported: error instanceof Unsupported };
  }
};

const keep = async (whole) => (
  (await caches.open(CACHE)).put(KEY, new Response(utf8(JSON.stringify(whole)), { headers: { "Content-Type": "application/json" } })));

/** Fetch newer data. Returns "refreshed", "unreachable", "refused" (the old is kept), or "unsupported". */
export const refresh = async (address) => {
  const former = await kept(), asked = Date.now();
  const answer = await fetch(address, { credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" }).catch(() => null);
  if (!answer || !answer.ok) return "unreachable";
  const data = await answer.json().catch(() => null);
  if (!data) return "unreachable";
  try {
    if (former?.data.roots && former.data.roots !== data.roots) return "refused";
    const { trust } = await opened(data);
    if (!mayFollow(trust, former?.seen)) return "refused";
    const seen = trust.isSigned ? { serial: String(trust.serial), digest: trust.digest } : null;
    await keep({ data, fetchedAt: asked, seen });
    return "refreshed";
  } catch (error) {
    return error instanceof Unsupported ? "unsupported" : "refused";
  }
};

export const forget = () => caches.delete(CACHE);

/** The terms of a check with what is kept, now. */
export const termsOf = (held) => ({
  trust: held ? held.trust : new TrustList(),
  now: Date.now(),
  acceptsTraining: Boolean(held?.data.is_demo),
  statusLists: (held?.data.logs || []).filter((log) => log.status).map((log) => unbase64(log.status, "list")),
  trustFetchedAt: held ? held.fetchedAt : null,
});

/** What was checked here, newest first: {at, result, heading, number, text}. */
export const checked = () => {
  try {
    const found = JSON.parse(localStorage.getItem(CHECKED) || "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
};

export const remember = (one) => {
  const others = checked().filter((each) => !each.text || each.text !== one.text);
  try {
    localStorage.setItem(CHECKED, JSON.stringify([one, ...others].slice(0, MOST_CHECKED)));
  } catch {
    /* no room, or none is given: the answer was shown all the same */
  }
};

export const emptyChecked = () => localStorage.removeItem(CHECKED);
