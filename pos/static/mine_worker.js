// The producer's service worker: keeps the last figures with their time, and shows them where there is no network. Nothing else.
const KEPT = "mine", PAGE = "/mine/offline", STYLE = "/static/shop.css";

let signOuts = 0; // what was asked for before one is not kept after it

const keepLastFigures = async () => {
  const before = signOuts;
  const answer = await fetch(PAGE, { credentials: "same-origin", redirect: "manual", cache: "no-store" });
  if (answer.type === "opaqueredirect") return caches.delete(KEPT); // signed out: somebody else may hold the phone
  if (!answer.ok || before !== signOuts) return undefined;
  const kept = await caches.open(KEPT);
  await kept.put(PAGE, answer);
  if (!(await kept.match(STYLE))) await kept.add(STYLE);
  return before === signOuts ? undefined : caches.delete(KEPT);
};

const forgetFigures = () => {
  signOuts += 1;
  return caches.delete(KEPT);
};

const answerFromKept = async (path, failed) => (await (await caches.open(KEPT)).match(path)) ?? failed;

const visitPage = async (request) => {
  try {
    const answer = await fetch(request);
    if (answer.type === "opaqueredirect") await caches.delete(KEPT);
    return answer;
  } catch {
    return answerFromKept(PAGE, Response.error());
  }
};

const fetchStyle = (request) => fetch(request).catch(() => answerFromKept(STYLE, Response.error()));

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("message", (event) => {
  if (event.data === "keep") event.waitUntil(keepLastFigures().catch(() => {}));
  if (event.data === "forget") event.waitUntil(forgetFigures());
});
addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  if (event.request.mode === "navigate" && event.request.method === "GET") event.respondWith(visitPage(event.request));
  else if (path === STYLE) event.respondWith(fetchStyle(event.request));
});
