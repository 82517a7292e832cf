// The products that a paper names are found by their names and given their stars; the box of lines below holds what is sent.
const lines = document.getElementById("products");
const producer = document.getElementById("producer_id");
const kind = document.getElementById("kind");
const words = lines.closest("form").dataset;

const picker = document.createElement("div");
picker.className = "covers";
picker.innerHTML = `<ul class="cover-list"></ul>
  <div class="field cover-search"><label for="cover-words"></label><input id="cover-words" type="search" autocomplete="off" aria-controls="cover-found"><ul id="cover-found" class="cover-found"></ul></div>
  <button type="button" class="quiet" id="cover-all"></button>`;
picker.querySelector("label").textContent = words.find;
picker.querySelector("#cover-all").textContent = words.all;
const list = picker.querySelector(".cover-list");
const search = picker.querySelector("#cover-words");
const found = picker.querySelector("#cover-found");
const splitLine = /^([^\s,;:|]+)[\s,;:|]*(?:([1-5])\s*(?:\*|★|sao)?(?=[\s,;:|]|$)|[-–—…](?=\s|$))?[\s,;:|]*(.*)$/i;

async function ask(values) {
  const answer = await fetch(`${words.goods}?${new URLSearchParams(values)}`).catch(() => null);
  return answer?.ok ? answer.json() : [];
}

function write() {
  lines.value = [...list.children].map(({ dataset, children }) => {
    const [stars, name] = [children[1].value, children[2].value.trim()];
    return [dataset.number, stars || "-", name].join(" ").trim();
  }).join("\n");
}

function addRow({ number, name, stars = "", written = "" }) {
  if ([...list.children].some((row) => row.dataset.number === number)) return;
  const row = document.createElement("li");
  row.dataset.number = number;
  const title = document.createElement("strong");
  title.textContent = name;
  const choice = document.createElement("select");
  choice.setAttribute("aria-label", `${words.stars}: ${name}`);
  for (const value of ["", "1", "2", "3", "4", "5"]) choice.append(new Option(value ? `${value} ★` : "–", value));
  choice.value = stars;
  const as = document.createElement("input");
  Object.assign(as, { value: written, placeholder: words.written });
  as.setAttribute("aria-label", `${words.written}: ${name}`);
  const gone = document.createElement("button");
  Object.assign(gone, { type: "button", className: "quiet", textContent: words.remove });
  gone.setAttribute("aria-label", `${words.remove}: ${name}`);
  gone.addEventListener("click", () => { row.remove(); write(); search.focus(); });
  row.append(title, choice, as, gone);
  row.addEventListener("change", write);
  as.addEventListener("input", write);
  list.append(row);
  write();
}

async function readLines() {
  const typed = lines.value.split("\n").map((line) => splitLine.exec(line.trim())).filter(Boolean);
  if (!typed.length) return true;
  const goods = new Map((await ask({ numbers: typed.map(([, number]) => number).join(" ") })).map((row) => [row.number.toUpperCase(), row]));
  if (typed.some(([, number]) => !goods.has(number.toUpperCase()))) return false; // what nobody knows stays to be corrected as it was typed
  for (const [, number, stars = "", written] of typed) addRow({ ...goods.get(number.toUpperCase()), stars, written });
  return true;
}

let asked = 0;
async function look() {
  const mine = ++asked;
  const goods = search.value.trim() ? await ask({ q: search.value, producer: producer.value }) : [];
  if (mine !== asked) return;
  found.replaceChildren(...goods.slice(0, 12).map((row) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "quiet", textContent: producer.value ? row.name : `${row.name} · ${row.producer}` });
    button.addEventListener("click", () => choose(row));
    item.append(button);
    return item;
  }));
  found.row = goods[0];
}

function choose(row) {
  addRow(row);
  search.value = "";
  found.replaceChildren();
  search.focus();
}

search.addEventListener("input", look);
search.addEventListener("keydown", async (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault(); // it chooses, and doesn't send the form
  await look();
  if (found.row) choose(found.row);
});
picker.querySelector("#cover-all").addEventListener("click", async () => {
  for (const row of await ask({ producer: producer.value })) addRow(row);
});
function showAll() {
  picker.querySelector("#cover-all").hidden = !producer.value;
  picker.classList.toggle("without-stars", kind.value !== "recognition");
}
producer.addEventListener("change", showAll);
kind.addEventListener("change", showAll);

lines.after(picker);
showAll();
if (await readLines()) {
  lines.hidden = true;
  const description = lines.parentElement.querySelector("small");
  if (description) description.textContent = words.how;
}
