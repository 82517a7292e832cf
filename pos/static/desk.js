import "./days.js";
import "./presence.js";
import "./cards.js";

// F1 opens the handbook, wherever one is at the desk.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeBar();
  if (event.key !== "F1") return;
  event.preventDefault();
  location.assign(document.body.dataset.handbook);
});

// A group of the phone's bar closes by a touch anywhere else.
function closeBar(but) {
  for (const group of document.querySelectorAll(".bar details[open]")) if (group !== but) group.open = false;
}

document.addEventListener("click", (event) => closeBar(event.target.closest(".bar details")));
