// What every kiosk page needs besides htmx: calm behaviour when the server is away or says no.
"use strict";

(() => {
  const offline = () => document.getElementById("offline");

  // An error page takes the place of the step it answers, but never of a screen that only polls.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (xhr.status < 400 || xhr.status === 422) return;
    event.detail.shouldSwap = requestConfig.elt.matches("form");
  });

  // While the server does not answer, the last request is made again until it does: every screen
  // and the filing itself may be sent twice. The words stand above the buttons.
  const AGAIN_AFTER = 2500;
  let unanswered = null, waiting = 0, pressed = null;

  function lost(event) {
    const { elt, requestConfig } = event.detail;
    unanswered = { elt, path: requestConfig.path, values: requestConfig.parameters, button: pressed };
    const actions = document.querySelector(".actions") || document.querySelector(".corner");
    offline().style.bottom = `${innerHeight - actions.getBoundingClientRect().top + 16}px`;
    offline().hidden = false;
    clearTimeout(waiting);
    waiting = setTimeout(tryAgain, AGAIN_AFTER);
  }

  function tryAgain() {
    const { elt, path, values, button } = unanswered;
    if (!elt.isConnected) return answered();
    if (!elt.matches("form")) return htmx.ajax("GET", path, { source: elt, values });
    elt.requestSubmit(button && button.form === elt ? button : null);
  }

  function answered() {
    clearTimeout(waiting);
    offline().hidden = true;
  }

  document.addEventListener("submit", (event) => { pressed = event.submitter; }, true);
  document.addEventListener("htmx:sendError", lost);
  document.addEventListener("htmx:timeout", lost);
  document.addEventListener("htmx:afterOnLoad", answered);

  // A page that comes back from the browser's page cache may belong to somebody who has left.
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  // Keys on the page write into their field at once; without this script each is a button of the form.
  document.addEventListener("click", (event) => {
    const key = event.target.closest("[data-keys] [name=key]");
    if (!key) return;
    event.preventDefault();
    const field = document.getElementById(key.closest("[data-keys]").dataset.keys);
    const room = field.dataset.most || field.maxLength;
    field.value = key.value === "back" ? field.value.slice(0, -1) : (field.value + key.value).slice(0, room);
  });

  // A field that gets the focus is brought into view above the keyboard.
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("input:not([type=radio]), textarea")) event.target.scrollIntoView({ block: "nearest" });
  });

  // «Xong» presses itself when nobody touches the screen any more; it waits while paper is coming
  // or the screen is being read out.
  let left = 0;
  const again = () => { left = 0; };
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, again, true);
  setInterval(() => {
    const button = document.querySelector("[data-countdown]");
    if (!button || document.querySelector("[data-open]") || document.body.dataset.speaking) return again();
    left = left || Number(button.dataset.countdown);
    button.querySelector("[data-seconds]").hidden = false;
    button.querySelector("[data-seconds] b").textContent = left;
    left -= 1;
    if (left <= 0) button.click();
  }, 1000);
})();
