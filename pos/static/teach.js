// Two samples, taken as the scanner sends them: every key until it is silent, those that end a code among them.
import { watchLineScanner } from "./line_scanner.js";
import { findRawCharacter } from "./scan.js";
const SILENT_MS = 400;
const form = document.getElementById("teach");
const shown = { "\x1d": "⟨GS⟩", "\n": "⟨Enter⟩", "\t": "⟨Tab⟩" };

let sample = "";
let timer = 0;

document.addEventListener("keydown", (event) => {
  if (event.target.closest("button, a")) return; // a person on the way through the page
  const character = findRawCharacter(event);
  if (!character) return;
  event.preventDefault();
  sample += character;
  clearTimeout(timer);
  timer = setTimeout(() => acceptSample(sample), SILENT_MS);
}, true);

function acceptSample(text) {
  sample = "";
  if (text.length < 5) return; // a person's key
  const name = form.plain.value && !form.gs1.value ? "gs1" : "plain";
  if (name === "plain") form.gs1.value = document.getElementById("gs1-shown").textContent = "";
  form[name].value = text;
  document.getElementById(`${name}-shown`).textContent = text.replace(/[\x1d\n\t]/g, (key) => shown[key]);
}

watchLineScanner({ onScan: (text) => acceptSample(`${text}\n`) });

form.addEventListener("submit", (event) => {
  if (!form.plain.value || !form.gs1.value) event.preventDefault();
});
