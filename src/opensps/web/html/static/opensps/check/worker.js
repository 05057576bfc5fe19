/* The service worker of the offline check. In front of this text the server puts SETTLED: version, pages (language to
   address), and what is kept. It keeps those and nothing else: no page of a person, no answer, no certificate. */
"use strict";

const PREFIX = "opensps-check-page-";
const NAME = PREFIX + SETTLED.version;
const SCANNED = /^\/[Cc]\/[^/]+$/;

const pathOf = (address) => new URL(address, self.location.origin).pathname;
const KEPT = new Set(SETTLED.kept.map(pathOf));
const PAGES = new Set(Object.values(SETTLED.pages).map(pathOf));

/* Asked for as a stranger: what is kept is the page that everybody gets. */
const take = async (cache, address) => {
  const answer = await fetch(new Request(address, { credentials: "omit", cache: "reload" }));
  if (!answer.ok || answer.redirected) throw new Error(`${address}: ${answer.status}`);
  await cache.put(pathOf(address), answer);
};

const install = async () => {
  const cache = await caches.open(NAME);
  await Promise.all(SETTLED.kept.map((address) => take(cache, address)));
  await self.skipWaiting();
};

const activate = async () => {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)));
  await self.clients.claim();
};

const kept = async (path) => (await caches.open(NAME)).match(path);

/* The page in the first of the reader's languages that there is; its address, with the code behind #, stays as it is. */
const inLanguage = () => {
  const wanted = self.navigator.languages.map((each) => each.slice(0, 2));
  const known = Object.entries(SETTLED.pages);
  const found = wanted.map((each) => known.find(([code]) => code.startsWith(each))).find(Boolean) || known[0];
  return kept(pathOf(found[1]));
};

const fromKeptOr = async (request) => (await kept(pathOf(request.url))) || fetch(request);
const fromNetworkOr = (request) => fetch(request).catch(async () => (await inLanguage()) || Response.error());

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event, path = pathOf(request.url);
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  if (request.mode === "navigate" && SCANNED.test(path)) event.respondWith(fromNetworkOr(request));
  else if (PAGES.has(path) || KEPT.has(path)) event.respondWith(fromKeptOr(request));
});
