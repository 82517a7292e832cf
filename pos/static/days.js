// A day that was typed any way is written out as soon as its box is left: 20/11, 20112026 and 20-11-26 become 20/11/2026.
document.addEventListener("change", async (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.dataset.day === undefined || !box.value.trim()) return;
  const typed = box.value;
  const asked = new URLSearchParams({ typed, near: box.dataset.day, month: box.dataset.month });
  const answer = await fetch(`/day?${asked}`).catch(() => null); // without the server the box stays as it was typed
  if (!answer?.ok) return;
  const { day } = await answer.json();
  if (day && box.value === typed) box.value = day;
});
