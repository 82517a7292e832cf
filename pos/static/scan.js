// A keyboard-wedge scanner, told from a person by its rhythm, wherever the focus is.
//
// Characters are read from KeyboardEvent.code, so no input method (Telex makes â of aa) can change them,
// and a text box that caught some of them gets its former text back.
const FASTEST_PERSON_MS = 70; // 14 keys a second: slow scanners are faster, people aren't
const SHORTEST_CODE = 5;
const SHORTEST_ELEMENT = 3; // an identifier of two figures and a letter: before that, a function key is a person's
const SILENCE_MS = 120; // ends a code of a scanner that was taught to send no Enter
const SEPARATOR = "\x1d";
const SHIFTED = { Digit1: "!", Digit2: "@", Digit3: "#", Digit4: "$", Digit5: "%", Digit6: "^", Digit7: "&", Digit8: "*", Digit9: "(", Digit0: ")", Minus: "_", Equal: "+", Slash: "?", Semicolon: ":", Quote: '"', Period: ">", Comma: "<", BracketRight: "}", BracketLeft: "{" };
const PLAIN = { Minus: "-", Equal: "=", Slash: "/", Semicolon: ";", Quote: "'", Period: ".", Comma: ",", Space: " ", BracketRight: "]", BracketLeft: "[", Backslash: "\\", NumpadSubtract: "-", NumpadDecimal: "." };

// What this station's scanner puts around a code, where it was taught.
const habit = document.querySelector('meta[name="scanner-habit"]')?.dataset ?? {};

export function stripHabit(sent) {
  const { prefix = "", suffix = "", separator = "" } = habit;
  let code = prefix && sent.startsWith(prefix) ? sent.slice(prefix.length) : sent;
  if (suffix && code.endsWith(suffix)) code = code.slice(0, -suffix.length);
  return separator ? code.replaceAll(separator, SEPARATOR) : code;
}

export function findCharacter({ code, shiftKey, ctrlKey }) {
  if (ctrlKey) return code === "BracketRight" ? SEPARATOR : ""; // ^] is how many scanners type GS1's separator
  if (/^Key[A-Z]$/.test(code)) return shiftKey ? code[3] : code[3].toLowerCase();
  if (/^Digit\d$/.test(code)) return shiftKey ? SHIFTED[code] : code[5];
  if (/^Numpad\d$/.test(code)) return code[6];
  return (shiftKey ? SHIFTED[code] : PLAIN[code]) ?? "";
}

// A key as a scanner may send it, with those that end a code or stand for the separator; "" for all others.
export function findRawCharacter(event) {
  if (["Enter", "NumpadEnter"].includes(event.code)) return "\n";
  if (event.code === "Tab") return "\t";
  return /^F\d+$/.test(event.code) ? SEPARATOR : findCharacter(event);
}

// A key that ends a code: Enter, Tab, and CR and LF as control characters (^M, ^J).
function isCodeEnd({ code, ctrlKey }) {
  return ["Enter", "NumpadEnter", "Tab"].includes(code) || (ctrlKey && ["KeyJ", "KeyM"].includes(code));
}

// Figures that a person types fast, or rolls over the keys, into a box for a sum or a PIN: shorter than any code (EAN-8
// has eight), or a round sum.
function isTypedSum(text, box) {
  if (!box?.matches(".amount, [type=password]")) return false;
  return /^[0-9.]{1,7}$/.test(text) || /^[0-9]{1,7}000$/.test(text);
}

export function watchWedgeScanner(target, onScan) {
  let burst = "";
  let lastAt = 0;
  let endedAt = -Infinity;
  let before = { box: null, text: "" };
  let silence = 0;
  let altDigits = ""; // a scanner in ALT mode holds Alt and types each letter's number on the number pad

  function addCharacter(character, event, fast) {
    if (!fast) {
      burst = "";
      const box = event.target.matches?.("input, textarea") ? event.target : document.getElementById("search");
      before = { box, text: box?.value ?? "" };
    }
    burst += character;
    if (habit.silence && fast && isCode()) silence = setTimeout(finishCode, SILENCE_MS);
  }

  const isCode = () => burst.length >= SHORTEST_CODE && !isTypedSum(burst, before.box);

  target.addEventListener("keyup", (event) => {
    if (!event.code.startsWith("Alt") || !altDigits) return;
    const character = String.fromCharCode(Number(altDigits));
    altDigits = "";
    addCharacter(character, event, event.timeStamp - lastAt < FASTEST_PERSON_MS && burst !== "");
    lastAt = event.timeStamp;
  }, true);

  function finishCode() {
    restoreBox(before);
    onScan(stripHabit(burst));
    burst = "";
  }

  target.addEventListener("keydown", (event) => {
    if (["ShiftLeft", "ShiftRight", "ControlLeft", "ControlRight", "AltLeft", "AltRight"].includes(event.code)) return;
    if (event.altKey && /^Numpad\d$/.test(event.code)) {
      altDigits += event.code[6];
      if (event.timeStamp - lastAt < FASTEST_PERSON_MS) lastAt = event.timeStamp;
      return;
    }
    const fast = event.timeStamp - lastAt < FASTEST_PERSON_MS;
    lastAt = event.timeStamp;
    clearTimeout(silence);
    if (isCodeEnd(event)) {
      const isRest = !burst && event.timeStamp - endedAt < FASTEST_PERSON_MS; // CR+LF, two Enters: they would press what has the focus
      if (isRest || (fast && isCode())) {
        event.preventDefault();
        event.stopImmediatePropagation();
        endedAt = event.timeStamp;
        if (!isRest) finishCode();
      }
      burst = "";
      return;
    }
    const character = findCharacter(event) || readSeparatorKey(event, fast && burst.length >= SHORTEST_ELEMENT);
    if (!character) {
      burst = "";
      return;
    }
    addCharacter(character, event, fast);
  }, true);
}

// In the middle of a code a function key (mostly F8) can only be GS1's separator.
function readSeparatorKey(event, within) {
  if (!within || !/^F\d+$/.test(event.code)) return "";
  event.preventDefault();
  event.stopImmediatePropagation();
  return SEPARATOR;
}

function restoreBox({ box, text }) {
  if (!box || !box.isConnected) return;
  box.blur(); // ends a composition of the input method
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}
