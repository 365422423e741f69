// The board: asks for the latest calls, keeps what it shows while the network is away, rings and speaks.
"use strict";

(() => {
  const board = document.querySelector(".board");
  const calls = document.getElementById("calls");
  const lost = document.querySelector(".lost"), button = document.querySelector(".sound");
  const EVERY = 2000, PATIENCE = 6000;
  const known = new Set([...calls.querySelectorAll("[data-call]")].map((one) => one.dataset.call));
  const audio = new AudioContext();
  const heard = new Map(); // clips, decoded
  let busy = Promise.resolve();

  // The clock goes on by itself; every answer sets it right.
  const clock = document.querySelector("[data-clock]");
  let ahead = Date.parse(clock.dataset.clock) - Date.now();
  const tick = () => {
    const now = new Date(Date.now() + ahead);
    clock.textContent = now.toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Ho_Chi_Minh" });
  };
  setInterval(tick, 1000);

  async function ask() {
    try {
      const answer = await fetch(board.dataset.poll, { headers: { "HX-Request": "true", "HX-Target": "calls" }, signal: AbortSignal.timeout(PATIENCE) });
      if (!answer.ok) throw new Error(answer.status);
      ahead = Date.parse(answer.headers.get("Moment")) - Date.now();
      show(await answer.text());
      lost.hidden = true;
    } catch {
      const latest = calls.querySelector(".latest[data-at]");
      lost.querySelector("b").textContent = latest ? latest.dataset.at : "–";
      lost.hidden = false;
    }
    setTimeout(ask, EVERY);
  }

  function show(html) {
    const body = html.replace(/^\s*<title>.*?<\/title>/s, "");
    if (body === calls.dataset.shown) return;
    calls.dataset.shown = body;
    calls.innerHTML = body;
    const fresh = [...calls.querySelectorAll("[data-call]")].filter((one) => !known.has(one.dataset.call)).reverse();
    for (const one of fresh) {
      known.add(one.dataset.call);
      one.classList.add("fresh");
      const clips = (one.dataset.clips || "").split(" ").filter(Boolean);
      busy = busy.then(() => announce(clips)).catch(() => {});
    }
  }

  // Two calls at once are said one after the other.
  async function announce(clips) {
    if (audio.state !== "running") return;
    let at = chime(audio.currentTime + 0.05);
    for (const { buffer, from, long } of await Promise.all(clips.map(clip))) {
      const source = audio.createBufferSource();
      source.buffer = buffer;
      source.connect(audio.destination);
      at = Math.max(at, audio.currentTime);
      source.start(at, from, long);
      at += long + 0.09;
    }
    await new Promise((done) => setTimeout(done, Math.max(0, at - audio.currentTime) * 1000 + 300));
  }

  // Two tones of a bell, made here: E and C.
  function chime(start) {
    [659.25, 523.25].forEach((tone, index) => {
      const at = start + index * 0.45, voice = audio.createOscillator(), loud = audio.createGain();
      voice.frequency.value = tone;
      loud.gain.setValueAtTime(0, at);
      loud.gain.linearRampToValueAtTime(0.5, at + 0.015);
      loud.gain.exponentialRampToValueAtTime(0.001, at + 1.1);
      voice.connect(loud).connect(audio.destination);
      voice.start(at);
      voice.stop(at + 1.2);
    });
    return start + 1.3;
  }

  async function clip(name) {
    if (!heard.has(name)) {
      const answer = await fetch(board.dataset.voice + name);
      if (!answer.ok) throw new Error(name);
      heard.set(name, trimmed(await audio.decodeAudioData(await answer.arrayBuffer())));
    }
    return heard.get(name);
  }

  // Speech engines, and people with a microphone, leave half a second of silence around every word.
  function trimmed(buffer) {
    const wave = buffer.getChannelData(0), rate = buffer.sampleRate, loud = (level) => Math.abs(level) > 0.01;
    const first = Math.max(0, wave.findIndex(loud) / rate - 0.02), last = wave.findLastIndex(loud) / rate + 0.04;
    return { buffer, from: first, long: Math.max(0.05, Math.min(buffer.duration, last) - first) };
  }

  // A browser plays nothing before somebody touched the page, unless it was started so (docs/devices.md).
  const offer = () => { button.hidden = audio.state === "running"; document.body.classList.toggle("silent", !button.hidden); };
  audio.addEventListener("statechange", offer);
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, () => audio.resume().then(offer));
  setTimeout(offer, 500);
  tick();
  setTimeout(ask, EVERY);
})();
