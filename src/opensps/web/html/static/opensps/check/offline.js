/* The page /check/offline: keeps itself and the lists on this device, and checks what is scanned, typed or chosen. The
   same page answers an opened code when there is no network: then the code stands behind the # of the address. */
import { Camera, codesIn, detector, hasCamera } from "./camera.js";
import { ageOf, filled, languageOfPage, momentOf, show } from "./answer.js";
import { readCode } from "./claims.js";
import { checkCode } from "./code.js";
import { checkFile } from "./file.js";
import { gather, isPicture } from "./files.js";
import { openCheckpoint, witnessed } from "./note.js";
import { STATUS_FRESH, TRUST_FRESH, believedLists } from "./status.js";
import { checked, emptyChecked, forget, kept, refresh, remember, termsOf } from "./store.js";
import { hex, sha256, unbase64, utf8 } from "./bytes.js";

const page = document.querySelector("[data-offline]"), language = languageOfPage();
const find = (selector) => page.querySelector(selector);
const button = (name) => find(`[data-do="${name}"]`);
const put = (name, text) => { find(`[data-show="${name}"]`).textContent = text; };
const note = (text) => { find("[data-note]").textContent = text; };
let words = null, held = null;

const timed = (at, limit) => {
  const now = Date.now(), isOld = now - at > limit;
  return filled(words.phrases[isOld ? "stale" : "age"], { time: momentOf(at, language), age: ageOf(at, now, language) });
};

const describeLog = async (trust, { authority, logs }) => {
  const written = logs.find((log) => log.checkpoint)?.checkpoint, listed = trust.authority(authority);
  if (!written || !listed) return "–";
  const signed = await openCheckpoint(unbase64(written, "list"), trust.logsOf(authority).map((log) => log.key));
  const seen = [];
  for (const organisation of listed.quorum?.organisations || []) {
    const one = { need: 1, organisations: [organisation] };
    if ((await witnessed(signed.note, trust.witnessesOf(listed), one)).isQuorum) seen.push(organisation);
  }
  const size = new Intl.NumberFormat(language).format(signed.checkpoint.size);
  return filled(words.phrases.log, { size, witnesses: seen.join(", ") || words.phrases.nobody });
};

const describe = async () => {
  button("forget").hidden = !held;
  if (!held) {
    for (const name of ["trust", "fetched", "status", "log", "roots"]) put(name, "–");
    return;
  }
  const { trust, data } = held, { phrases } = words;
  const issued = trust.isSigned ? momentOf(trust.issued * 1000, language) : "";
  put("trust", trust.isSigned ? filled(phrases.list, { serial: String(trust.serial), time: issued }) : trust.keys.length ? phrases.unsigned : "–");
  put("fetched", timed(held.fetchedAt, TRUST_FRESH));
  const newest = (await believedLists(termsOf(held), data.authority).catch(() => [])).at(-1);
  put("status", newest ? timed(newest.issuedAt, STATUS_FRESH) : "–");
  put("log", await describeLog(trust, data).catch(() => "–"));
  put("roots", data.roots ? hex(await sha256(utf8(data.roots))).replace(/(.{8})(?=.)/g, "$1 ") : "–");
};

const describeChecked = () => {
  const list = find("[data-kept]"), all = checked();
  list.replaceChildren(...(all.length ? all.map(itemOf) : [item(words.phrases.nothing_listed)]));
  button("empty").hidden = !all.length;
};

const item = (text) => {
  const made = document.createElement("li");
  made.textContent = text;
  return made;
};

const itemOf = ({ at, heading, number, link }) => {
  const made = item(`${momentOf(at, language)}${words.phrases.colon} ${[number, heading].filter(Boolean).join(" – ")} `);
  if (link) {
    const again = document.createElement("a");
    again.href = link;
    again.textContent = words.phrases.again;
    made.append(again);
  }
  return made;
};

/* Where a code of this very service is checked online, with its signed facts behind the #. */
const linkOf = async (text) => {
  const parts = await readCode(text).catch(() => null), hosts = held?.trust.authority(held.data.authority)?.hosts || [];
  if (!parts || !hosts.includes(parts.host)) return "";
  return `/C/${parts.token}${text.includes("#") ? text.slice(text.indexOf("#")) : ""}`;
};

const answer = (verdict, about) => {
  const heading = show(verdict, words, language);
  remember({ at: Date.now(), result: verdict.result, heading, number: verdict.number || "", text: "", link: "", ...about });
  describeChecked();
};

