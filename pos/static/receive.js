// Receiving: a scanned pack is a new line, filled as far as its code says.
import { watchLineScanner } from "./line_scanner.js";
import { watchWedgeScanner } from "./scan.js";
import { play } from "./sound.js";
import { watchCameras } from "./camera.js";

const form = document.getElementById("receive");
const lines = document.getElementById("arrival-lines");

let lastAdded = Promise.resolve();

// One after the other: two lines may not get the same number.
function queueLine(code) {
  lastAdded = lastAdded.then(() => addLine(code)).catch(() => play("no"));
}

function nextNumber() {
  return 1 + Math.max(-1, ...[...lines.children].map((line) => Number(line.id.split("-")[1])));
}

async function addLine(code) {
  if (lines.children.length >= Number(form.dataset.most)) return play("no");
  const first = lines.querySelector("fieldset select");
  if (lines.children.length === 1 && !first.value) lines.replaceChildren();
  const n = nextNumber(); // without gaps: the server counts the lines, and a line's checks go by its number
  await htmx.ajax("GET", `${form.dataset.line}?n=${n}&code=${encodeURIComponent(code)}`, { target: "#arrival-lines", swap: "beforeend" });
  const line = lines.lastElementChild;
  play(line.querySelector("select").value ? "ok" : "no");
  line.scrollIntoView({ block: "center" });
}

// One more line without sending the form: a browser would forget its files.
async function addEmptyLine() {
  if (lines.children.length >= Number(form.dataset.most)) return play("no");
  await htmx.ajax("GET", `${form.dataset.line}?n=${nextNumber()}`, { target: "#arrival-lines", swap: "beforeend" });
  lines.lastElementChild.querySelector("select").focus();
}

document.getElementById("one-more").addEventListener("click", (event) => {
  event.preventDefault();
  lastAdded = lastAdded.then(addEmptyLine).catch(() => play("no"));
});

watchWedgeScanner(document, queueLine);
watchCameras(queueLine);
watchLineScanner({ onScan: queueLine });
