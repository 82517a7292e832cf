// A scanned code is asked for at once.
import { hear } from "./hear.js";
import { listen } from "./scan.js";
import { watch } from "./camera.js";

function enter(code) {
  const form = document.getElementById("ask");
  form.code.value = code;
  form.requestSubmit();
}

listen(document, enter);
watch(enter);
hear({ onScan: enter });
