// A scanner in keyboard mode types faster than anyone can. Such a burst is taken whole for the
// screen's scan field, wherever the focus is; what a person types reaches its field unchanged. On a
// kiosk's screen without such a field a burst is kept out of every field and told.
"use strict";

(() => {
  const FAST = 35;       // ms between two keys, at most, where a person may be typing
  const SLOW = 100;      // the same where nobody is: no field has the focus, or digits came fast already
  const QUIET = 500;     // ms after which keys no longer belong to a scan that broke
  const SHORTEST = 6;    // characters of any code
  const TWICE = 2000;    // ms in which the same code again is the same scan
  const TOLD = 5000;     // ms for which it is told that a screen reads no codes
  let keys = "", at = 0, timer = 0, last = "", broken = false, list = null;

  const field = () => document.querySelector("[data-scan]");
  const unread = document.getElementById("unread");
  const isTyping = (element) => element && element.matches("input:not([type=radio]), textarea") && !element.readOnly;
  const gap = () => !isTyping(document.activeElement) || /^\d{4}/.test(keys) ? SLOW : FAST;

  function release() {
    clearTimeout(timer);
    const text = keys;
    keys = "";
    if (!text || !(field() || unread)) return;
    const target = document.activeElement;
    if (!isTyping(target) && text.length === 1) // somebody's finger, in a list or on nothing
      return document.dispatchEvent(new CustomEvent("finger", { detail: text }));
    if (!isTyping(target) || /^\d{6}/.test(text)) return misread();
    if (target.maxLength >= 0 && target.value.length + text.length > target.maxLength && target.selectionStart === target.selectionEnd) return;
    target.setRangeText(text, target.selectionStart, target.selectionEnd, "end");
    target.dispatchEvent(new InputEvent("input", { bubbles: true, data: text, inputType: "insertText" }));
  }

  // The rest of it is on its way and belongs into no field.
  function misread() {
    broken = true;
    if (!field()) return tellUnread();
    const told = document.querySelector("[data-misread]");
    told.hidden = false;
    told.scrollIntoView({ block: "nearest" });
  }

  function tellUnread() {
    unread.hidden = false;
    setTimeout(() => { unread.hidden = true; }, TOLD);
  }

  function take(code) {
    clearTimeout(timer);
    keys = "";
    if (list) list.element.value = list.value;
    if (code === last) return;
    last = code;
    setTimeout(() => { last = ""; }, TWICE);
    const scan = field();
    if (!scan) return tellUnread();
    scan.value = code;
    scan.form.requestSubmit();
    scan.value = "";
  }

  function swallow(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  document.addEventListener("keydown", (event) => {
    if (!(field() || unread) || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Shift") return;
    // When a key was pressed, not when this script got round to it.
    const since = event.timeStamp - at;
    at = event.timeStamp;
    if (since > gap()) release();
    if (since > QUIET) broken = false;
    const ends = event.key === "Enter" || event.key === "Tab";
    if (broken) {
      broken = !ends;
      return swallow(event);
    }
    if (ends && keys.length >= SHORTEST) {
      swallow(event);
      return take(keys);
    }
    if (event.key.length !== 1 || event.repeat || (event.key === " " && !keys)) return release();
    // The first key in a list may be a person's, who chooses by letters: it passes, and is taken back from a scan.
    const first = !keys && document.activeElement.matches("select");
    if (!keys) list = first ? { element: document.activeElement, value: document.activeElement.value } : null;
    if (!first) swallow(event);
    keys += event.key;
    clearTimeout(timer);
    timer = setTimeout(release, 2 * gap());
  }, true);
})();
