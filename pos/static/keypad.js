// The keypad on the screen, and the change while the cash is being typed.
const figures = (amount) => `${amount < 0 ? "−" : ""}${Math.abs(amount).toString().replace(/\B(?=(\d{3})+(?!\d))/g, ".")}`;

document.addEventListener("click", (event) => {
  const key = event.target.closest("[data-digit]");
  if (!key) return;
  const box = document.getElementById(key.closest("[data-target]").dataset.target);
  box.value = key.dataset.digit === "back" ? box.value.slice(0, -1) : box.value + key.dataset.digit;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
});

// What the typed weight costs, while it is typed: half up to the đồng, as the server reckons it.
function showAmount(box) {
  const shown = document.getElementById("weight-amount");
  const kilograms = /^\s*\d{1,4}(?:[.,]\d{1,3})?\s*$/.test(box.value) ? Number(box.value.replace(",", ".")) : NaN;
  const price = Number(box.dataset.price);
  if (shown) shown.textContent = price && kilograms > 0 ? `${figures(Math.floor((Math.round(kilograms * 1000) * price + 500) / 1000))} ₫` : "–";
}

document.addEventListener("input", (event) => {
  const box = event.target;
  if (box.id === "weight") showAmount(box);
  if (!box.matches(".amount") || box.id === "weight" || box.id === "number") return;
  const digits = box.value.replace(/\D/g, "");
  box.value = digits ? figures(Number(digits)) : "";
  const due = document.getElementById("due");
  const change = document.getElementById("change");
  if (due && change) {
    const left = Number(digits) - Number(due.dataset.due);
    change.textContent = digits && left >= 0 ? `${figures(left)} ₫` : "–";
  }
});
