// Nobody there any more: first a warning with a countdown, then everything is wiped.
// The server ends the visit by itself too; this script only makes it visible at once.
"use strict";

(() => {
  const guard = document.getElementById("idle");
  if (!guard) return;
  const { warn, wipe, spared, touch, end, goodbye } = guard.dataset;
  const TELL_EVERY = 10_000;
  const left = guard.querySelector("[data-left]");
  // Whoever called an officer is left in peace for a while; a part of the screen may say so later than the page.
  let waits = Date.now() + spared * 1000;
  document.addEventListener("htmx:afterSettle", () => {
    const told = document.querySelector("[data-spares]:not([data-heard])");
    if (!told) return;
    told.dataset.heard = "";
    waits = Date.now() + told.dataset.spares * 1000;
  });
  let touched = Date.now(), told = Date.now(), over = false;

  function tell() {
    told = Date.now();
    fetch(touch, { method: "POST", redirect: "manual" })
      .then((answer) => { if (answer.type === "opaqueredirect") leave(); })
      .catch(() => {});
  }

  function somebody() {
    if (guard.open || over) return;
    touched = Date.now();
    if (touched - told >= Math.min(TELL_EVERY, (warn * 1000) / 3)) tell();
  }

  function stay() {
    if (guard.open) guard.close();
    touched = Date.now();
    tell();
  }

  function leave() {
    document.body.replaceChildren();
    location.replace(goodbye);
  }

  function finish() {
    over = true;
    const form = new URLSearchParams({ reason: "idle" });
    fetch(end, { method: "POST", body: form, redirect: "manual", keepalive: true }).catch(() => {}).finally(leave);
  }

  // The time is compared, not counted: a machine that slept wipes on waking.
  setInterval(() => {
    if (over) return;
    const rest = (Math.max(touched + wipe * 1000, waits) - Date.now()) / 1000;
    if (rest <= 0) return finish();
    if (rest > wipe - warn) return;
    left.textContent = Math.ceil(rest);
    if (!guard.open) guard.showModal();
  }, 250);

  for (const kind of ["pointerdown", "keydown", "input", "wheel"])
    document.addEventListener(kind, somebody, { capture: true, passive: true });
  guard.querySelector("[data-stay]").addEventListener("click", stay);
  guard.addEventListener("cancel", stay);
})();
