// The keypad on the screen, and the change while the cash is being typed.
const formatFigures = (amount) => `${amount < 0 ? "−" : ""}${Math.abs(amount).toString().replace(/\B(?=(\d{3})+(?!\d))/g, ".")}`;

// Dots between the thousands; the caret stays behind the same figure.
function groupThousands(box, digits) {
  const behind = box.value.slice(box.selectionStart ?? box.value.length).replace(/[^0-9]/g, "").length;
  const text = digits.replace(/^0+(?=[0-9])/, "").replace(/\B(?=(\d{3})+(?!\d))/g, ".");
  if (text === box.value) return;
  box.value = text;
  let at = text.length;
  for (let left = behind; left > 0 && at > 0; at -= 1) if (/[0-9]/.test(text[at - 1])) left -= 1;
  box.setSelectionRange(at, at);
}

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
  if (shown) shown.textContent = price && kilograms > 0 ? `${formatFigures(Math.floor((Math.round(kilograms * 1000) * price + 500) / 1000))} ₫` : "–";
}

document.addEventListener("input", (event) => {
  const box = event.target;
  if (box.id === "weight") showAmount(box);
  if (!box.matches(".amount") || box.id === "weight" || box.id === "number") return;
  // Only a sum is grouped. Whatever else is typed stays as it is: the server says at the box that it is none.
  const isSum = /^[0-9. ]*$/.test(box.value);
  const digits = isSum ? box.value.replace(/[^0-9]/g, "") : "";
  if (isSum && digits.length <= 12) groupThousands(box, digits);
  const due = document.getElementById("due");
  const change = document.getElementById("change");
  if (due && change) {
    const left = Number(digits) - Number(due.dataset.due);
    change.textContent = digits && left >= 0 ? `${formatFigures(left)} ₫` : "–";
  }
  if (box.id === "card") showRest(Number(digits));
});

// What is left to pay in cash when a card pays so much: rounded down to the shop's step, as the server does.
function showRest(byCard) {
  const rest = document.getElementById("card-rest");
  if (!rest) return;
  const left = Number(rest.dataset.rest) - byCard, step = Number(rest.dataset.step) || 1;
  rest.querySelector("strong").textContent = left > 0 ? `${formatFigures(left - (left % step))} ₫` : "–";
}
