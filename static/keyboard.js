// The keyboard on the screen. It writes into the field somebody touched, below which it never lies: --keyboard
// tells the page how much room it takes. What it knows of a word being typed is checked against the field at
// every key and forgotten with it. Where a mouse and a keyboard of keys are used it stays away.
import { bounds, erased, isLetter, resumed, toned, typed, TONES } from "./vietnamese.mjs";
import { namesFor } from "./names.mjs";

const root = document.getElementById("keyboard");
const SimpleKeyboard = window.SimpleKeyboard?.default;
const FIELD = "input:not([type=radio], [type=checkbox], [type=hidden], [type=file], [type=password], [type=range]), textarea";
const NUMBERS = new Set(["number", "money", "citizen_id", "phone", "date"]);
const PLACES_AFTER = 200; // ms without another key before places are looked up
const MOST = { citizen_id: 12, date: 10 }; // signs that make one, where the field has room for more
const MAILS = ["@gmail.com", "@yahoo.com", "@outlook.com", "@icloud.com"];
const DIVISION = /(^|[\s,])((phường|xã|đặc khu|tỉnh|thành phố|tp\.?|thị trấn|thị xã|quận|huyện|phuong|xa|dac khu|tinh|thanh pho|thi tran|thi xa|quan|huyen)\s+[^,]{2,})$/iu;

const LAYOUTS = (() => {
  const letters = ["q w e r t y u i o p", "a s d f g h j k l", "{shift} z x c v b n m"];
  const tones = "{sac} {huyen} {hoi} {nga} {nang} {none}", vni = "1 2 3 4 5 6 7 8 9 0", hatted = "ă â ê ô ơ ư đ";
  const last = "{signs} {telex} {vni} {space} {done}";
  const tall = (marks) => [marks, `${hatted} {erase}`, ...letters, last];
  const wide = (marks) => [`${marks} ${hatted}`, `${letters[0]} {erase}`, letters[1], letters[2], last];
  const signs = ["1 2 3 4 5 6 7 8 9 0", ". , - / ( ) : ; ' \"", "& + @ # % _ ? ! = {erase}", "{letters} {space} {done}"];
  const email = ["1 2 3 4 5 6 7 8 9 0", letters[0], `${letters[1]} -`, "z x c v b n m . _", "@ {vn} {com} {erase} {done}"];
  const code = ["1 2 3 4 5 6 7 8 9 0", letters[0], letters[1], "z x c v b n m -", "{erase} {done}"];
  const pad = (corner) => ["1 2 3 {erase}", "4 5 6 {done}", "7 8 9", corner];
  return {
    tall: tall(tones), wide: wide(tones), tall_vni: tall(vni), wide_vni: wide(vni), signs, email, code,
    number: pad("{clear} 0 ,"), phone: pad("+ 0 {clear}"), date: pad("/ 0 {clear}"),
  };
})();

if (root && SimpleKeyboard) start();

