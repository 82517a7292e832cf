// A keyboard-wedge scanner, told from a person by its rhythm, wherever the focus is.
//
// Characters are read from KeyboardEvent.code, so no input method (Telex makes â of aa) can change them,
// and a text box that caught some of them gets its former text back.
const FASTEST_PERSON_MS = 70; // 14 keys a second: slow scanners are faster, people aren't
const SHORTEST_CODE = 5;
const SHIFTED = { Digit1: "!", Digit2: "@", Digit3: "#", Digit4: "$", Digit5: "%", Digit6: "^", Digit7: "&", Digit8: "*", Digit9: "(", Digit0: ")", Minus: "_", Equal: "+", Slash: "?", Semicolon: ":", Quote: '"', Period: ">", Comma: "<", BracketRight: "}", BracketLeft: "{" };
const PLAIN = { Minus: "-", Equal: "=", Slash: "/", Semicolon: ";", Quote: "'", Period: ".", Comma: ",", Space: " ", BracketRight: "]", BracketLeft: "[", Backslash: "\\", NumpadSubtract: "-", NumpadDecimal: "." };

export function characterOf({ code, shiftKey, ctrlKey }) {
  if (ctrlKey) return code === "BracketRight" ? "\x1d" : ""; // ^] is how many scanners type GS1's separator
  if (/^Key[A-Z]$/.test(code)) return shiftKey ? code[3] : code[3].toLowerCase();
  if (/^Digit\d$/.test(code)) return shiftKey ? SHIFTED[code] : code[5];
  if (/^Numpad\d$/.test(code)) return code[6];
  return (shiftKey ? SHIFTED[code] : PLAIN[code]) ?? "";
}

export function listen(target, onScan) {
  let burst = "";
  let lastAt = 0;
  let before = { box: null, text: "" };

  target.addEventListener("keydown", (event) => {
    if (["ShiftLeft", "ShiftRight", "ControlLeft", "ControlRight"].includes(event.code)) return;
    const fast = event.timeStamp - lastAt < FASTEST_PERSON_MS;
    lastAt = event.timeStamp;
    if (["Enter", "NumpadEnter", "Tab"].includes(event.code)) {
      if (fast && burst.length >= SHORTEST_CODE) {
        event.preventDefault();
        event.stopImmediatePropagation();
        restore(before);
        onScan(burst);
      }
      burst = "";
      return;
    }
    const character = characterOf(event);
    if (!character) {
      burst = "";
      return;
    }
    if (!fast) {
      burst = "";
      const box = event.target.matches?.("input, textarea") ? event.target : document.getElementById("search");
      before = { box, text: box?.value ?? "" };
    }
    burst += character;
  }, true);
}

function restore({ box, text }) {
  if (!box || !box.isConnected) return;
  box.blur(); // ends a composition of the input method
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}
