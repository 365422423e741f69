// What a phone chooses is sent at once, file by file, so that each is told of by itself. Without this
// script the form sends all of it together.
"use strict";

(() => {
  const form = document.getElementById("upload");
  form.classList.add("live");

  form.addEventListener("change", async (event) => {
    const field = event.target;
    if (field.type !== "file" || field.files.length === 0) return;
    const files = [...field.files], refused = [];
    for (const [place, file] of files.entries()) {
      tell(place, files.length);
      const drawn = await send(file);
      if (!drawn) return say(form.querySelector("[data-sending]"), form.dataset.lost);
      refused.push(...drawn.querySelectorAll(".refused li"));
      form.replaceChildren(...drawn.getElementById("upload").childNodes);
    }
    if (refused.length) refuse(refused);
  });

  // All that were not taken, also where the last one was.
  function refuse(items) {
    form.querySelector(".refused")?.remove();
    const told = document.createElement("div"), heading = document.createElement("h2"), list = document.createElement("ul");
    heading.textContent = form.dataset.refused.replace("{count}", items.length);
    list.append(...items);
    told.className = "refused";
    told.tabIndex = -1;
    told.setAttribute("role", "alert");
    told.append(heading, list);
    form.prepend(told);
    told.focus();
  }

  // The page as it is after one file more; nothing when the line is cut.
  async function send(file) {
    const body = new FormData();
    body.append("pages", file);
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (drawn.getElementById("upload")) return drawn;
      document.querySelector("main").replaceChildren(...drawn.querySelector("main").childNodes);
    } catch { /* told below */ }
    return null;
  }

  function tell(place, of) {
    const told = form.querySelector("[data-sending]");
    const words = of === 1 ? told.dataset.one : told.dataset.many;
    say(told, words.replace("{number}", place + 1).replace("{of}", of));
  }

  function say(element, words) {
    if (!element) return;
    element.textContent = words;
    element.hidden = false;
  }
})();
