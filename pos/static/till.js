// The till's hands: what a key, a scanner or a touch does. All state lives on the server.
import { watchWedgeScanner } from "./scan.js";
import { play } from "./sound.js";
import { watchCameras } from "./camera.js";
import { watchLineScanner } from "./line_scanner.js";
import "./keypad.js";
import "./presence.js";
import "./transfers.js";

const search = document.getElementById("search");
const scanForm = document.getElementById("scan-form");
const times = document.getElementById("times");
const offline = document.getElementById("offline");
const queue = [];
let busy = false;
let touchedAt = Date.now();
let aheadMs = 0; // how far the shop's clock is ahead of this browser's
let lastScan = { code: "", at: 0 };
const BOUNCE_MS = 150; // the same code so soon after it counted is the scanner's, not a second pack

const getTill = () => document.getElementById("till");
const isVisible = (element) => element.offsetParent !== null && !element.disabled;

// ── scans: one at a time, in order, each with a key so that a repeated request is answered, not repeated
watchWedgeScanner(document, (code) => {
  const now = performance.now();
  if (code === lastScan.code && now - lastScan.at < BOUNCE_MS) return play("bounce");
  lastScan = { code, at: now };
  enqueueScan(code);
});

watchCameras(enqueueScan);

watchLineScanner({
  onScan: (code, once) => {
    touchedAt = Date.now();
    return enqueueScan(code, once); // sent twice, it is put on once
  },
  onChange: () => htmx.trigger("#device-states", "changed"),
});

// Under an open refusal or question a scan is not added, which is said: the cashier looks at the goods, not at the screen.
// Settled when the server has answered, with whatever result.
function enqueueScan(code, once = crypto.randomUUID()) {
  if ("asks" in getTill().dataset) {
    play("no");
    showNotice(getTill().dataset.asks);
    return Promise.resolve();
  }
  return enqueueByHand(code, once);
}

// What a person typed or touched has been seen: it is done whatever is open.
function enqueueByHand(code, once = crypto.randomUUID(), typed = false) {
  return new Promise((settled) => {
    queue.push({ code, quantity: takeTimes(), once, typed, settled });
    sendNextScan();
  });
}

// While the price check is open, what is scanned or touched is only looked at.
function setMode() {
  for (const field of document.querySelectorAll(".mode-field")) field.value = getTill().dataset.mode;
}

function sendNextScan() {
  if (busy || !queue.length) return;
  busy = true;
  foldTiles();
  setMode();
  const { code, quantity, once, typed } = queue[0];
  scanForm.code.value = code;
  scanForm.quantity.value = quantity;
  scanForm.once.value = once;
  scanForm.typed.disabled = !typed;
  scanForm.requestSubmit();
}

// ── a long basket folds the tiles (in the style sheet); a tab unfolds them until the next scan or panel
const foldTiles = () => delete document.body.dataset.tiles;

document.addEventListener("click", (event) => {
  if (event.target.closest(".tabs button")) document.body.dataset.tiles = "open";
});

// ── quantity before a scan: 3*
function setTimes(text) {
  times.textContent = text ? `${text} ×` : "";
  times.dataset.value = text;
  times.hidden = !text;
  for (const field of document.querySelectorAll(".times-field")) field.value = text;
}

function takeTimes() {
  const text = times.dataset.value || "";
  setTimes("");
  return text;
}

search.addEventListener("input", () => {
  choice = "";
  const typed = /^(\d{1,4}(?:,\d{1,3})?)\*$/.exec(search.value);
  if (typed) {
    setTimes(typed[1]);
    clearSearch();
  }
});

function clearSearch() {
  search.value = "";
  document.getElementById("found").replaceChildren();
}

// ── keys: a button says which key it answers to; the marked line's buttons come first
const NUMPAD = { NumpadAdd: "+", NumpadSubtract: "-" };

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
  const typing = event.target.matches("input:not([type=hidden]), textarea");
  if (event.key === "F2") {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "Enter" && event.target === search) {
    event.preventDefault();
    submitSearch();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (!typing || event.target === search)) {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    if (event.target !== search || !moveChoice(step)) moveSelection(step);
  } else if (event.key === "Escape" && search.value) {
    clearSearch();
  } else if (event.key === "Enter" && event.target.matches("[data-when-empty] input") && !event.target.value.trim()) {
    pressButton(event.target.form.dataset.whenEmpty, event);
  } else if (typing && event.target !== search && !/^(F\d+|Escape)$/.test(event.key)) {
    return;
  } else if (typing && search.value && !/^(F\d+|Escape)$/.test(event.key)) {
    return;
  } else if (!(event.key === "Enter" && event.target.matches("button, a"))) {
    pressButton(NUMPAD[event.code] ?? event.key, event);
  }
});

