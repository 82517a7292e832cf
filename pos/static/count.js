// A counter's hands: scanner, camera or typing all end in the one field. The server holds all that was noted.
import { watchLineScanner } from "./line_scanner.js";
import { watchWedgeScanner } from "./scan.js";
import { play } from "./sound.js";
import { watchCameras } from "./camera.js";

const queue = []; // one at a time, in order; what can't be sent stays here and is sent again
let busy = false;

function enqueueScan(code, key = crypto.randomUUID()) {
  queue.push({ code, key });
  sendNextScan();
}

function sendNextScan() {
  const form = document.getElementById("scan");
  if (busy || !queue.length) return;
  if (!form) {
    queue.length = 0; // the count is over, or the place where they count is not chosen
    play("no");
    return;
  }
  busy = true;
  form.code.value = queue[0].code;
  form.once.value = queue[0].key;
  form.requestSubmit();
}

watchWedgeScanner(document, enqueueScan);
watchCameras(enqueueScan);
watchLineScanner({ onScan: enqueueScan });

document.addEventListener("htmx:after:swap", () => {
  const screen = document.getElementById("tallying");
  play(screen.dataset.sound);
  if (busy) queue.shift();
  busy = false;
  const wanted = document.getElementById("quantity") ?? (matchMedia("(pointer: fine)").matches && document.getElementById("code"));
  if (wanted) wanted.focus(); // on a phone only where figures are to be typed: its keyboard covers half the screen
  sendNextScan();
});
document.addEventListener("htmx:error", () => {
  play("no");
  if (!busy) return;
  busy = false;
  setTimeout(sendNextScan, 1000);
});
