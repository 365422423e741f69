// A scanner in keyboard mode types faster than anyone can. Such a burst is taken whole for the
// screen's scan field, wherever the focus is; what a person types reaches its field unchanged.
"use strict";

(() => {
  const GAP = 35;        // ms between two keys of a scanner, at most
  const SHORTEST = 6;    // characters of any code
  const TWICE = 2000;    // ms in which the same code again is the same scan
  let keys = "", timer = 0, last = "";

  const field = () => document.querySelector("[data-scan]");
  const isTyping = (element) => element && element.matches("input:not([type=radio]), textarea") && !element.readOnly;

  function release() {
    clearTimeout(timer);
    const text = keys;
    keys = "";
    const target = document.activeElement;
    if (!text || !isTyping(target)) return;
    target.setRangeText(text, target.selectionStart, target.selectionEnd, "end");
    target.dispatchEvent(new InputEvent("input", { bubbles: true, data: text, inputType: "insertText" }));
  }

  function take(code) {
    clearTimeout(timer);
    keys = "";
    if (code === last) return;
    last = code;
    setTimeout(() => { last = ""; }, TWICE);
    const scan = field();
    scan.value = code;
    scan.form.requestSubmit();
    scan.value = "";
  }

  document.addEventListener("keydown", (event) => {
    if (!field() || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const ends = event.key === "Enter" || event.key === "Tab";
    if (ends && keys.length >= SHORTEST) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return take(keys);
    }
    if (event.key.length !== 1) {
      if (event.key !== "Shift") release();
      return;
    }
    if (event.repeat || (event.key === " " && !keys)) return release();
    event.preventDefault();
    event.stopImmediatePropagation();
    keys += event.key;
    clearTimeout(timer);
    timer = setTimeout(release, GAP);
  }, true);
})();
