/* The page /check/scan: the code in front of the camera, or in a chosen picture, opens its answer. A code of this
   service leads to its page; any other is judged here, with the lists of this device, and its address is never opened. */
import { Camera, codesIn, detector, hasCamera } from "./camera.js";
import { languageOfPage, show } from "./answer.js";
import { readCode } from "./claims.js";
import { checkCode } from "./code.js";
import { isPicture } from "./files.js";
import { kept, refresh, termsOf } from "./store.js";

const page = document.querySelector("[data-scan]"), hosts = page.dataset.hosts.split(" ");
const find = (selector) => page.querySelector(selector);
const button = (name) => find(`[data-do="${name}"]`);
const input = find("input[type=file]"), { form } = input;
let words = null, reader = null;

const note = (text) => { find("[data-note]").textContent = text; };

/* Only here is anything fetched for a code of somebody else: our own lists, without saying for what. */
const judgeHere = async (text, host) => {
  if (!(await kept())) await refresh(page.dataset.data);
  show({ ...(await checkCode(text, termsOf(await kept()))), host }, words, languageOfPage());
};

const go = async (typed) => {
  const text = typed.trim(), parts = await readCode(text).catch(() => null);
  note("");
  if (!parts || !hosts.includes(parts.host)) await judgeHere(text, parts?.host);
  else window.location.assign(`/C/${parts.token}${text.includes("#") ? text.slice(text.indexOf("#")) : ""}`);
};

const camera = new Camera(find("video"));

const turn = (isOn) => {
  find("[data-camera]").hidden = !isOn;
  button("camera").hidden = isOn;
  button("take").hidden = !isOn;
  button("take").disabled = true;
  button("stop").hidden = !isOn;
  if (!isOn) camera.close();
};

const open = async () => {
  turn(true);
  try {
    await camera.open();
    if (!camera.stream) return;
    button("take").disabled = false;
    button("take").focus();
    note(words.phrases.looking);
    if (reader) await camera.watch(reader, (text) => { turn(false); go(text); });
  } catch {
    turn(false);
    note(words.phrases.no_camera);
  }
};

/* The picture of the camera goes into the form like a chosen one, and with it to the server. */
const take = async () => {
  const picture = await camera.picture();
  const [text] = reader ? await codesIn(reader, await createImageBitmap(picture)).catch(() => []) : [];
  turn(false);
  if (text) {
    await go(text);
    return;
  }
  const held = new DataTransfer();
  held.items.add(new File([picture], "camera.jpg", { type: "image/jpeg" }));
  input.files = held.files;
  form.requestSubmit();
};

/* A picture that this browser can read is not sent. */
const chosen = async () => {
  const [file] = input.files;
  if (!reader || !file || !isPicture(file)) return;
  const [text] = await codesIn(reader, await createImageBitmap(file)).catch(() => []);
  if (text) await go(text);
  else note(words.phrases.no_code);
};

const begin = async () => {
  words = await (await fetch(page.dataset.words, { credentials: "omit" })).json();
  reader = await detector();
  find("[data-live]").hidden = !hasCamera();
  find('[data-says="device"]').hidden = !reader;
  find('[data-says="server"]').hidden = Boolean(reader);
  button("camera").onclick = open;
  button("take").onclick = take;
  button("stop").onclick = () => { turn(false); note(words.phrases.stopped); button("camera").focus(); };
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !button("stop").hidden) button("stop").click(); });
  input.addEventListener("change", chosen);
  page.dataset.scan = "ready";
};

begin();
