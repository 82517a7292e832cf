// The scanner on the station's own line, which the shop's computer listens to: asked for news, it answers when there are any.
import { understood } from "./scan.js";
const AGAIN_MS = 1000;

// Where the station has such a scanner. Of its pages the one opened last hears it; the others say so and can take it back.
export async function hear({ onScan, onChange = () => {} }) {
  const address = document.querySelector('meta[name="scanner-habit"]')?.dataset.scans;
  if (!address) return;
  const page = crypto.randomUUID();
  const moved = document.getElementById("scanner-moved");
  let seen = 0;
  let run = "";
  let claim = true;
  for (;;) {
    try {
      const answer = await fetch(`${address}?${new URLSearchParams({ page, seen, run, ...(claim && { claim }) })}`);
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      const said = await answer.json();
      claim = said.moved;
      if (said.moved) await taken(moved);
      run = said.run;
      for (const { n, text } of said.scans) {
        await onScan(understood(text), `heard-${run}-${n}`); // until then it is told again, to a page loaded anew too
        seen = n;
      }
      onChange();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS)); // signed out, or the line is down: it comes back
    }
  }
}

// Until somebody wants it back here.
function taken(notice) {
  notice.hidden = false;
  return new Promise((resolve) => {
    notice.querySelector("button").addEventListener("click", () => {
      notice.hidden = true;
      resolve();
    }, { once: true });
  });
}
