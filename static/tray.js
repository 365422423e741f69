// Waits for news of the printer and shows what changed; without it the page reloads itself.
const PARTS = ["face", "newest", "parts", "older"];
const PAUSE = 2000; // ms, when the printer's process is away

function show(fresh) {
  const focused = document.activeElement?.id;
  for (const id of PARTS) {
    const here = document.getElementById(id);
    const there = fresh.getElementById(id);
    if (here.innerHTML !== there.innerHTML) here.innerHTML = there.innerHTML;
  }
  document.body.dataset.version = fresh.body.dataset.version;
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
}

async function news() {
  const answer = await fetch(`/?after=${document.body.dataset.version}`, { cache: "no-store" });
  if (!answer.ok) throw new Error(answer.statusText);
  show(new DOMParser().parseFromString(await answer.text(), "text/html"));
}

async function follow() {
  for (;;) {
    try {
      await news();
      document.body.classList.remove("lost");
    } catch {
      document.body.classList.add("lost");
      await new Promise((done) => setTimeout(done, PAUSE));
    }
  }
}

follow();