function start() {
  const said = root.dataset;
  let field = null, word = null, method = "", shift = null, layer = "letters";
  let byTouch = !matchMedia("(pointer: fine)").matches, byKeys = false, writing = false, asked = 0;

  root.innerHTML = '<div class="meant" data-row></div><div class="board"></div><div class="key-tools" data-row></div>';
  const offers = root.querySelector(".meant");
  const tools = root.querySelector(".key-tools");
  tools.append(...[["", said.plain], ["telex", "Telex"], ["vni", "VNI"], ["screen", said.screen]].map(([value, textContent]) =>
    Object.assign(document.createElement("button"), { type: "button", value, textContent })));
  const tall = matchMedia("(orientation: portrait)");
  const display = {
    "{sac}": said.sac, "{huyen}": said.huyen, "{hoi}": said.hoi, "{nga}": said.nga, "{nang}": said.nang, "{none}": said.none,
    "{erase}": `⌫ ${said.erase}`, "{clear}": said.clear, "{shift}": `⇧ ${said.shift}`, "{signs}": "123", "{letters}": "abc",
    "{telex}": "Telex", "{vni}": "VNI", "{space}": said.space, "{done}": said.done, "{vn}": ".vn", "{com}": ".com",
  };
  const keys = new SimpleKeyboard(root.querySelector(".board"), {
    theme: "board", layout: LAYOUTS, layoutName: "tall", display, mergeDisplay: true, useButtonTag: true, useMouseEvents: true,
    preventMouseDownDefault: true, disableCaretPositioning: true, disableButtonHold: true,
    buttonTheme: [
      { class: "key-tone", buttons: "{sac} {huyen} {hoi} {nga} {nang} {none}" },
      { class: "key-hatted", buttons: "ă â ê ô ơ ư đ" },
      { class: "key-done", buttons: "{done}" },
      { class: "key-words", buttons: "{erase} {clear} {shift} {signs} {letters} {telex} {vni} {space}" },
    ],
    buttonAttributes: [
      { attribute: "aria-label", value: said.erase, buttons: "{erase}" },
      { attribute: "aria-label", value: said.shift, buttons: "{shift}" },
      { attribute: "data-close", value: "yes", buttons: "{done}" },
      // Said without its sign.
      ...Object.keys(TONES).map((name) => ({ attribute: "aria-label", value: said[name].replace(/ [´`?~.]$/, ""), buttons: `{${name}}` })),
    ],
    onKeyPress: press,
    onChange: () => keys.clearInput(), // it keeps nothing of what was typed
  });

  // What kind of field, as the page tells or as its inputmode does.
  const modes = new WeakMap();
  const modeOf = (one) => modes.get(one) ?? one.inputMode;
  const kindOf = (one) => one.dataset.typing || { tel: "phone", email: "email", numeric: "number", decimal: "number" }[modeOf(one)] || "text";
  const isField = (one) => one instanceof Element && one.matches(FIELD) && !one.readOnly && !one.disabled && !hasItsOwnKeys(one);
  const hasItsOwnKeys = (one) => Boolean(one.id && document.querySelector(`[data-keys="${CSS.escape(one.id)}"]`));
  const line = () => ({ text: field.value, start: field.selectionStart ?? field.value.length, end: field.selectionEnd ?? field.value.length, word });

  function layoutName() {
    const kind = kindOf(field);
    if (NUMBERS.has(kind)) return kind in LAYOUTS ? kind : "number";
    if (kind === "email" || kind === "code") return kind;
    if (layer === "signs") return "signs";
    return (tall.matches ? "tall" : "wide") + (method === "vni" ? "_vni" : "");
  }

  // Opening and closing

  function open(one) {
    if (field !== one) {
      root.removeAttribute("data-offers");
      [field, word, shift, layer] = [one, null, null, "letters"];
      modes.set(one, modeOf(one));
    }
    one.inputMode = "none"; // the system's own keyboard stays away
    draw();
    reveal();
  }

  function close() {
    [field, word] = [null, null];
    clearTimeout(asked);
    root.removeAttribute("data-open");
    document.documentElement.style.removeProperty("--keyboard");
    document.body.removeAttribute("data-typing");
  }

  function draw() {
    const name = layoutName();
    if (!byTouch && byKeys) return isForWords() ? slim() : close();
    if (keys.options.layoutName !== name) keys.setOptions({ layoutName: name });
    root.dataset.open = name.replace("_vni", "");
    root.dataset.method = name.endsWith("_vni") ? "vni" : "";
    document.body.dataset.typing = "";
    offer();
    marked();
    measured();
  }

  // Beside a real keyboard: only which way of typing, and the way back.
  function slim() {
    root.dataset.open = "slim";
    document.body.removeAttribute("data-typing");
    for (const key of tools.children) key.setAttribute("aria-pressed", String(key.value === method));
    measured();
  }

  function measured() {
    if (field) document.documentElement.style.setProperty("--keyboard", `${root.offsetHeight}px`);
  }

  function marked() {
    const isUpper = shifted();
    root.toggleAttribute("data-upper", isUpper);
    for (const [name, on] of [["{shift}", isUpper], ["{telex}", method === "telex"], ["{vni}", method === "vni"]])
      keys.getButtonElement(name)?.setAttribute("aria-pressed", String(on));
  }

  // The question with its words where there is room for them, else at least the field; of a commune the
  // field on top, for what is found comes below it.
  function reveal() {
    const half = field.closest(".commune .half");
    if (half) return half.scrollIntoView({ block: "start" });
    const part = field.closest(".question, .own") || field, room = field.closest(".work");
    const isLong = room && part.offsetHeight > room.clientHeight;
    (isLong ? field : part).scrollIntoView({ block: isLong ? "center" : "nearest" });
  }

  // Writing

  function shifted() {
    if (shift !== null) return shift !== "off";
    const { text, start } = line(), before = text.slice(0, start);
    const wanted = field.autocapitalize || (kindOf(field) === "text" || kindOf(field) === "long_text" ? "sentences" : "none");
    if (kindOf(field) === "code" || wanted === "characters") return true;
    if (wanted === "words") return /(^|[\s'’-])$/.test(before);
    return wanted === "sentences" && /^\s*$/.test(before);
  }

  function write(next, kind = "insertText", data = null) {
    const most = MOST[kindOf(field)] ?? (field.maxLength >= 0 ? field.maxLength : Infinity);
    if (next.text.length > Math.max(field.value.length, most)) return;
    word = next.word;
    if (field.value !== next.text) field.value = next.text;
    field.setSelectionRange(next.start, next.end);
    writing = true;
    field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: kind, data }));
    writing = false;
  }

  function press(button) {
    if (!field?.isConnected) return close();
    if (document.activeElement !== field && !root.contains(document.activeElement)) field.focus({ preventScroll: true });
    const name = button.length > 1 ? button.slice(1, -1) : "";
    if (!name) character(button);
    else if (name in TONES) write(toned(line(), TONES[name]));
    else ACTIONS[name]();
    if (field) after();
  }

  function after() {
    if (keys.options.layoutName !== layoutName()) return draw();
    offer();
    marked();
  }

  const ACTIONS = {
    erase: () => {
      let next = erased(line());
      // The stroke of a date came by itself and goes so.
      if (kindOf(field) === "date" && next.start === next.text.length && next.text.endsWith("/")) next = erased(next);
      write(next, "deleteContentBackward");
    },
    clear: () => write({ text: "", start: 0, end: 0, word: null }, "deleteContentBackward"),
    space: () => character(" "),
    vn: () => insert(".vn"),
    com: () => insert(".com"),
    shift: () => { shift = shift === null ? (shifted() ? "off" : "on") : shift === "on" ? "lock" : null; },
    signs: () => { layer = "signs"; },
    letters: () => { layer = "letters"; },
    telex: () => { method = method === "telex" ? "" : "telex"; },
    vni: () => { method = method === "vni" ? "" : "vni"; },
    done: () => {
      const one = field;
      close();
      one.blur();
    },
  };

  function character(key) {
    const sign = isLetter(key) && shifted() ? key.toUpperCase() : key;
    const dated = kindOf(field) === "date" && /^\d$/.test(key) && /^(\d\d|\d\d\/\d\d)$/.test(field.value) && field.selectionStart === field.value.length;
    if (dated) write(typed(line(), "/"));
    write(typed(line(), sign, isForWords() ? method : ""), "insertText", sign);
    if (shift !== "lock") shift = null;
  }

  const isForWords = () => ["name", "text", "long_text", "search"].includes(kindOf(field));

  function insert(text) {
    const { text: all, start, end } = line(), caret = start + text.length;
    write({ text: all.slice(0, start) + text + all.slice(end), start: caret, end: caret, word: null }, "insertText", text);
  }

  // Keys of a real keyboard: only where somebody switched Telex or VNI on do they compose.
  document.addEventListener("input", (event) => {
    if (writing || !isField(event.target)) return;
    const { target, inputType, data } = event;
    if (inputType === "insertText" && data) byKeys = true;
    if (target !== field) return;
    const caret = field.selectionStart;
    if (inputType === "deleteContentBackward" && method) word = resumed(line(), method).word;
    else if (inputType !== "insertText" || !data || !method || !isForWords() || field.value.slice(caret - data.length, caret) !== data) word = null;
    else {
      const at = caret - data.length;
      let next = { text: field.value.slice(0, at) + field.value.slice(caret), start: at, end: at, word };
      for (const sign of data) next = typed(next, sign, method);
      write(next, "insertText", data);
    }
    draw();
  });

  // What may be meant: touched, it takes the place of what was begun

  function offer() {
    clearTimeout(asked);
    const kind = kindOf(field), { text, start } = line(), before = text.slice(0, start);
    if (kind === "name") return show(namesFor(before).map((name) => ({ label: name, put: `${name} `, from: start - begun(before).length })));
    if (kind === "email") return show(mailsFor(text));
    const place = isForWords() && kind !== "search" && DIVISION.exec(before);
    if (!place || !said.places) return show([]);
    asked = setTimeout(() => look(field, before, place[2]), PLACES_AFTER);
  }

  const begun = (before) => /\S*$/.exec(before)[0];

  function mailsFor(text) {
    const at = text.indexOf("@");
    const mail = at < 0 ? "" : text.slice(at);
    if (!text || MAILS.includes(mail)) return [];
    return MAILS.filter((one) => one.startsWith(mail)).map((one) => ({ label: one, put: one, from: at < 0 ? text.length : at, to: text.length }));
  }

  async function look(one, before, words) {
    const url = new URL(said.places, location.href);
    url.searchParams.set("words", words);
    const answer = await fetch(url).then((got) => (got.ok ? got.json() : { places: [] })).catch(() => ({ places: [] }));
    if (field !== one || one.value.slice(0, one.selectionStart) !== before) return;
    show(answer.places.map(({ name, was }) => ({ label: name, note: was, put: name, from: before.length - words.length })));
  }

  function show(list) {
    if (list.length) root.toggleAttribute("data-offers", true);
    offers.replaceChildren(...list.map(({ label, note, put, from, to }) => {
      const key = document.createElement("button");
      key.type = "button";
      key.append(label);
      if (note) key.append(Object.assign(document.createElement("small"), { textContent: note }));
      key.addEventListener("click", () => {
        if (!field?.isConnected) return close();
        const { text, end } = line();
        const rest = put.endsWith(" ") ? text.slice(to ?? end).trimStart() : text.slice(to ?? end), caret = from + put.length;
        write({ text: text.slice(0, from) + put + rest, start: caret, end: caret, word: null }, "insertReplacementText", put);
        after();
      });
      return key;
    }));
  }

  // When it comes and goes

  for (const row of [offers, tools]) row.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  tools.addEventListener("click", (event) => {
    const key = event.target.closest("button");
    if (!key || !field) return;
    if (key.value === "screen") byKeys = false;
    else method = key.value;
    draw();
  });
  document.addEventListener("pointerdown", (event) => {
    byTouch = event.pointerType !== "mouse";
    if (byTouch) byKeys = false;
    if (isField(event.target) && !modes.has(event.target)) {
      modes.set(event.target, event.target.inputMode);
      if (byTouch) event.target.inputMode = "none";
    }
  }, true);
  document.addEventListener("click", (event) => {
    if (isField(event.target)) return open(event.target);
    const label = event.target.closest?.("label");
    // The path, for a key may have been drawn anew meanwhile.
    if (field && !event.composedPath().includes(root) && !isField(label?.control)) close();
  });
  // Under a finger the focus comes before the click: were the keyboard drawn anew by it, the click would miss the field.
  let pressed = -Infinity;
  document.addEventListener("mousedown", (event) => { pressed = event.timeStamp; }, true);
  document.addEventListener("focusin", (event) => {
    const byPress = event.timeStamp - pressed < 500;
    if (field && event.target !== field && isField(event.target) && !byPress) open(event.target);
  });
  // A pad of five keys asks for it by name.
  document.addEventListener("keyboard", (event) => {
    if (!isField(event.target)) return;
    byTouch = true;
    open(event.target);
  });
  document.addEventListener("selectionchange", () => { if (field && document.activeElement === field && !writing) marked(); });
  document.addEventListener("htmx:afterSettle", () => {
    if (field && !field.isConnected) close();
    if (field?.closest(".commune")) reveal();
    if (document.querySelector(".attract, .goodbye")) method = ""; // the next person begins anew
  });
  tall.addEventListener("change", () => { if (field) draw(); });
  new ResizeObserver(measured).observe(root);
  new ResizeObserver(() => { if (field?.isConnected) reveal(); }).observe(document.getElementById("step"));
}
