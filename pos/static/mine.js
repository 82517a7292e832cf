// The producer's first page: asks every second whether own goods were sold, and shows it. Keeps the last figures for when there is no network.
const ASKED_EVERY_MS = 1000, SLOWEST_MS = 15000, GIVEN_UP_AFTER_MS = 8000;
const now = document.querySelector("#now");
const signOut = document.querySelector("#sign-out");
let failures = 0;

const keepLastFigures = () => navigator.serviceWorker?.controller?.postMessage("keep");

const show = (html) => {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of fresh.querySelectorAll("[id]")) document.getElementById(part.id)?.replaceChildren(...part.childNodes);
};

const ask = async () => {
  if (document.visibilityState !== "visible") return setTimeout(ask, ASKED_EVERY_MS);
  try {
    const answer = await fetch(`${now.dataset.address}?${new URLSearchParams({ seen: now.dataset.seen })}`, {
      cache: "no-store", signal: AbortSignal.timeout(GIVEN_UP_AFTER_MS),
    });
    if (answer.redirected) return location.reload(); // signed out meanwhile
    if (!answer.ok) throw new Error(String(answer.status));
    if (answer.status === 200) {
      show(await answer.text());
      now.dataset.seen = answer.headers.get("X-Fingerprint") ?? "";
      keepLastFigures();
    }
    failures = 0;
  } catch {
    failures += 1;
  }
  setTimeout(ask, Math.min(ASKED_EVERY_MS * 2 ** failures, SLOWEST_MS));
};

signOut?.addEventListener("submit", () => {
  navigator.serviceWorker?.controller?.postMessage("forget");
  globalThis.caches?.delete("mine");
});
navigator.serviceWorker?.register(document.body.dataset.worker, { scope: document.body.dataset.scope })
  .then(() => navigator.serviceWorker.ready).then((ready) => ready.active?.postMessage("keep"), () => {});
if (now) ask();
