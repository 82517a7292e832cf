// A counter's hands: scanner, camera or typing all end in the one field. The server holds all that was noted.
import { listen } from "./scan.js";
import { play } from "./sound.js";
import { watch } from "./camera.js";

function enter(code) {
  const form = document.getElementById("scan");
  if (!form) return play("no");
  form.code.value = code;
  form.requestSubmit();
}

listen(document, enter);
watch(enter);

document.addEventListener("htmx:after:swap", () => {
  const screen = document.getElementById("tallying");
  play(screen.dataset.sound);
  const wanted = document.getElementById("quantity") ?? (matchMedia("(pointer: fine)").matches && document.getElementById("code"));
  if (wanted) wanted.focus(); // on a phone only where figures are to be typed: its keyboard covers half the screen
});
document.addEventListener("htmx:error", () => play("no"));
