// What every desk page needs besides htmx: single keys, a list walked by arrows, calm behaviour when the server is away.
"use strict";

(() => {
  const typing = (element) => element && element.matches("input:not([type=checkbox], [type=radio]), textarea, select");
  const shown = (element) => element.checkVisibility() && !element.disabled; // what a closed <details> holds is not

  // One key presses what shows it. An open form has the keys to itself: nothing beside it may throw away what is typed.
  function press(key) {
    const scope = document.querySelector("form[data-act]") ?? document;
    const found = [...scope.querySelectorAll("[data-key]")].filter((one) => one.dataset.key.toUpperCase() === key && shown(one));
    const target = found.at(-1);
    if (!target) return false;
    if (typing(target)) target.focus();
    else target.click();
    if (target.dataset.then) document.getElementById(target.dataset.then)?.focus();
    return true;
  }

  // ↑ and ↓ walk the list; the row itself is a link, so Enter opens it. A row that has left the list (its dossier was
  // done) leaves its place: ↓ then goes to whoever took it. A key held down opens only where it stops.
  let place = -1, left = false, following = 0;
  function walk(step) {
    const rows = [...document.querySelectorAll("[data-list] a[data-row]")];
    if (!rows.length) return false;
    const at = rows.indexOf(document.activeElement);
    const current = at >= 0 ? at : rows.findIndex((row) => row.getAttribute("aria-current"));
    const to = current >= 0 ? current + step : left && step > 0 ? place : left ? place - 1 : 0;
    const next = rows[Math.max(0, Math.min(rows.length - 1, to))];
    next.focus();
    if (next.hasAttribute("data-follow")) {
      const { code } = next.dataset;
      expect(code);
      clearTimeout(following);
      following = setTimeout(() => { // the list may have been drawn anew meanwhile
        const row = document.activeElement;
        if (row?.matches("[data-row]") && row.dataset.code === code) row.click();
        else forget();
      }, 120);
    }
    return true;
  }

  // Which row is open is known from the pane, and from a click before the pane has come.
  function mark(code) {
    const rows = [...document.querySelectorAll("[data-list] a[data-row][data-code]")];
    rows.forEach((row, index) => {
      if (row.dataset.code !== code) return row.removeAttribute("aria-current");
      row.setAttribute("aria-current", "true");
      place = index;
    });
    left = Boolean(code) && !rows.some((row) => row.dataset.code === code);
  }
  const markOpen = () => {
    const pane = document.getElementById("pane");
    if (pane) mark(pane.querySelector("[data-code]")?.dataset.code);
  };
  document.addEventListener("DOMContentLoaded", markOpen);
  document.addEventListener("htmx:afterSettle", markOpen);
  document.addEventListener("click", (event) => {
    const row = event.target.closest("a[data-row][data-code]");
    if (row && !event.ctrlKey && !event.metaKey) mark(row.dataset.code);
  });

  // A choice that leads on: having picked a reason, one writes. Whoever goes from choice to choice by arrows has not
  // picked yet.
  let byArrow = false;
  document.addEventListener("keydown", (event) => { byArrow = event.key.startsWith("Arrow"); }, true);
  document.addEventListener("pointerdown", () => { byArrow = false; }, true);
  document.addEventListener("change", (event) => {
    if (event.target.dataset.then && event.isTrusted && !byArrow) document.getElementById(event.target.dataset.then)?.focus();
  });

  // Fast fingers: what is pressed before the pane has come is pressed, or written, when it is there. ``meant`` is the
  // dossier the list went to: no key for it may reach the one that was open before, nor a late answer about that one.
  let coming = 0, meant;
  const early = [];
  const isComing = () => coming && Date.now() - coming < 5000;
  const openCode = () => document.querySelector("#pane [data-code]")?.dataset.code;
  const isPane = (event) => event.detail.target?.id === "pane" || event.detail.elt?.id === "pane";
  function expect(code) {
    if (!isComing()) early.length = 0;
    coming = Date.now();
    meant = code ?? meant;
  }
  function forget() {
    coming = early.length = 0;
    meant = openCode();
  }
  document.addEventListener("htmx:beforeRequest", (event) => { if (isPane(event)) expect(event.detail.elt.dataset.code); });
  for (const kind of ["htmx:responseError", "htmx:sendError", "htmx:timeout"])
    document.addEventListener(kind, (event) => { if (isPane(event)) forget(); });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!isPane(event) || meant && openCode() !== meant) return;
    coming = 0;
    startForm();
    for (const key of early.splice(0)) {
      const line = document.activeElement;
      if (typing(line) && line.setRangeText) line.setRangeText(key, line.selectionStart, line.selectionEnd, "end");
      else press(key.toUpperCase());
    }
  });

  // A form that was opened is worked from its first field on.
  function startForm() {
    const form = document.querySelector("form[data-act]");
    if (!form || form.contains(document.activeElement)) return;
    [...form.querySelectorAll("input:not([type=hidden]), select, textarea, button")].find(shown)?.focus();
  }
  document.addEventListener("DOMContentLoaded", startForm);

  // In a form of the pane Enter goes to the next empty line, as a scanner does; Ctrl+Enter, or the last line, sends.
  function enter(event) {
    const form = document.activeElement?.closest("form[data-act]") ?? (event.ctrlKey && document.querySelector("form[data-act]"));
    if (!form || document.activeElement.matches("button, a, summary, textarea, select") && !event.ctrlKey) return;
    event.preventDefault();
    const lines = [...form.querySelectorAll("input:not([type=hidden], [type=checkbox], [type=radio])")].filter(shown);
    const next = lines.slice(lines.indexOf(document.activeElement) + 1).find((line) => !line.value);
    if (event.ctrlKey || !next || !typing(document.activeElement)) form.requestSubmit(form.querySelector("button.go"));
    else next.focus();
  }

  // A scanner in keyboard mode types faster than anyone can. Where a page has no field for scans (scanner.js), a key is
  // held until none follows at once: of a scan none is pressed, it is looked for; a person's are pressed in their order.
  const FAST = 60; // ms between two keys, at most
  let burst = "", keyAt = 0, burstEnds = 0;
  const gap = () => /\d{4}/.test(burst) ? 3 * FAST : FAST; // no person comes to four digits like this
  const isScan = (text) => text.length >= 6 && text.replace(/\D/g, "").length >= 4;

  function isHeld(event) {
    if (event.key === "Shift" || document.querySelector("[data-scan]")) return false;
    if (event.timeStamp - keyAt > gap()) release();
    keyAt = event.timeStamp;
    const isEnd = event.key === "Enter" || event.key === "Tab";
    if (isEnd && isScan(burst)) return seek(burst), true;
    const isPlain = event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey && !event.repeat;
    const isOwn = typing(document.activeElement) || event.key === " " || event.key === "/"; // of a field, a button, the search
    if (!isPlain || !burst && isOwn) return release(), false;
    burst += event.key;
    clearTimeout(burstEnds);
    burstEnds = setTimeout(release, gap());
    return true;
  }

  function release() {
    clearTimeout(burstEnds);
    const keys = burst;
    burst = "";
    if (isScan(keys)) return; // one that broke off
    for (const key of keys) {
      if (isComing()) early.push(key);
      else play(key);
    }
  }

  function play(key) {
    const line = document.activeElement;
    if (!typing(line) || !line.setRangeText) return press(key.toUpperCase());
    line.setRangeText(key, line.selectionStart, line.selectionEnd, "end");
    line.dispatchEvent(new InputEvent("input", { bubbles: true, data: key, inputType: "insertText" }));
  }

  // An open form keeps what is typed in it: a scan beside it opens nothing.
  function seek(code) {
    clearTimeout(burstEnds);
    burst = "";
    const field = document.querySelector('form.find input[name="q"]');
    if (!field || document.querySelector("form[data-act]")) return;
    field.value = code;
    field.form.requestSubmit();
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (isHeld(event)) return event.preventDefault();
    if (event.key === "Enter" && !event.altKey && !event.metaKey && !event.shiftKey) return enter(event);
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const inField = typing(document.activeElement);
    if (event.key === "Escape" && inField) return document.activeElement.blur();
    if (inField) return;
    if (isComing() && event.key.length === 1) return early.push(event.key), event.preventDefault();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && document.querySelector("form[data-act]")) return; // they belong to its choices
    const key = event.key === "Escape" ? "ESC" : event.key.toUpperCase();
    if (step ? walk(step) : !event.repeat && press(key)) event.preventDefault();
  });

  // A form is sent once: a second press before the answer would only be refused.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) return event.preventDefault();
    if (form.method === "post" && !form.hasAttribute("hx-post")) form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload(); // somebody else may sit here now
  });

  const away = (isAway) => { const toast = document.getElementById("offline"); if (toast) toast.hidden = !isAway; };
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (xhr.status >= 400 && xhr.status !== 422) event.detail.shouldSwap = requestConfig.elt.matches("form, a");
  });
  for (const kind of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(kind, () => away(true));
  document.addEventListener("htmx:afterOnLoad", () => away(false));
})();
