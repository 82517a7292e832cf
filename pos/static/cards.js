// On a phone a table's rows are cards: each cell gets the heading of its column, which the style sheet writes before it.
function labelCells(table) {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])].flatMap((head) => {
    const label = head.querySelector(".visually-hidden") ? "" : head.textContent.trim();
    return Array(head.colSpan).fill(label);
  });
  if (!heads.length || table.matches(".sideways")) return;
  if (table.matches(".stacked")) return labelStacked(table, heads);
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

// Its page names the headings itself; what it left out gets its column's, but for what names the row and what is pressed.
function labelStacked(table, heads) {
  for (const row of table.querySelectorAll("tbody tr, tfoot tr")) {
    const cells = [...row.cells];
    if (cells.some((cell) => cell.colSpan > 1)) continue;
    for (const [column, cell] of cells.entries()) {
      const isBare = !cell.textContent.trim() || cell.matches(".acts") || cell.querySelector("button, .button");
      if (column && heads[column] && !isBare && cell.dataset.label === undefined) cell.dataset.label = heads[column];
    }
  }
}

const labelAll = () => document.querySelectorAll("main table").forEach(labelCells);
labelAll();
document.addEventListener("htmx:after:swap", labelAll);
