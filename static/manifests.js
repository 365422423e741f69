// Scans into a hand-over list: each is sent by itself and in its order, however fast they come; one that met a cut line
// or a server that could not take it just then is sent again. The list knows an item it has already, so a second telling
// of the same scan changes nothing.
"use strict";

(() => {
  const AGAIN = 3000; // ms until a scan that did not arrive is sent again
  const waiting = [];
  let busy = false, isFull = false;

  const form = () => document.querySelector("form[data-scans]");

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-scans]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const field = event.target.querySelector("[data-scan]");
    const typed = event.target.querySelector("[data-typed]");
    const text = (field.value || typed?.value || "").trim();
    field.value = "";
    if (typed) typed.value = "";
    if (text) waiting.push(text);
    next();
  }, true);

  async function next() {
    const one = form();
    if (busy || !waiting.length || !one) return;
    busy = true;
    isFull = false;
    try {
      await htmx.ajax("POST", one.action, { target: one.dataset.scans, swap: "innerHTML", values: { scan: waiting[0] } });
      if (isFull) throw new Error("not taken");
      waiting.shift();
    } catch {
      await new Promise((done) => { setTimeout(done, AGAIN); });
    }
    busy = false;
    next();
  }

  document.addEventListener("htmx:responseError", (event) => { isFull = event.detail.xhr.status === 429 || event.detail.xhr.status >= 500; });

  // A key outside every field, which the scanner held back until it was no scan.
  document.addEventListener("finger", (event) => {
    const key = event.detail.toUpperCase();
    const found = [...document.querySelectorAll("[data-key]")].filter((one) => one.dataset.key === key && one.checkVisibility());
    found.at(-1)?.click();
  });
})();
