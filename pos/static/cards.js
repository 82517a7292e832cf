// On a phone a table's rows are cards: each cell gets the heading of its column, which the style sheet writes before it.
function labelCells(table) {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])].flatMap((head) => {
    const label = head.querySelector(".visually-hidden") ? "" : head.textContent.trim();
    return Array(head.colSpan).fill(label);
  });
  if (!heads.length || table.matches(".stacked, .sideways")) return;
  table.classList.add("cards");
  for (const row of table.querySelectorAll("tbody tr, tfoot tr")) {
    let column = 0;
    for (const cell of row.cells) {
      if ((column > 0 || cell.matches(".num")) && cell.colSpan === 1 && heads[column]) cell.dataset.label = heads[column];
      if (!cell.textContent.trim() && !cell.querySelector("input, select, button, a, img, svg")) cell.dataset.empty = "";
      column += cell.colSpan;
    }
  }
}

const labelAll = () => document.querySelectorAll("main table").forEach(labelCells);
labelAll();
document.addEventListener("htmx:after:swap", labelAll);
