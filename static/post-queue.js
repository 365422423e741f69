// Items taken and not yet in the server's books, sealed to its key: this device cannot open them again.
// An item leaves the queue only when the server says it has it; the same item sent twice is one item there.
"use strict";

(() => {
  const NAME = "motcham-post", LATE = 20_000, FEW = 10, SOME = 10;
  let facts = null, books = null;

  const text = new TextEncoder();
  const to64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
  const from64 = (words) => Uint8Array.from(atob(words), (sign) => sign.charCodeAt(0));
  const told = (request) => new Promise((done, failed) => { request.onsuccess = () => done(request.result); request.onerror = () => failed(request.error); });
  const kept = (act) => new Promise((done, failed) => { act.oncomplete = () => done(); act.onerror = act.onabort = () => failed(act.error); });

  // False on a bare line, where browsers seal nothing, and in windows that keep nothing.
  const canKeep = () => Boolean(facts && books);

  async function open(given) {
    facts = given;
    if (!globalThis.crypto?.subtle || !globalThis.indexedDB) return;
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("items", { keyPath: "attempt" });
      asked.result.createObjectStore("numbers", { keyPath: "number" });
    };
    try {
      books = await told(asked);
      await navigator.storage?.persist?.();
    } catch { books = null; }
  }

  const store = (name, mode = "readonly") => books.transaction(name, mode, { durability: "strict" });

  async function seal(attempt, body) {
    const curve = { name: "ECDH", namedCurve: "P-256" };
    const theirs = await crypto.subtle.importKey("raw", from64(facts.key), curve, false, []);
    const own = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
    const point = await crypto.subtle.exportKey("raw", own.publicKey);
    const secret = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, own.privateKey, 256);
    const stem = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
    const how = { name: "HKDF", hash: "SHA-256", salt: point, info: text.encode("motcham envelope 1") };
    const key = await crypto.subtle.deriveKey(how, stem, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: text.encode(attempt) }, key, text.encode(JSON.stringify(body)));
    return JSON.stringify({ v: 1, attempt, key: to64(point), iv: to64(iv), body: to64(sealed) });
  }

  // On the disk when this returns: number and time in clear, all else sealed.
  async function keep(attempt, number, body, at = Date.now()) {
    const one = { attempt, number, at, state: "waiting", why: null, envelope: await seal(attempt, body) };
    const act = store("items", "readwrite");
    act.objectStore("items").put(one);
    await kept(act);
    return one;
  }

  const all = async () => (books ? (await told(store("items").objectStore("items").getAll())).sort((a, b) => a.at - b.at) : []);

  async function change(attempt, how) {
    const act = store("items", "readwrite"), items = act.objectStore("items");
    const one = await told(items.get(attempt));
    if (one) { if (how) items.put({ ...one, ...how }); else items.delete(attempt); }
    await kept(act);
  }

  // What the server said, or {state: "cut"} without a line, {state: "door"} without a sign-in.
  async function ask(address, fields) {
    let answer;
    try {
      answer = await fetch(address, { method: "POST", body: new URLSearchParams(fields), redirect: "manual", signal: AbortSignal.timeout(LATE) });
    } catch { return { state: "cut" }; }
    if (answer.type === "opaqueredirect" || answer.status === 403) return { state: "door" };
    if (answer.status !== 200 && answer.status !== 422) return { state: "cut" };
    try { return await answer.json(); } catch { return { state: "cut" }; }
  }

  const age = (one) => (Date.now() - one.at) / 1000;

  async function noted(one, said) {
    if (said.state === "taken") await change(one.attempt, null);
    if (said.state === "refused") await change(one.attempt, { state: "refused", why: said });
    return said;
  }

  const send = async (one) => noted(one, await ask(facts.at.take, { envelope: one.envelope, age: age(one) }));

  // Some at a time, an answer for each; where none came, the same is said of all of them.
  async function sendSome(some) {
    if (some.length === 1) return [await send(some[0])];
    const fields = some.flatMap((one) => [["envelope", one.envelope], ["age", age(one)]]);
    const said = await ask(facts.at.takeMany, fields);
    const answers = said.state === "answered" ? said.answers : some.map(() => said);
    for (const [place, one] of some.entries()) await noted(one, answers[place]);
    return answers;
  }

  // A browser that keeps nothing sends it open, over whatever line there is.
  const sendOpen = (attempt, body) => ask(facts.at.take, { open: JSON.stringify(body), attempt, age: 0 });

  let under = false;
  // Everything that waits, oldest first, until the line or the sign-in is gone; ``each`` hears of every one.
  async function drain(each, { again = false } = {}) {
    if (under || !books) return null;
    under = true;
    let said = null;
    try {
      const due = (await all()).filter((one) => again || one.state !== "refused");
      for (let begin = 0; begin < due.length; begin += SOME) {
        const some = due.slice(begin, begin + SOME), answers = await sendSome(some);
        for (const [place, one] of some.entries()) await each(one, said = answers[place]);
        if (said.state === "cut" || said.state === "door") break;
      }
    } finally { under = false; }
    return said;
  }

  const ours = (found) => found.filter((one) => one.point === facts.point);
  async function numbersLeft() {
    return books ? ours(await told(store("numbers").objectStore("numbers").getAll())).length : 0;
  }
  // One number of our own, taken out of the block for good.
  async function nextNumber() {
    if (!books) return null;
    const act = store("numbers", "readwrite"), numbers = act.objectStore("numbers");
    const [first] = ours(await told(numbers.getAll()));
    if (first) numbers.delete(first.number);
    await kept(act);
    return first ?? null;
  }
  async function refill() {
    if (!books || (await numbersLeft()) >= FEW) return;
    const said = await ask(facts.at.numbers, {});
    if (said.state !== "given") return;
    const act = store("numbers", "readwrite");
    for (const one of said.numbers) act.objectStore("numbers").put({ ...one, point: facts.point });
    await kept(act);
  }

  window.postQueue = { open, canKeep, seal, keep, all, change, ask, send, sendOpen, drain, numbersLeft, nextNumber, refill };
})();
