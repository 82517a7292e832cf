// The scanner on a serial line of the station: its scans are asked for from the shop's computer, which answers when there are any.
import { stripHabit } from "./scan.js";
const AGAIN_MS = 1000;

// Where the station has such a scanner. Of its pages the one opened last gets the scans; the others show that and can take it back.
export async function watchLineScanner({ onScan, onChange = () => {} }) {
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
      const news = await answer.json();
      claim = news.moved;
      if (news.moved) await waitForReturn(moved);
      run = news.run;
      for (const { n, text } of news.scans) {
        await onScan(stripHabit(text), `heard-${run}-${n}`); // until then it is sent again, to a page loaded anew too
        seen = n;
      }
      onChange();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS)); // signed out, or the line is down: it comes back
    }
  }
}

// Until somebody wants it back here.
function waitForReturn(notice) {
  notice.hidden = false;
  return new Promise((resolve) => {
    notice.querySelector("button").addEventListener("click", () => {
      notice.hidden = true;
      resolve();
    }, { once: true });
  });
}
