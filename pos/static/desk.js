import "./days.js";
import "./presence.js";

// F1 opens the handbook, wherever one is at the desk.
document.addEventListener("keydown", (event) => {
  if (event.key !== "F1") return;
  event.preventDefault();
  location.assign(document.body.dataset.handbook);
});
