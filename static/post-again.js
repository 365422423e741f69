// A scan on the page of an item begins the next dossier: the reception screen reads it. It may be a card, so it goes
// by this window's own memory and into no address.
"use strict";

document.getElementById("scan").addEventListener("submit", (event) => {
  event.preventDefault();
  const scan = event.target.querySelector("[data-scan]");
  if (!scan.value) return;
  sessionStorage.setItem("post.scan", scan.value);
  location.assign(event.target.action);
});
