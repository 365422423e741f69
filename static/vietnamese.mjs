// Composing Vietnamese while somebody types: Telex, VNI, and keys that only give a tone. Pure: a line goes
// in, a line comes out, and no field is known here. Where the tone stands follows the modern way (hòa, thúy).
//
// A line is {text, start, end, word}: the text, what is selected in it (or the caret, start = end), and the
// word being typed or null. A word is {from, text, raw, over, unmarked, toned, own, method}: where it begins,
// what it is and the letters it was made of; whether every further letter is only a letter, or at least gives no
// hat; whether a letter gave it a tone; whether all of it was typed here. Only what was typed here is ever changed
// by a letter: a name that stood there before keeps every sign until somebody asks for another tone.

export const TONES = { none: 0, sac: 1, huyen: 2, hoi: 3, nga: 4, nang: 5 };

const VOWELS = ["aáàảãạ", "ăắằẳẵặ", "âấầẩẫậ", "eéèẻẽẹ", "êếềểễệ", "iíìỉĩị", "oóòỏõọ", "ôốồổỗộ", "ơớờởỡợ", "uúùủũụ", "ưứừửữự", "yýỳỷỹỵ"];
const ROW = new Map(VOWELS.flatMap((row) => [...row].map((sign, tone) => [sign, { row, tone }])));
const PLAIN = new Map([..."ăâêôơưđ"].map((sign, place) => [sign, "aaeooud"[place]]));
const HATTED = "ăâêôơư";
const LETTERS = "aăâeêioôơuưy";

const TELEX_TONES = { z: 0, s: 1, f: 2, r: 3, x: 4, j: 5 };
const VNI_TONES = { 0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5 };

// What a hat, a hook and a breve make of the vowels of a syllable.
const HAT = {
  a: "â", au: "âu", ay: "ây", ua: "uâ", uay: "uây", e: "ê", eu: "êu", ie: "iê", ieu: "iêu", ue: "uê", ye: "yê", yeu: "yêu",
  uye: "uyê", o: "ô", oi: "ôi", uo: "uô", uoi: "uôi",
};
const HOOK = { o: "ơ", oi: "ơi", u: "ư", ua: "ưa", ui: "ưi", uu: "ưu", uo: "ươ", uoi: "ươi", uou: "ươu" };
const BREVE = { a: "ă", oa: "oă" };

// The sounds a syllable may begin with, those of the highlands among them, and may end in.
const ONSETS = new Set(
  ["", ..."b c ch d đ g gh gi h k kh l m n ng ngh nh p ph q qu r s t th tr v x br bl dr đr gl gr kl kr pl pr".split(" ")],
);
const RIMES = `
a ac ach ai ak am an ang anh ao ap at au ay ec ek em en eng eo ep et ech enh eu
i ia ic ich ik im in inh ip it iu iec iek iem ien ieng iep iet ieu
o oc oi ok om on ong op ot oa oac oach oai oak oam oan oang oanh oao oap oat oay oe oem oen oeo oet ooc oong
u ua uc ui uk um un ung up ut uu uan uang uat uay ue uech uen uenh uet uo uoc uoi uok uom uon uong uop uot uou
uy uya uych uyn uynh uyp uyt uyu uyen uyet y ych yem yen yeng yet yeu yn ynh yt`.trim().split(/\s+/);
const STARTS = new Set([...ONSETS].flatMap((onset) => [...onset].map((_, place) => onset.slice(0, place + 1))).concat(""));
const BEGINNINGS = new Set(RIMES.flatMap((rime) => [...rime].map((_, place) => rime.slice(0, place + 1))).concat(""));

const lower = (text) => text.toLowerCase();
const isUpper = (sign) => sign !== lower(sign);
const cased = (sign, like) => (isUpper(like) ? sign.toUpperCase() : sign);
const TONELESS = new Map([...ROW].flatMap(([sign, { row }]) => [[sign, row[0]], [sign.toUpperCase(), row[0].toUpperCase()]]));
export const isLetter = (sign) => /^\p{L}$/u.test(sign);

/** The word without its tone; hats and hooks stay. */
export const toneless = (word) => [...word].map((sign) => TONELESS.get(sign) ?? sign).join("");

/** 0 for none, 1 to 5 for sắc, huyền, hỏi, ngã, nặng. */
export const toneOf = (word) => Math.max(0, ...[...lower(word)].map((sign) => ROW.get(sign)?.tone ?? 0));

const stripped = (text) => [...text].map((sign) => PLAIN.get(sign) ?? sign).join("");

let known = { word: null };

