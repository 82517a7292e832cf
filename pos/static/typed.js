// What was typed into a form is not lost: another language brings it back, and whoever leaves otherwise is asked first.
const FORMS = "main form[method=post]:has(.field)";
const KEPT = "typed", NEVER_KEPT = ["csrf_token", "once", "step"];
const isText = (box) => box.matches("textarea, input:not([type=hidden], [type=checkbox], [type=radio], [type=search], [type=submit])");
const isChoice = (box) => box.matches("[type=checkbox], [type=radio]");
const isSecret = (box) => box.matches("[type=password], [type=file]");
const listBoxes = () => [...document.querySelectorAll(FORMS)].flatMap((form) => [...form.elements]).filter((box) => box.name);
let isTyped = false;

const addressHere = () => location.pathname + location.search;

function listTyped() {
  const seen = {};
  return listBoxes().map((box) => ({ box, name: box.name, nth: (seen[box.name] = (seen[box.name] ?? -1) + 1) }))
    .filter(({ box, name }) => !isSecret(box) && !NEVER_KEPT.includes(name) && !box.matches("button"));
}

function keep(address) {
  const boxes = listTyped().map(({ box, name, nth }) => [name, nth, isChoice(box) ? box.checked : box.value, isChoice(box)]);
  sessionStorage.setItem(KEPT, JSON.stringify({ address, boxes }));
}

function bringBack() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  sessionStorage.removeItem(KEPT);
  if (kept?.address !== addressHere()) return;
  const values = new Map(kept.boxes.map(([name, nth, value, wasChoice]) => [`${name} ${nth}`, { value, wasChoice }]));
  for (const { box, name, nth } of listTyped()) {
    const found = values.get(`${name} ${nth}`);
    if (!found || found.wasChoice !== isChoice(box) || box.type === "hidden") continue;
    if (isChoice(box)) box.checked = found.value;
    else box.value = found.value;
    for (const event of ["input", "change"]) box.dispatchEvent(new Event(event, { bubbles: true }));
    if (found.value) box.closest("details")?.setAttribute("open", "");
  }
  isTyped = true;
}

// More lines than a fresh page has, a chosen file and a PIN don't come back.
const isLostAnyway = () => listBoxes().some((box) => (isSecret(box) && box.value) || /-[1-9]\d*-/.test(box.name));

document.addEventListener("input", (event) => {
  if (event.isTrusted && isText(event.target) && event.target.closest(FORMS)) isTyped = true;
});
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const language = event.target.dataset.language;
  if (language === undefined) isTyped = false;
  else if (isTyped || language === "sent") {
    keep(event.target.elements.next.value);
    if (!isLostAnyway()) isTyped = false;
  }
});
addEventListener("beforeunload", (event) => {
  if (isTyped) event.preventDefault();
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches?.("form")) isTyped = false;
});
bringBack();
