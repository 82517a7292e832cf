// A button that fills in boxes of the page by their ids, as somebody who types would.
for (const button of document.querySelectorAll("[data-fills]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const [id, value] of Object.entries(JSON.parse(button.dataset.fills))) {
      const box = document.getElementById(id);
      box.value = value;
      for (const event of ["input", "change"]) box.dispatchEvent(new Event(event, { bubbles: true }));
      box.focus();
    }
  });
}