/** The last syllable of a word: where its vowels begin and end. `u` of "qu" and `i` of "gi" are consonants. */
function parts(word) {
  if (known.word === word) return known;
  const plain = lower(toneless(word));
  let end = plain.length;
  while (end && !LETTERS.includes(plain[end - 1])) end -= 1;
  let at = end;
  while (at && LETTERS.includes(plain[at - 1])) at -= 1;
  if (end - at > 1 && ((plain[at - 1] === "q" && plain[at] === "u") || (plain.slice(0, at) === "g" && plain[at] === "i"))) at += 1;
  if (at === end) at = end = plain.length;
  known = { word, plain, onset: plain.slice(0, at), nucleus: plain.slice(at, end), final: plain.slice(end), at };
  return known;
}

function toneSeat(nucleus, final) {
  for (let place = nucleus.length - 1; place >= 0; place--) if (HATTED.includes(nucleus[place])) return place;
  if (nucleus.length === 1) return 0;
  if (nucleus.length > 2) return 1;
  return final ? 1 : 0;
}

/** The word with that tone and no other, at its modern place; as it is when it has no vowel. */
export function placed(word, tone) {
  const { nucleus, final, at } = parts(word);
  const plain = toneless(word);
  if (!nucleus || !tone) return plain;
  const seat = at + toneSeat(nucleus, final);
  return plain.slice(0, seat) + cased(ROW.get(lower(plain[seat])).row[tone], plain[seat]) + plain.slice(seat + 1);
}

/** Whether it is, or may still become, a syllable of Vietnamese. A hint for composing, never a ground to refuse. */
export function isPossible(word) {
  const { plain, onset, nucleus, final } = parts(word);
  if (!nucleus) return STARTS.has(plain);
  if (!ONSETS.has(onset) || !BEGINNINGS.has(stripped(nucleus) + final)) return false;
  const tone = toneOf(word);
  return !/^(c|ch|k|p|t)$/.test(final) || tone < 2 || tone > 4;
}

const hasOneVowelGroup = (word) => ![...parts(word).onset.replace(/^(q)u|^(g)i/, "$1$2")].some((sign) => LETTERS.includes(sign));

// What a letter makes of the word: {text}, with over or unmarked when it took its own mark back; null when it is
// a letter and nothing else.
function withTone(word, tone, key) {
  const { nucleus } = parts(word), held = toneOf(word);
  if (!nucleus || (tone === 0 && held === 0)) return null;
  if (tone !== 0 && held === tone) return { text: placed(word, 0) + key, over: true };
  const text = placed(word, tone);
  return isPossible(text) ? { text } : null;
}

function withMark(word, table, key) {
  const { nucleus, final, at } = parts(word);
  const marked = table[stripped(nucleus)];
  if (!marked || !hasOneVowelGroup(word)) return null;
  if (final && !isPossible(word)) return null;
  const spelled = (vowels) =>
    word.slice(0, at) + [...vowels].map((sign, place) => cased(sign, word[at + place])).join("") + word.slice(at + nucleus.length);
  const tone = toneOf(word);
  if (marked === nucleus) return { text: placed(spelled(stripped(nucleus)), tone) + key, unmarked: true };
  return { text: placed(spelled(marked), tone) };
}

function withBar(word, key) {
  const { plain, nucleus } = parts(word);
  const place = nucleus ? 0 : word.length - 1;
  if (place < 0 || (nucleus && !isPossible(word))) return null;
  if (plain[place] === "đ") return { text: word.slice(0, place) + cased("d", word[place]) + word.slice(place + 1) + key, over: true };
  if (plain[place] !== "d") return null;
  return { text: word.slice(0, place) + cased("đ", word[place]) + word.slice(place + 1) };
}

const only = (table, letter) => Object.fromEntries(Object.entries(table).filter(([, to]) => to.includes(letter)));
const HAT_OF = { a: only(HAT, "â"), e: only(HAT, "ê"), o: only(HAT, "ô") };

function withHorn(word, key, raw) {
  const { onset, nucleus, final } = parts(word);
  if (!nucleus || lower(word) === "gi") {
    const text = word + cased("ư", key);
    return isPossible(text) ? { text } : null;
  }
  // A lone w that became ư is given back as it was.
  if (nucleus === "ư" && !final && /w$/i.test(raw) && !/uw$/i.test(raw)) return { text: word.slice(0, -1) + raw.slice(-1), over: true };
  // «thuở», «huơ»: after h the open syllable has its hook on o alone.
  if (nucleus === "uo" && !final && /^(h|th|kh)$/.test(onset)) return withMark(word, { uo: "uơ" }, key);
  if (nucleus === "uơ") return withMark(word, { uo: "uơ" }, key);
  return withMark(word, { ...HOOK, ...BREVE }, key);
}

function telex(word, key, { raw, unmarked }) {
  const letter = lower(key);
  if (letter in TELEX_TONES) return withTone(word, TELEX_TONES[letter], key);
  if (unmarked) return null;
  if (letter in HAT_OF) return withMark(word, HAT_OF[letter], key);
  if (letter === "w") return withHorn(word, key, raw);
  return letter === "d" ? withBar(word, key) : null;
}