function pressButton(key, event) {
  const button = [...document.querySelectorAll(`.line.selected [data-key="${CSS.escape(key)}"], [data-key="${CSS.escape(key)}"]`)]
    .filter((element) => isVisible(element) && !element.closest(".line:not(.selected)"))[0];
  if (button) {
    event.preventDefault();
    button.click();
  } else if (key.length === 1 && !event.target.matches("input, textarea, select, button")) {
    search.focus(); // the letter goes on into the search box
  } else if (/^F([1-9]|1[0-2])$/.test(key) && !["F5", "F11"].includes(key)) {
    event.preventDefault();
  }
}

// What was typed is the server's to understand: a code, a name, a receipt's number.
function submitSearch() {
  const text = search.value.trim();
  const chosen = document.querySelector(".found .chosen");
  if (text && chosen) return chosen.click();
  if (!text) return pressButton("Enter", new Event("none"));
  clearSearch();
  enqueueByHand(text, crypto.randomUUID(), true);
}

// The goods that the words in the search box found, one marked by the arrow keys for Enter. False: there are none.
let choice = "";

function moveChoice(step) {
  const found = [...document.querySelectorAll(".found button")];
  const at = found.findIndex((button) => button.classList.contains("chosen"));
  const to = found[Math.min(found.length - 1, Math.max(0, at + step))];
  choice = to ? to.textContent : "";
  markChoice();
  to?.scrollIntoView({ block: "nearest" });
  return Boolean(to);
}

// A later answer to the same words keeps the mark on the same goods.
function markChoice() {
  for (const button of document.querySelectorAll(".found button")) button.classList.toggle("chosen", choice !== "" && button.textContent === choice);
}

// What is unfolded to be filled in has the focus, at its first empty box: a PIN belongs into no name. What came back with a fault has
// it already.
document.addEventListener("toggle", (event) => {
  if (event.target.matches("#till details[open]:not(:has([aria-invalid]))")) focusOnFirstEmpty(event.target);
}, true);

function focusOnFirstEmpty(form) {
  const boxes = [...form.querySelectorAll("input:not([type=hidden])")];
  (boxes.find((box) => !box.value) ?? boxes[0])?.focus();
}

function moveSelection(step) {
  const lines = [...document.querySelectorAll(".line")];
  const at = lines.findIndex((line) => line.classList.contains("selected"));
  const to = lines[Math.min(lines.length - 1, Math.max(0, at + step))];
  if (to) select(to);
}

function select(line) {
  for (const other of document.querySelectorAll(".line.selected")) other.classList.remove("selected");
  line.classList.add("selected");
  line.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  if (event.target.matches(".line .quantity input")) event.target.select(); // what is typed replaces it: 10, not 101
  const line = event.target.closest(".line");
  if (line && !event.target.closest("button, input")) select(line);
  const demo = event.target.closest("[data-scan]");
  if (demo) {
    demo.blur(); // the next key is the till's
    enqueueByHand(demo.dataset.scan);
  }
  if (event.target.closest("#fake-bank button")) document.activeElement.blur();
  if (event.target.closest(".tile, .found button")) {
    document.activeElement.blur(); // the next Enter is the panel's: no second egg
    setTimeout(() => {
      setTimes("");
      clearSearch(); // only now: a form that has left the page can't be sent
    }, 0);
  }
});

// ── what came a moment ago and htmx has not taken up yet: a button's click would be lost, a form would leave the page, unpaid
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[hx-get]:not([data-htmx-powered])");
  if (!button) return;
  event.stopImmediatePropagation();
  setTimeout(() => button.isConnected && button.click(), 10);
}, true);

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !event.target.matches("[hx-post]")) return;
  event.preventDefault();
  setTimeout(() => event.target.requestSubmit(event.submitter), 10); // nothing, once it has left the page
});

// ── whoever goes on while a question is open leaves its goods out of the basket, and is told
let unanswered = "";

document.addEventListener("submit", (event) => {
  if (event.target.matches("[hx-post]")) unanswered = event.target.closest(".side") ? "" : getTill().dataset.unanswered ?? "";
}, true);

