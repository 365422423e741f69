// Every screen can be heard: the office's own recording, else the machine's voice, else the browser's.
// Told are heading, lead and alerts, then the control that has the focus. What is personal is told
// in full only into an earphone. Of three voices the first that knows the language speaks.
"use strict";

(() => {
  const WORDS = document.getElementById("voice").dataset;
  const TELLS = ".kind, h1, .lead, [role=alert], [data-say]";
  const BLOCKS = "p, li, h1, h2, h3, dt, dd, div, legend, small, label, figcaption, button, option, strong";
  const LONGEST = 900; // letters said at once
  let turn = 0;        // what is being said; a newer turn ends it
  let source = null, told = "", group = null, acted = true, blocked = false;
  let settling = true; // a screen is on its way, and will be told as a whole
  const mute = new Set(); // languages the machine does not speak
  let audio = null;

  const screen = () => document.querySelector("#step > .screen");
  const sound = () => screen()?.dataset.sound || "off";
  const isPrivate = () => sound() === "earphone";
  const guard = () => document.querySelector("dialog[open]");
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true });

  // The words of an element as people hear them; what is hidden or personal is not among them.
  function text(element) {
    if (element.nodeType === Node.TEXT_NODE) return element.textContent;
    if (element.nodeType !== Node.ELEMENT_NODE || element.matches("[aria-hidden=true], [hidden], script, style, svg")) return "";
    if (!isShown(element)) return "";
    if (element.matches("[data-private]") && !isPrivate()) return masked(element.textContent);
    const inner = element.ariaLabel && element.matches("a, button") ? element.ariaLabel : [...element.childNodes].map(text).join("");
    return element.matches(BLOCKS) ? `, ${inner}, ` : inner;
  }

  const tidy = (words) => words.replace(/\s+/g, " ").replace(/(?:\s*,)+/g, ",").replace(/^[\s,]+|[\s,]+$/g, "").replace(/([.?!:;…]),/g, "$1");
  const heard = (element) => (element ? tidy(text(element)) : "");

  function masked(value) {
    const digits = value.replace(/\D/g, "");
    if (!value.trim()) return WORDS.empty;
    return digits.length >= 6 ? WORDS.ending.replace("{digits}", [...digits.slice(-3)].join(" ")) : WORDS.filled;
  }

  // Control by control
  const isField = (element) => element.matches("textarea, input:not([type=radio]):not([type=checkbox])");

  function name(element) {
    if (element.ariaLabel) return element.ariaLabel;
    const by = element.getAttribute("aria-labelledby");
    if (by) return by.split(" ").map((id) => heard(document.getElementById(id))).join(" ");
    if (element.labels?.length) return heard(element.labels[0]);
    return heard(element);
  }

  function groupOf(element) {
    const around = element.closest("fieldset, [role=group]");
    if (!around || around === group) return "";
    group = around;
    return around.matches("fieldset") ? heard(around.querySelector("legend")) : name(around);
  }

  function state(element) {
    if (element.matches("[type=radio], [type=checkbox]")) {
      const all = [...element.form.querySelectorAll(`[name="${CSS.escape(element.name)}"]`)].filter(isShown);
      const place = WORDS.place.replace("{number}", all.indexOf(element) + 1).replace("{of}", all.length);
      return `${element.checked ? WORDS.chosen : WORDS.unchosen}${all.length > 1 ? `, ${place}` : ""}`;
    }
    if (element.matches("select")) return `${WORDS.list}, ${element.selectedOptions[0]?.textContent || WORDS.empty}`;
    if (isField(element)) return `${WORDS.field}, ${value(element)}`;
    if (element.matches("summary")) return element.parentElement.open ? WORDS.opened : WORDS.closed;
    if (element.ariaPressed === "true") return WORDS.chosen;
    return element.matches("button, a") && !element.closest("#keyboard") ? WORDS.button : "";
  }

  // Short numbers and what is searched for belong to nobody.
  function value(element) {
    const plain = isPrivate() || element.closest("[role=search]") || (element.inputMode === "numeric" && element.value.length < 4);
    return element.value ? (plain ? element.value : masked(element.value)) : WORDS.empty;
  }

  function more(element) {
    const around = element.closest("fieldset");
    const ids = [element, around].flatMap((one) => (one?.getAttribute("aria-describedby") || "").split(" ")).filter(Boolean);
    const rows = element.matches(".mend") ? [...element.closest(".part").querySelectorAll("dl, .fault")] : [];
    return [...ids.map((id) => document.getElementById(id)), ...rows].map(heard).filter(Boolean).join(". ");
  }

  function control(element) {
    if (!element || element === document.body || element.matches("h1, [role=alert]")) return "";
    if (element.matches("[role=region], [role=group]")) return `${name(element)}. ${heard(element)}`;
    const said = groupOf(element);
    return [said, name(element), state(element), more(element)].filter(Boolean).join(". ");
  }

  // Screen by screen
  function screenWords() {
    const there = guard() || screen();
    if (!there) return [];
    if (guard()) return [heard(there)];
    const wanted = [...document.querySelectorAll(`#step :is(${TELLS})`)];
    const parts = wanted.filter((one) => !wanted.some((other) => other !== one && other.contains(one)));
    return parts.map((part) => heard(part)).filter(Boolean);
  }

  function tellScreen() {
    if (sound() === "off") return stop();
    group = null;
    const words = screenWords(), clip = guard() ? "" : screen().dataset.clip;
    const rest = clip ? [...document.querySelectorAll("#step :is([role=alert], [data-say])")].map(heard).filter(Boolean) : words;
    const focused = control(document.activeElement);
    say(focused && !guard() ? [...rest, focused] : rest, clip);
  }

  function tellChange(part) {
    if (part.matches("#step, body, html")) {
      const key = [location.pathname, ...screenWords()].join("|");
      if (key === told && !acted) return; // a screen that only draws itself again
      told = key;
      acted = false;
      tellScreen();
    } else if (part.closest("[aria-live], [role=alert], [role=status]") && sound() !== "off") {
      say([heard(part).slice(0, 300)]);
    }
  }

  // Voices
  async function say(parts, clip = "") {
    const mine = stop();
    const goes = () => mine === turn;
    document.body.dataset.speaking = "1";
    try {
      if (clip) await play(await fetched(clip), goes);
      for (const part of parts) {
        if (!goes()) return;
        const words = spelled(part).slice(0, LONGEST);
        document.dispatchEvent(new CustomEvent("spoken", { detail: part }));
        if (words && !(await byMachine(words, goes))) await byBrowser(words, goes);
      }
    } finally {
      if (goes()) delete document.body.dataset.speaking;
    }
  }

  function stop() {
    turn += 1;
    source?.stop();
    source = null;
    window.speechSynthesis?.cancel();
    delete document.body.dataset.speaking;
    return turn;
  }

  // A long number is told digit by digit.
  const spelled = (words) => words.replace(/\d{5,}/g, (digits) => [...digits].join(" "));
  const language = () => document.documentElement.lang || "vi";

  async function byMachine(words, goes) {
    const address = screen()?.dataset.speech;
    if (!address || mute.has(language())) return false;
    const answer = await fetch(address, { method: "POST", body: new URLSearchParams({ words, language: language() }) }).catch(() => null);
    if (!answer || answer.status !== 200) {
      if (answer?.status === 204) mute.add(language());
      return false;
    }
    return play(await answer.arrayBuffer(), goes);
  }

  async function fetched(address) {
    const answer = await fetch(address).catch(() => null);
    return answer?.ok ? answer.arrayBuffer() : null;
  }

  // Whether it was heard. A browser plays nothing before somebody touched the page.
  async function play(bytes, goes) {
    if (!bytes || !goes()) return false;
    audio = audio || new AudioContext();
    if (audio.state !== "running") await Promise.race([audio.resume(), new Promise((done) => setTimeout(done, 300))]);
    if (audio.state !== "running") return wait();
    const buffer = await audio.decodeAudioData(bytes).catch(() => null);
    if (!buffer || !goes()) return Boolean(buffer);
    source = audio.createBufferSource();
    source.buffer = buffer;
    source.connect(audio.destination);
    const ended = new Promise((done) => { source.onended = done; });
    source.start();
    await ended;
    return true;
  }

  function wait() {
    blocked = true;
    return true;
  }

  const voice = () => window.speechSynthesis?.getVoices().find((one) => one.lang.toLowerCase().startsWith(language()));

  function byBrowser(words, goes) {
    const own = voice();
    if (!own || !goes()) return Promise.resolve();
    return new Promise((done) => {
      const said = new SpeechSynthesisUtterance(words);
      said.voice = own;
      said.lang = own.lang;
      said.onend = done;
      said.onerror = (event) => {
        if (event.error === "not-allowed") wait();
        done();
      };
      speechSynthesis.speak(said);
    });
  }

  // What is there to hear with: shown, or said, where it is chosen.
  function equip() {
    const again = document.querySelector("#step [data-repeat]");
    if (again) again.hidden = false;
    const lacking = document.querySelector("#step [data-voiceless]");
    const { clip, speech } = screen()?.dataset || {};
    if (lacking) lacking.hidden = sound() === "off" || Boolean(clip || (speech && !mute.has(language())) || voice());
  }

  document.addEventListener("click", (event) => { if (event.target.closest("[data-repeat]")) tellScreen(); });
  document.addEventListener("repeat", tellScreen);
  document.addEventListener("say", (event) => { if (sound() !== "off") say([event.detail]); });
  document.addEventListener("focusin", (event) => {
    const words = settling || sound() === "off" || event.target.matches("[data-repeat]") ? "" : control(event.target);
    if (words) say([words]);
  });
  document.addEventListener("change", (event) => {
    if (sound() !== "off" && event.target.matches("select, [type=radio], [type=checkbox]")) say([`${name(event.target)}, ${state(event.target)}`]);
  });
  for (const kind of ["pointerdown", "keydown"])
    document.addEventListener(kind, () => {
      acted = true;
      if (!blocked) return;
      blocked = false;
      setTimeout(tellScreen, 50);
    }, true);
  document.addEventListener("htmx:afterSwap", () => { settling = true; });
  document.addEventListener("htmx:afterSettle", (event) => settled(event.detail.elt));
  window.addEventListener("pagehide", stop);
  window.speechSynthesis?.addEventListener?.("voiceschanged", equip);
  const idle = document.getElementById("idle");
  if (idle) new MutationObserver(() => { if (idle.open) tellScreen(); else stop(); }).observe(idle, { attributeFilter: ["open"] });
  window.addEventListener("load", () => settled(document.body));

  function settled(part) {
    settling = false;
    equip();
    tellChange(part);
  }
})();
