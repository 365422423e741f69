// What every page of the post shares: the line being cut is told, a scan is heard as well as seen.
"use strict";

(() => {
  const offline = document.getElementById("offline");
  const tell = (is) => { if (offline) offline.hidden = !is; };
  document.addEventListener("htmx:sendError", () => tell(true));
  document.addEventListener("htmx:timeout", () => tell(true));
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) tell(false); });

  // A high tone is yes, two low ones are no; nothing sounds before somebody has touched the page.
  let sound = null;
  function tone(hertz, from, seconds) {
    const wave = sound.createOscillator(), loud = sound.createGain();
    wave.frequency.value = hertz;
    loud.gain.value = 0.15;
    wave.connect(loud).connect(sound.destination);
    wave.start(sound.currentTime + from);
    wave.stop(sound.currentTime + from + seconds);
  }
  window.beep = (good) => {
    sound ??= new AudioContext();
    if (sound.state === "suspended") return void sound.resume();
    if (good) tone(1320, 0, 0.08);
    else { tone(330, 0, 0.14); tone(330, 0.2, 0.14); }
  };
  // A page says what it found by [data-said="good"] or "bad" in what htmx put into it.
  document.addEventListener("htmx:afterSwap", (event) => {
    const said = event.detail.target.querySelector?.("[data-said]") ?? (event.detail.target.matches?.("[data-said]") ? event.detail.target : null);
    if (said) window.beep(said.dataset.said === "good");
  });
})();