function tellUnanswered(body) {
  if (unanswered && unanswered !== body.dataset.unanswered) showNotice(unanswered);
  unanswered = "";
}

function showNotice(text) {
  const side = getTill().querySelector(".side");
  side.querySelector(".notice.told")?.remove();
  const notice = Object.assign(document.createElement("p"), { className: "notice look told", textContent: text });
  notice.setAttribute("role", "status");
  side.prepend(notice);
}

// ── after each answer: sound, focus, the next scan in the queue
document.addEventListener("htmx:after:swap", finishRequest);
document.addEventListener("htmx:after:swap", () => {
  markChoice();
  if (!search.value) clearSearch(); // an answer to words that were sent or cleared meanwhile would cover the basket
});
document.addEventListener("pointerdown", setMode, true);
document.addEventListener("focusin", setMode, true);
document.addEventListener("htmx:finally:request", (event) => {
  if (event.target !== scanForm) return;
  busy = false;
});
document.addEventListener("htmx:error", (event) => {
  offline.hidden = false;
  play("no");
  if (event.target === scanForm) {
    busy = false;
    setTimeout(sendNextScan, 1000);
  }
});

document.addEventListener("htmx:after:request", (event) => {
  if (event.target === scanForm || !queue.length) offline.hidden = true; // a waiting scan keeps its notice
  if (event.target === scanForm) {
    queue.shift().settled();
    busy = false;
    setTimeout(sendNextScan, 0);
  }
});

function finishRequest() {
  const body = getTill();
  if (body.dataset.sound) play(body.dataset.sound);
  body.dataset.sound = "";
  const wanted = body.querySelector("[autofocus]");
  if (!body.dataset.focused) { // a new answer, not just the devices' states or names found
    tellUnanswered(body);
    if (body.dataset.panel !== "pay") foldTiles();
    aheadMs = Number(body.dataset.now) - Date.now();
    if (wanted) wanted.focus();
    else if (document.activeElement.matches("button, a, summary, [type=radio]")) document.activeElement.blur(); // the act is over
  }
  body.dataset.focused = "yes";
  body.querySelector(".line.selected")?.scrollIntoView({ block: "nearest" });
  if (body.dataset.panel !== "pay") body.querySelector(".side").scrollIntoView({ block: "nearest" }); // on a phone it lies below
  showTime();
}

// The shop's time: the server's, which the books and the receipts have, whatever this browser's own clock says.
function showTime() {
  const clock = document.getElementById("clock");
  if (clock) clock.textContent = new Date(Date.now() + aheadMs).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
}

// ── what was stopped or repriced somewhere else shows here without a scan; a lost connection is noticed, too
const WATCHED_EVERY_MS = 1500;
setInterval(async () => {
  const lines = document.getElementById("lines");
  if (busy || queue.length || document.hidden || lines.querySelector("input:focus")) return;
  const stopped = lines.querySelectorAll(".line.stopped").length;
  const selected = lines.querySelector(".line.selected")?.dataset.line ?? "";
  const asked = new URLSearchParams({ seen: lines.dataset.seen, selected });
  const answer = await fetch(`${lines.dataset.watch}?${asked}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer) {
    offline.hidden = false;
    play("no");
    return;
  }
  if (!queue.length) offline.hidden = true;
  if (answer.redirected || answer.headers.has("HX-Redirect") || answer.status === 401) return location.reload(); // locked, or signed out
  const isOld = document.getElementById("lines") !== lines || selected !== (lines.querySelector(".line.selected")?.dataset.line ?? "");
  if (busy || isOld || answer.status !== 200) return; // an act came between: its own answer is newer
  lines.outerHTML = await answer.text();
  htmx.process(document.getElementById("lines"));
  if (document.querySelectorAll("#lines .line.stopped").length > stopped) play("no");
}, WATCHED_EVERY_MS);

// ── a till left alone locks itself
for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, () => (touchedAt = Date.now()), true);
setInterval(() => {
  showTime();
  if (Date.now() - touchedAt > getTill().dataset.lockMinutes * 60_000) document.querySelector('[data-key="F12"]').click();
}, 5000);

finishRequest();

// Whoever approves is touched, and types their PIN.
document.addEventListener("click", (event) => {
  const person = event.target.closest("#till [data-login]");
  if (!person) return;
  document.getElementById("login").value = person.dataset.login;
  document.getElementById("pin").focus();
});
