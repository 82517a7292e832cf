// The buyer's screen: asks every moment what it shows. Whatever fails, it comes back by itself and shows nothing that is old.
const ASKED_EVERY_MS = 1000, SLOWEST_MS = 5000, GIVEN_UP_AFTER_MS = 8000, AWAY_AFTER_MS = 6000, GONE_ASKED_MS = 30000;
const screen = document.querySelector("#screen");
const notConnected = document.querySelector("#not-connected");
let fingerprint = "", shownHtml = "", failures = 0, lastAnswer = Date.now();

const show = (html) => {
  if (html === shownHtml) return;
  screen.innerHTML = shownHtml = html;
};

const showInstead = (name) => {
  fingerprint = "";
  show(document.querySelector(name).innerHTML);
};

const lose = () => {
  failures += 1;
  if (Date.now() - lastAnswer < AWAY_AFTER_MS) return;
  notConnected.hidden = false; // a code that is old must not be paid
  showInstead("#away");
};

const take = async (answer) => {
  if (answer.status !== 200) return;
  const html = await answer.text();
  if (answer.headers.get("X-Version") !== screen.dataset.version) return location.reload();
  fingerprint = answer.headers.get("X-Fingerprint") ?? "";
  show(html);
};

const ask = async () => {
  let pause = ASKED_EVERY_MS;
  try {
    const answer = await fetch(`${screen.dataset.address}?${new URLSearchParams({ seen: fingerprint })}`, {
      credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(GIVEN_UP_AFTER_MS),
    });
    if (answer.status === 404) {
      notConnected.hidden = true;
      showInstead("#gone");
      pause = GONE_ASKED_MS;
    } else if (answer.redirected || (answer.status !== 200 && answer.status !== 204)) {
      throw new Error(String(answer.status));
    } else {
      await take(answer);
      failures = 0;
      notConnected.hidden = true;
    }
    lastAnswer = Date.now();
  } catch {
    lose();
    pause = Math.min(ASKED_EVERY_MS * (failures + 1), SLOWEST_MS);
  }
  setTimeout(ask, pause * (0.9 + Math.random() / 5)); // thirty screens don't ask in step
};

const stayAwake = () => {
  if (document.visibilityState === "visible") navigator.wakeLock?.request("screen").catch(() => {});
};

document.addEventListener("visibilitychange", stayAwake);
document.addEventListener("click", () => document.documentElement.requestFullscreen?.().catch(() => {}));
stayAwake();
ask();
