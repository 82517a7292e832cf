// A scanned code is asked for at once.
import { watchLineScanner } from "./line_scanner.js";
import { watchWedgeScanner } from "./scan.js";
import { watchCameras } from "./camera.js";

function askFor(code) {
  const form = document.getElementById("ask");
  form.code.value = code;
  form.requestSubmit();
}

watchWedgeScanner(document, askFor);
watchCameras(askFor);
watchLineScanner({ onScan: askFor });