const judgeCode = async (typed) => {
  const text = typed.trim(), verdict = await checkCode(text, termsOf(held));
  const parts = await readCode(text).catch(() => null);
  answer({ ...verdict, host: parts?.host }, { text, link: await linkOf(text) });
};

const judgeFiles = async (files) => {
  if (!files.length) return;
  if (isPicture(files[0])) {
    await judgePicture(files[0]);
    return;
  }
  const parts = await gather(files);
  if (parts) answer(await checkFile(parts, termsOf(held)), {});
  else note(words.phrases.files);
};

const judgePicture = async (file) => {
  const reader = await detector();
  if (!reader) {
    note(words.phrases.cannot_read);
    return;
  }
  const [text] = await codesIn(reader, await createImageBitmap(file)).catch(() => []);
  if (text) await judgeCode(text);
  else note(words.phrases.no_code);
};

const scan = async () => {
  const camera = new Camera(find("video")), box = find("[data-camera]"), reader = await detector();
  const end = () => { camera.close(); box.hidden = true; };
  button("stop").onclick = () => { end(); note(words.phrases.stopped); };
  document.onkeydown = (event) => { if (event.key === "Escape" && !box.hidden) button("stop").click(); };
  box.hidden = false;
  button("stop").focus();
  try {
    await camera.open();
    note(words.phrases.looking);
    await camera.watch(reader, (text) => { end(); note(""); judgeCode(text); });
  } catch {
    end();
    note(words.phrases.no_camera);
  }
};

/* Programs may be loaded from an address of our own only; browsers with Trusted Types want it said. */
const trustedScript = (address) => {
  const policy = window.trustedTypes?.createPolicy("opensps-check", { createScriptURL: (given) => given });
  return policy ? policy.createScriptURL(address) : address;
};

/* The page keeps itself in its homes: its own address in each language, and those of scanned codes. */
const settle = async () => {
  const address = trustedScript(page.dataset.worker);
  const found = await Promise.all(page.dataset.scopes.split(" ").map((scope) => (
    navigator.serviceWorker.register(address, { scope, updateViaCache: "none" }))));
  await Promise.all(found.map(activeIn));
};

const activeIn = (registration) => {
  const worker = registration.installing || registration.waiting || registration.active;
  if (worker.state === "activated") return null;
  return new Promise((resolve, reject) => worker.addEventListener("statechange", () => {
    if (worker.state === "activated") resolve();
    if (worker.state === "redundant") reject(new Error("not kept"));
  }));
};

const renew = async () => {
  button("refresh").disabled = true;
  note(words.phrases.busy);
  const outcome = await refresh(page.dataset.data), isKept = await keepPage(outcome);
  held = await kept();
  await describe();
  note(outcome !== "refreshed" ? words.phrases[outcome] : words.phrases[isKept ? "kept" : "no_worker"]);
  button("refresh").disabled = false;
};

const keepPage = async (outcome) => {
  if (outcome !== "refreshed" || !("serviceWorker" in navigator)) return false;
  return settle().then(() => true, () => false);
};

const begin = async () => {
  words = await (await fetch(page.dataset.words, { credentials: "omit" })).json();
  held = await kept();
  await describe();
  describeChecked();
  note(held?.isUnsupported ? words.phrases.unsupported : held ? "" : words.phrases.none);
  button("refresh").hidden = false;
  button("refresh").onclick = renew;
  button("forget").onclick = async () => { await forget(); held = null; await describe(); };
  button("empty").onclick = () => { emptyChecked(); describeChecked(); };
  button("camera").hidden = !hasCamera() || !(await detector());
  button("camera").onclick = scan;
  find('[data-form="text"]').onsubmit = (event) => { event.preventDefault(); judgeCode(find("#text").value); };
  find("#files").onchange = (event) => judgeFiles([...event.target.files]);
  page.dataset.offline = "ready";
  await opened();
};

/* The page stands in for the address of a scanned code: its host is the official one it was opened under. */
const opened = async () => {
  const found = /^\/[Cc]\/([0-9A-Za-z-]{20,24})$/.exec(window.location.pathname), { hash, host } = window.location;
  if (!found) return;
  window.history.replaceState(null, "", window.location.pathname);
  await judgeCode(`HTTPS://${host.toUpperCase()}/C/${found[1].toUpperCase()}${hash}`);
};

begin();
