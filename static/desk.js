// What every desk page needs besides htmx: single keys, a list walked by arrows, calm behaviour when the server is away.
"use strict";

(() => {
  const typing = (element) => element && element.matches("input:not([type=checkbox], [type=radio]), textarea, select");
  const shown = (element) => element.offsetParent !== null && !element.disabled;

  // One key presses what shows it: the last one on the page, so that an open form stands above the page.
  function press(key) {
    const found = [...document.querySelectorAll("[data-key]")].filter((one) => one.dataset.key.toUpperCase() === key && shown(one));
    const target = found.at(-1);
    if (!target) return false;
    typing(target) ? target.focus() : target.click();
    return true;
  }

  // ↑ and ↓ walk the list; the row itself is a link, so Enter opens it.
  function walk(step) {
    const rows = [...document.querySelectorAll("[data-list] a[data-row]")];
    if (!rows.length) return false;
    const at = rows.indexOf(document.activeElement);
    const current = at >= 0 ? at : rows.findIndex((row) => row.getAttribute("aria-current"));
    const next = rows[Math.max(0, Math.min(rows.length - 1, current + step))];
    next.focus();
    if (next.hasAttribute("data-follow")) next.click();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const inField = typing(document.activeElement);
    if (event.key === "Escape" && inField) return document.activeElement.blur();
    if (inField) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
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

  const offline = () => document.getElementById("offline");
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (xhr.status >= 400 && xhr.status !== 422) event.detail.shouldSwap = requestConfig.elt.matches("form, a");
  });
  for (const kind of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(kind, () => { offline().hidden = false; });
  document.addEventListener("htmx:afterOnLoad", () => { offline().hidden = true; });
})();
