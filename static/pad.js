// Five keys drive everything: up and down go from control to control, select presses, back goes back,
// repeat says the screen again. A pad is a keyboard with five keys; a whole keyboard does the same.
"use strict";

(() => {
  const TOLD = document.getElementById("voice").dataset;
  const KEYS = { [TOLD.up]: "up", [TOLD.down]: "down", [TOLD.back]: "back", [TOLD.select]: "select", [TOLD.repeat]: "repeat" };
  const STOPS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const ROW = ".hg-row, [data-row]";
  let isPad = false;     // the last key moved the focus: «select» in a field is no end of typing
  let list = null;       // a list whose choices up and down go through
  let field = null;      // what the touch keyboard writes into
  let rows = true;       // on the touch keyboard: row by row, else key by key

  const isShown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.disabled && element.tabIndex >= 0;
  const board = () => document.getElementById("keyboard");
  const isOnBoard = () => board()?.contains(document.activeElement);
  const isField = (element) => element.matches("textarea, input:not([type=radio]):not([type=checkbox])");
  const isOpen = () => board() && board().offsetHeight > 0 && keysOf(board()).length > 0;
  const keysOf = (place) => [...place.querySelectorAll("button")].filter((key) => key.checkVisibility());

  function stops() {
    const place = document.querySelector("dialog[open]") || document.getElementById("step");
    return [...place.querySelectorAll(STOPS)].filter(isShown);
  }

  // Text that is longer than its place is read on before the focus goes on.
  function scrolls(region, way) {
    if (!region.matches("[role=region]")) return false;
    const { scrollTop, clientHeight, scrollHeight } = region;
    const rest = way > 0 ? scrollHeight - clientHeight - scrollTop : scrollTop;
    if (rest < 8) return false;
    region.scrollBy({ top: way * clientHeight * 0.8 });
    return true;
  }

  function move(way) {
    isPad = true;
    if (isOnBoard()) return rows ? moveRow(way) : moveKey(way);
    const all = stops(), here = document.activeElement;
    if (!all.length || scrolls(here, way)) return;
    let next = all.indexOf(here) + way;
    if (!all.includes(here)) { // the heading, or nothing: on from there
      const after = all.findIndex((one) => here.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
      next = way > 0 ? after : after - 1;
    }
    focus(all[(next + all.length) % all.length]);
  }

  function focus(element) {
    element.focus({ focusVisible: true });
    (element.closest(".card") || element).scrollIntoView({ block: "nearest" });
  }

  // The touch keyboard: rows first, then the keys of one.
  const rowsThere = () => [...board().querySelectorAll(ROW)].filter((row) => keysOf(row).length);

  function moveRow(way) {
    const all = rowsThere(), here = all.findIndex((row) => row.contains(document.activeElement));
    if (!all.length) return moveKey(way);
    focusRow(all[(here + way + all.length) % all.length]);
  }

  function focusRow(row) {
    for (const one of rowsThere()) one.classList.toggle("here", one === row);
    focus(keysOf(row)[0]);
    const keys = keysOf(row).map((key) => key.ariaLabel || key.textContent.trim());
    document.dispatchEvent(new CustomEvent("say", { detail: `${TOLD.row}: ${keys.join(", ")}` }));
  }

  function moveKey(way) {
    const row = document.activeElement.closest(ROW) || board(), keys = keysOf(row);
    focus(keys[(keys.indexOf(document.activeElement) + way + keys.length) % keys.length]);
  }

  function enterBoard(from) {
    field = from;
    rows = rowsThere().length > 1;
    if (rows) focusRow(rowsThere()[0]);
    else focus(keysOf(board())[0]);
  }

  function leaveBoard() {
    if (!rows && rowsThere().length > 1) {
      rows = true;
      return focusRow(document.activeElement.closest(ROW));
    }
    for (const one of rowsThere()) one.classList.remove("here");
    const close = board().querySelector("[data-close]"), back = field;
    close?.click();
    if (back?.isConnected) focus(back);
  }

  function pressKey() {
    if (rows) {
      rows = false;
      return focus(keysOf(document.activeElement.closest(ROW))[0]);
    }
    const key = document.activeElement, place = [...board().querySelectorAll("button")].indexOf(key);
    key.click();
    if (!isOpen()) { // the key that closes
      if (field?.isConnected) focus(field);
      return;
    }
    if (document.activeElement === key) return;
    const drawn = [...board().querySelectorAll("button")]; // another layout has other keys
    focus(key.isConnected ? key : drawn[Math.min(place, drawn.length - 1)]);
  }

  // Whether something was pressed; else the key is the browser's.
  function select(element) {
    if (isOnBoard()) return pressKey(), true;
    if (list) return closeList(), true;
    if (element.matches("select")) return (list = element), true;
    if (isField(element)) {
      if (!isPad) return false;
      element.dispatchEvent(new CustomEvent("keyboard", { bubbles: true }));
      if (!isOpen()) return false;
      return enterBoard(element), true;
    }
    if (!element.matches("a, button, summary, input")) return false;
    element.click();
    return true;
  }

  function closeList() {
    list = null;
  }

  function back() {
    if (isOnBoard()) return leaveBoard();
    if (list) return closeList();
    const guard = document.querySelector("dialog[open]");
    const ways = guard ? [guard.querySelector("[data-stay], button")] : [
      ...document.querySelectorAll("#step [data-back]"),
      ...document.querySelectorAll("#step [name=go][value=back]"),
      ...document.querySelectorAll("#step .actions a.plain"),
    ];
    const way = ways.find((one) => one?.checkVisibility());
    if (way) return way.click();
    document.dispatchEvent(new CustomEvent("say", { detail: TOLD.noback }));
  }

  function choose(way) {
    const next = list.selectedIndex + way;
    if (next < 0 || next >= list.options.length) return;
    list.selectedIndex = next;
    list.dispatchEvent(new Event("change", { bubbles: true }));
  }

  document.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (!act) {
      if (event.key.length === 1 || event.key === "Tab") isPad = false;
      return;
    }
    const here = document.activeElement || document.body;
    if (list && list !== here) closeList();
    if ((act === "up" || act === "down") && isTypingIn(here)) return;
    if (act === "select") {
      if (event.repeat || select(here)) event.preventDefault();
      return;
    }
    event.preventDefault();
    const way = act === "up" ? -1 : 1;
    if (act === "back") back();
    else if (act === "repeat") document.dispatchEvent(new CustomEvent("repeat"));
    else if (list) choose(way);
    else move(way);
  });

  // Somebody who types letters on a whole keyboard goes through their lines with the arrows.
  const isTypingIn = (element) => !isPad && element.matches("textarea") && element.value !== "";
})();
