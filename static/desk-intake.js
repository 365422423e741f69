// Counter intake by keyboard: Enter goes on, arrows choose a procedure, Ctrl+Enter accepts; an answer that decides what
// else is asked draws the form anew, and what was typed while it was on its way stays.
"use strict";

(() => {
  const form = document.getElementById("intake");
  const inForm = (selector) => form.querySelector(selector);
  const isLine = (one) => one.matches("input:not([type=hidden], [type=radio], [type=checkbox])");
  const fields = () => [...form.querySelectorAll("input:not([type=hidden]), select, textarea, button:not(.sr)")].filter((one) => one.offsetParent !== null && !one.disabled);

  // The field after this one; of a group of radios the ticked one, or the first.
  function after(one) {
    const own = (other) => one.type === "radio" && other.name === one.name;
    const rest = fields().slice(fields().indexOf(one) + 1).filter((other) => !own(other) && !other.matches("button:not([data-accept])"));
    const next = rest[0];
    return next?.type === "radio" ? rest.find((other) => other.name === next.name && other.checked) ?? next : next;
  }

  // The first thing the procedure asks that nobody has answered.
  function unanswered() {
    const open = (one) => (one.type === "radio" ? !form.querySelector(`[name="${CSS.escape(one.name)}"]:checked`) : isLine(one) || one.matches("select")) && (one.type === "radio" || !one.value);
    const asked = fields().filter((one) => one.closest("section")?.querySelector("#h-questions, #h-papers"));
    return asked.find(open) ?? inForm("[name=collection]:checked");
  }

  function choose(step) {
    const found = [...form.querySelectorAll("[data-meant] button")];
    const at = found.indexOf(document.activeElement) + step;
    if (at < 0) inForm("[data-words]").focus();
    else found[Math.min(at, found.length - 1)]?.focus();
  }

  document.addEventListener("keydown", (event) => {
    const one = document.activeElement;
    if (event.defaultPrevented || event.isComposing || !form.isConnected) return;
    const pressed = event.altKey && { d: "[data-all]", g: "[data-except]", h: "[data-assisted]" }[event.key.toLowerCase()];
    if (pressed) {
      event.preventDefault();
      return inForm(pressed)?.click();
    }
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      return inForm("[data-accept]").click(); // htmx sends a button's value only of one that was clicked
    }
    const choosing = one.matches?.("[data-words], [data-meant] button");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (choosing && step) {
      event.preventDefault();
      event.stopPropagation();
      return choose(step);
    }
    if (event.key !== "Enter" || event.shiftKey || !form.contains(one) || one.matches("button, textarea, a")) return;
    event.preventDefault();
    if (one.matches("[data-words]")) return inForm("[data-meant] button")?.click();
    const next = after(one);
    next?.focus();
    if (next && isLine(next)) next.select();
  }, true);

  // A key outside every field, which the scanner held back until it was no scan: the number of a reason.
  document.addEventListener("finger", (event) => {
    if (/^[1-9]$/.test(event.detail)) inForm(`[data-reasons] [data-key="${event.detail}"]`)?.click();
  });

  // Where the next thing is typed after the form was drawn anew.
  let wanted = "";
  form.addEventListener("change", (event) => {
    if (!event.target.matches("[data-update]") || event.target.hasAttribute("list") && !event.target.value) return;
    setTimeout(() => inForm("[data-redraw]").click(), 0);
  });
  form.addEventListener("submit", (event) => {
    const go = event.submitter?.value ?? "";
    wanted = go.startsWith("choose.") ? "chosen" : go === "change" ? "procedure" : go === "papers" ? "papers" : go === "except" ? "reasons" : go.startsWith("reason.") ? "because" : event.submitter ? "" : "scan";
  });

  // What the form held when it was sent; whatever differs when the answer comes was typed meanwhile.
  let sent = new Map();
  const values = () => new Map([...form.querySelectorAll("input:not([type=hidden], [type=radio], [type=checkbox]), textarea")].map((one) => [one.id, one.value]));
  let meanwhile = new Map();
  const ofForm = (event) => event.detail.target === form;
  document.addEventListener("htmx:beforeRequest", (event) => { if (ofForm(event)) sent = values(); });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!ofForm(event)) return;
    meanwhile = new Map([...values()].filter(([id, value]) => sent.has(id) && sent.get(id) !== value));
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!ofForm(event)) return;
    for (const [id, value] of meanwhile) {
      const one = document.getElementById(id);
      if (one) one.value = value;
    }
    meanwhile = new Map();
    const target = inForm(".summary") ?? { chosen: unanswered(), scan: inForm("[data-words]") ?? unanswered(), procedure: inForm("[data-words]"), papers: inForm("[name=collection]:checked"), reasons: inForm("[data-reasons] button"), because: inForm("[name=paper_text]") ?? inForm("[name=collection]:checked") }[wanted];
    wanted = "";
    target?.focus();
    target?.scrollIntoView({ block: "nearest" });
  });
})();
