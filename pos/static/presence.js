// Typing and touching alone ask nothing of the server, which locks a till or desk that was left alone: so now and then
// it is told. Where the screen is locked already, the page goes to the PIN.
const REPORTED_EVERY_MS = 20_000;
let reportedAt = performance.now();

async function reportPresence() {
  if (performance.now() - reportedAt < REPORTED_EVERY_MS) return;
  reportedAt = performance.now();
  try {
    const answer = await fetch("/still-here", { cache: "no-store" });
    if (answer.redirected) location.assign(answer.url);
  } catch {
    // no connection: the page says so itself
  }
}

for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, reportPresence, { capture: true, passive: true });
