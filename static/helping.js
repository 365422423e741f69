// An officer helps from the desk: their finger beside the field, and what they filled in fetched at a pause.
"use strict";

(() => {
  const PAUSE = 1500; // ms without a key: nobody's word is cut in two
  let typedAt = 0, sent = null, mended = null, pointed = "";

  const step = () => document.getElementById("step");
  const fields = () => [...step().querySelectorAll("input[name]:not([type=hidden]), textarea[name], select[name]")];
  const keyOf = (field) => `${field.name} ${field.type === "radio" ? field.value : ""}`;
  const valueOf = (field) => field.type === "radio" || field.type === "checkbox" ? field.checked : field.value;
  const held = () => new Map(fields().map((field) => [keyOf(field), valueOf(field)]));

  function target(key) {
    if (key === "go") return step().querySelector(".actions .go");
    if (key === "back") return step().querySelector('.actions [value="back"]');
    const field = document.getElementById(`q-${key}`);
    return field && (field.closest(".question") || field);
  }

  function point() {
    const helping = step().querySelector(".helping[data-pointed]");
    step().querySelectorAll(".pointed").forEach((one) => one.classList.remove("pointed"));
    step().querySelectorAll(".finger").forEach((one) => one.remove());
    const at = helping && target(helping.dataset.pointed);
    if (!at) return void (pointed = "");
    at.classList.add("pointed");
    if (!at.matches("button")) {
      const words = document.createElement("p");
      words.className = "finger";
      words.textContent = helping.dataset.words;
      at.prepend(words);
    }
    if (pointed !== helping.dataset.pointed) at.scrollIntoView({ block: "nearest" });
    pointed = helping.dataset.pointed;
  }

  function fetchFilled() {
    const button = step().querySelector("[data-filled]");
    if (!button || sent || Date.now() - typedAt < PAUSE || document.querySelector(".htmx-request form, form.htmx-request")) return;
    sent = held();
    button.click();
  }

  // A key pressed while the answer was on its way is put back: nothing typed is lost.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!sent || event.detail.target?.id !== "step") return;
    const now = held();
    mended = new Map([...now].filter(([key, value]) => sent.has(key) && sent.get(key) !== value));
    sent = null;
  });
  for (const kind of ["htmx:sendError", "htmx:timeout", "htmx:responseError"])
    document.addEventListener(kind, () => { sent = null; });
  document.addEventListener("htmx:afterSettle", () => {
    if (mended) for (const field of fields()) {
      if (!mended.has(keyOf(field))) continue;
      if (field.type === "radio" || field.type === "checkbox") field.checked = mended.get(keyOf(field));
      else field.value = mended.get(keyOf(field));
    }
    mended = null;
    point();
  });

  document.addEventListener("input", () => { typedAt = Date.now(); }, true);
  document.addEventListener("DOMContentLoaded", point);
  setInterval(fetchFilled, 400);
})();
