// Pages of paper-free days: a list of procedures found by typing. Without this the whole list is there to scroll.
"use strict";

(() => {
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
  for (const input of document.querySelectorAll("[data-filter]")) {
    input.closest(".field").hidden = false;
    const list = document.querySelector(input.dataset.filter);
    const rows = [...list.querySelectorAll("[data-words]")].map((row) => [row, plain(row.dataset.words)]);
    input.addEventListener("input", () => {
      const words = plain(input.value).split(/\s+/);
      for (const [row, text] of rows) row.hidden = !words.every((word) => text.includes(word));
      for (const group of list.querySelectorAll("[data-group]")) group.hidden = !group.querySelector("[data-words]:not([hidden])");
    });
    input.addEventListener("change", (event) => event.stopPropagation()); // looking is no change of the rule
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  }
})();
