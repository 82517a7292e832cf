// The scanner on the station's own line, which the shop's computer listens to: asked for news, it answers when there are any.
import { understood } from "./scan.js";
const AGAIN_MS = 1000;

export async function hear(address, { onScan, onChange }) {
  const page = crypto.randomUUID();
  let seen = 0;
  for (;;) {
    try {
      const answer = await fetch(`${address}?${new URLSearchParams({ page, seen })}`);
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      const { moved, scans } = await answer.json();
      if (moved) return; // the station's newest page gets them
      for (const { n, text } of scans) {
        onScan(understood(text), n);
        seen = n;
      }
      onChange();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS)); // signed out, or the line is down: it comes back
    }
  }
}
