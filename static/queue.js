// Enter begins with whoever was called, unless it belongs to what has the focus.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.isComposing) return;
  if (document.activeElement?.matches("a, button, input, select, textarea, summary")) return;
  const button = document.querySelector("[data-enter]");
  if (!button || button.disabled) return;
  event.preventDefault();
  button.click();
});
