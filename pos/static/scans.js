// Several scans dropped at once are sent one by one: together they would be more than a request may bring.
const box = document.getElementById("scans");
const form = box.form;
const progress = document.getElementById("scans-progress");

async function send(file) {
  const body = new FormData();
  body.append("csrf_token", form.elements.csrf_token.value);
  body.append("scans", file);
  const answer = await fetch(box.dataset.address, { method: "POST", body }).catch(() => null);
  if (!answer?.ok) return [`${file.name}: ${box.dataset.failed}`];
  const { ids, faults } = await answer.json();
  for (const id of ids) form.insertAdjacentHTML("beforeend", `<input type="hidden" name="scan" value="${Number(id)}">`);
  return faults;
}

box.addEventListener("change", async () => {
  const files = [...box.files];
  const faults = [];
  for (const [n, file] of files.entries()) {
    progress.textContent = `${n + 1} / ${files.length}`;
    faults.push(...(await send(file)));
  }
  box.value = "";
  for (const fault of faults) {
    const hidden = document.createElement("input");
    Object.assign(hidden, { type: "hidden", name: "fault", value: fault });
    form.append(hidden);
  }
  form.requestSubmit(document.getElementById("match"));
});

// The same decision for the next row: its number, issuer, days and scan.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-like]");
  if (!button) return;
  for (const name of ["number", "issuer", "issued", "ends", "file_id"]) {
    const target = document.getElementById(`${button.dataset.row}-${name}`);
    const source = document.getElementById(`${button.dataset.like}-${name}`);
    if (target && source) target.value = source.value;
  }
  document.getElementById(`${button.dataset.row}-stars`)?.focus();
});