function vni(word, key, { unmarked }) {
  if (key in VNI_TONES) return withTone(word, VNI_TONES[key], key);
  if (unmarked) return null;
  if (key === "6") return withMark(word, HAT, key);
  if (key === "7") return parts(word).nucleus ? withHorn(word, key, "") : null;
  if (key === "8") return withMark(word, BREVE, key);
  return key === "9" ? withBar(word, key) : null;
}

const METHODS = { telex, vni };

// One letter more: the tone moves to where it now belongs; a foreign word gets back the letters that were
// taken for tones.
function grown(word, key) {
  let text = word.text + key;
  const { nucleus, final } = parts(text);
  if (word.method && nucleus.startsWith("uơ") && nucleus + final !== "uơ")
    text = text.replace(/u(?=[ơờớởỡợ])/iu, (sign) => cased("ư", sign));
  const raw = word.raw + key;
  if (isPossible(text)) return { ...word, text: placed(text, toneOf(text)), raw };
  return word.toned ? { ...word, text: raw, raw, over: true } : { ...word, text: word.text + key, raw };
}

function after(word, key) {
  if (word.over) return { ...word, text: word.text + key, raw: word.raw + key };
  const made = METHODS[word.method]?.(word.text, key, word);
  if (!made) return grown(word, key);
  const lone = /^w$/i.test(key) && !parts(word.text).nucleus;
  return { ...word, ...made, raw: word.raw + key, toned: word.toned || lone || toneOf(made.text) !== toneOf(word.text) };
}

const settled = (from, text, own, method) => ({ from, text, raw: text, over: false, unmarked: false, toned: false, own, method });

/** The word being typed while it still ends at the caret, else null: the text may have changed meanwhile. */
function current({ text, start, end, word }, method) {
  if (!word || end !== start || text.slice(word.from, start) !== word.text) return null;
  return word.method === method ? word : settled(word.from, word.text, word.own, method);
}

const isOfWord = (key, word, method) => isLetter(key) || (method === "vni" && /^\d$/.test(key) && Boolean(word));

/** The line after one key: a letter, a digit, a sign or a blank. ``method`` is "telex", "vni" or "". */
export function typed(line, key, method = "") {
  const { text, start, end } = line;
  const held = current(line, method);
  if (!isOfWord(key, held, method)) {
    const caret = start + key.length;
    return { text: text.slice(0, start) + key + text.slice(end), start: caret, end: caret, word: null };
  }
  const word = after(held ?? settled(start, "", true, method), key);
  const caret = word.from + word.text.length;
  return { text: text.slice(0, word.from) + word.text + text.slice(end), start: caret, end: caret, word };
}

/** The line after a tone key: the word at the caret gets that tone, or loses it when it has it already. */
export function toned(line, tone) {
  const { text, start: from, end: to } = bounds(line);
  const whole = text.slice(from, to).normalize("NFC");
  const spelled = placed(whole, toneOf(whole) === tone ? 0 : tone);
  const caret = Math.min(line.start, from + spelled.length);
  const { own = false, method = "" } = line.word ?? {};
  const word = caret === from ? null : settled(from, spelled.slice(0, caret - from), own, method);
  return { text: text.slice(0, from) + spelled + text.slice(to), start: caret, end: caret, word };
}

/** The letters around the caret that make one word, as {text, start, end}. */
export function bounds({ text, start }) {
  const of = (sign) => sign !== undefined && /[\p{L}\p{M}]/u.test(sign);
  let from = start, to = start;
  while (of(text[from - 1])) from -= 1;
  while (of(text[to])) to += 1;
  return { text, start: from, end: to };
}

/** The line when something else wiped a letter out of it: the word before the caret is edited from here on. */
export function resumed(line, method = "") {
  const from = Math.min(bounds(line).start, line.start), rest = line.text.slice(from, line.start);
  return { ...line, word: rest ? settled(from, rest, line.word?.from === from && line.word.own, method) : null };
}

/** The line after the eraser: what is selected goes, else the letter before the caret, tone and all. */
export function erased(line) {
  const { text, start, end } = line;
  if (start !== end) return { text: text.slice(0, start) + text.slice(end), start, end: start, word: null };
  if (start === 0) return { ...line, word: null };
  const held = line.word && current(line, line.word.method);
  const from = held ? held.from : bounds(line).start;
  if (from >= start) return { text: text.slice(0, start - 1) + text.slice(start), start: start - 1, end: start - 1, word: null };
  const rest = text.slice(from, start - 1), own = held?.own ?? false;
  // A word of ours is set anew, as if it had been typed so; one that stood there keeps its tone where it was.
  const kept = own && isPossible(rest) ? placed(rest, toneOf(rest)) : rest;
  const caret = from + kept.length;
  const word = kept ? settled(from, kept, own, line.word?.method ?? "") : null;
  return { text: text.slice(0, from) + kept + text.slice(start), start: caret, end: caret, word };
}
