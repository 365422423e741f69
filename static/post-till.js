// Counting the till: adds up each drawer while it is typed, and says what differs from the book.
"use strict";

(() => {
  const form = document.getElementById("till");
  if (!form) return;
  const words = (amount) => `${String(amount).replace(/\B(?=(\d{3})+(?!\d))/g, ".")} đồng`;

  function add(account) {
    const fields = [...form.querySelectorAll(`[data-account="${account}"]`)];
    const typed = fields.some((field) => field.value.trim());
    const sum = fields.reduce((all, field) => all + Number(field.dataset.note) * (parseInt(field.value, 10) || 0), 0);
    const off = sum - Number(form.querySelector(`[data-expected="${account}"]`).dataset.amount);
    const differs = form.querySelector(`[data-differs="${account}"]`);
    form.querySelector(`[data-counted="${account}"]`).textContent = typed ? words(sum) : "–";
    differs.textContent = !typed ? "–" : off === 0 ? "khớp" : `${off > 0 ? "thừa" : "thiếu"} ${words(Math.abs(off))}`;
    differs.className = !typed ? "" : off === 0 ? "even" : "off";
  }

  form.addEventListener("input", (event) => { if (event.target.dataset.account) add(event.target.dataset.account); });
  // Enter goes to the next field: a clerk counts down the drawer, the button is pressed on purpose.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.dataset.account) return;
    event.preventDefault();
    const column = [...form.querySelectorAll(`[data-account="${event.target.dataset.account}"]`)];
    (column[column.indexOf(event.target) + 1] ?? form.elements.reason).focus();
  });
  ["fee", "charge"].forEach(add);
})();
