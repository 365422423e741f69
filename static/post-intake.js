// The reception screen: every scan is answered at once from what the page holds; the server is asked when it can be
// reached. What is taken is sealed and kept first, then handed over. Words stand in the page ([data-say]).
"use strict";

(async () => {
  const R = window.postRules, Q = window.postQueue;
  const F = JSON.parse(document.getElementById("held").dataset.facts);
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const WORDS = Object.fromEntries(all("#words-said [data-say]").map((word) => [word.dataset.say, word.textContent]));
  const say = (key, facts = {}) => (WORDS[key] ?? "").replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
  const offered = new Map(F.procedures.map((found) => [found.version, found]));
  const KINDS = ["originals", "copies", "certified_copies"];
  const TWICE = 2000, PATIENCE = 2500, EVERY = 15_000;

  const said = one("#said"), list = one("#papers .list"), done = one("#done"), go = one("#go"), cutBar = one("#cut");
  const field = (name) => document.getElementById(`f-${name}`);
  const chosen = (name) => one(`[name=${name}]:checked`)?.value ?? "";

  // ---- What is on the screen now

  let d = blank(), last = { text: "", at: 0 }, cut = localStorage.getItem("post.cut") || "", door = false, busy = false, tried = false;
  let taken = Number(one("#taken").dataset.taken);
  const drawnAt = firstSeen(F.pass.slice(-24));
  // When this device got this page, by its own clock: also of one that was kept and opened again without a line.
  function firstSeen(name) {
    const [known, at] = (localStorage.getItem("post.page") ?? "").split(" ");
    if (known === name) return Number(at);
    localStorage.setItem("post.page", `${name} ${Date.now()}`);
    return Date.now();
  }

  function blank() {
    const attempt = (crypto.randomUUID?.() ?? String(Math.random()).slice(2) + Date.now()).replaceAll("-", "");
    return { attempt, number: "", isS10: true, own: null, other: "", card: "", version: 0, saved: "", fromQueue: false };
  }
  const isBegun = () => Boolean(d.number || d.version || field("name").value || field("citizen").value || field("seal").value);

  function tell(mood, what, head, more = "", next = "") {
    said.dataset.mood = mood;
    said.className = `said ${mood === "empty" ? "" : mood}`;
    one("[data-part=what]", said).textContent = what;
    one("[data-part=head]", said).textContent = head;
    one("[data-part=more]", said).textContent = more;
    one("[data-part=next]", said).textContent = next;
    one("[data-part=open]", said).hidden = true;
  }
  function tellRefused(head, more, address = "") {
    tell("bad", "", head, more);
    const link = one("[data-part=open]", said);
    link.hidden = !address;
    if (address) link.href = address;
    window.beep?.(false);
  }
  // The green bar: what was read just now, what is known so far, what comes next.
  function tellGood(what, mood = "good") {
    const procedure = offered.get(d.version)?.title, number = field("citizen").value.replace(/\D/g, "");
    const who = [R.maskedName(field("name").value), R.maskedNumber(number)].filter(Boolean);
    const head = d.number ? R.spaced(d.number) : who.length ? who.join(" · ") : (procedure ?? "");
    const more = [head === procedure ? "" : procedure, ...(d.number ? who : [])].filter(Boolean).join(" · ");
    tell(mood, what, head, more, say(`next_${nextStep()}`));
    window.beep?.(true);
  }
  function nextStep() {
    const found = lacking();
    if (!d.number) return "number";
    if (found.has("applicant.name")) return "card";
    if (found.has("procedure")) return "procedure";
    if (found.has("documents") || (!isCounted() && rows().length && !chosen("grams"))) return "papers";
    if (found.has("consent")) return "consent"; // in the order of the page, which a telephone shows as one column
    if (found.has("grams")) return "weight";
    if (found.has("seal_number")) return "seal";
    if (found.has("witnessed")) return "witness";
    return "go";
  }

  // ---- Papers

  const rows = () => all(".row", list);
  const count = (row) => Number(one("output", row).textContent);
  const kindOf = (row) => row.dataset.now ?? row.dataset.kind;
  const isHeld = (key) => Boolean(one(`.row[data-key="${CSS.escape(key)}"] [data-act=state][aria-pressed=true]`, list));
  const isCounted = () => rows().some((row) => count(row) > 0 || isHeld(row.dataset.key));

  function papers() {
    const found = new Map();
    for (const row of rows()) {
      const paper = found.get(row.dataset.key) ?? { wanted: {}, counted: {}, must: "must" in row.dataset, rows: [] };
      paper.wanted[row.dataset.kind] = Number(row.dataset.want);
      paper.counted[kindOf(row)] = (paper.counted[kindOf(row)] ?? 0) + count(row);
      paper.rows.push(row);
      found.set(row.dataset.key, paper);
    }
    return found;
  }
  const sum = (numbers) => Object.values(numbers).reduce((all, number) => all + number, 0);
  function documents() {
    const told = {};
    for (const [key, paper] of papers()) {
      if (isHeld(key)) told[key] = { how: "state" };
      else if (sum(paper.counted)) told[key] = { how: "paper", ...Object.fromEntries(Object.entries(paper.counted).map(([kind, number]) => [kind, String(number)])) };
    }
    return told;
  }
  // Needed and nothing at all there: the agency would have nothing to look at. Fewer than asked is told, no more.
  const blocking = () => [...papers()].filter(([key, paper]) => paper.must && !isHeld(key) && !sum(paper.counted)).map(([key]) => key);

  function drawPapers() {
    const begun = isCounted() || tried;
    for (const [key, paper] of papers()) {
      const held = isHeld(key), short = R.missing(paper.wanted, paper.counted);
      const counts = begun && !held && (paper.must || sum(paper.counted) > 0) && Object.keys(short).length > 0;
      const what = Object.entries(short).map(([kind, number]) => (sum(short) === number && Object.keys(paper.wanted).length === 1 ? number : `${number} ${say(kind)}`)).join(", ");
      const words = one("[data-part=short]", paper.rows[0]);
      words.hidden = !counts && !held;
      words.textContent = held ? say("state_paper") : counts ? say("missing", { what }) : "";
      words.classList.toggle("fine", held);
      for (const row of paper.rows) {
        row.classList.toggle("bad", counts);
        row.classList.toggle("good", !counts && (held || count(row) > 0));
        one(".steps", row).hidden = held;
        one("[data-act=less]", row).disabled = count(row) === 0;
      }
    }
  }

  function choose(version, words = say("procedure")) {
    if (!offered.has(version)) return tellRefused(say("not_offered"), say("not_offered_more"));
    d.version = version;
    list.replaceChildren(one(`template[data-version="${version}"]`).content.cloneNode(true));
    one("#pick").hidden = true;
    one("#papers").hidden = false;
    one("[data-act=all]", one("#papers")).hidden = !all("[data-must]", list).length;
    draw();
    tellGood(words);
  }
  function unchoose() {
    d.version = 0;
    list.replaceChildren();
    one("#papers").hidden = true;
    one("#pick").hidden = false;
    one("#words").value = "";
    find("");
  }
  function find(typed) {
    const words = R.searchKey(typed).split(" ").filter(Boolean);
    let shown = 0;
    for (const tile of all("#pick [data-version]")) {
      const { key } = offered.get(Number(tile.dataset.version));
      const fits = words.every((word) => key.includes(word)) && shown < (words.length ? 12 : 8);
      tile.hidden = !fits;
      shown += fits;
    }
    one("#pick .none").hidden = shown > 0;
  }

  // ---- Money

  const terms = () => ({ zone: field("zone").value, grams: Number(chosen("grams")), wantsHome: chosen("how") === "post", exemption: field("exemption").value });
  const charge = () => R.chargeOf(F.prices, terms());
  // By the answers of a saved draft where there is one; else as of a dossier nobody has answered for.
  const feeAsked = () => (d.savedFee?.version === d.version ? d.savedFee.fee : offered.get(d.version).fee);
  const fee = () => (d.version ? R.feeOf(F.prices, feeAsked(), field("exemption").value) : undefined);
  const feeWords = (amount) => (amount === undefined ? say("unknown") : amount === null ? say("fee_office") : R.money(amount));

  function draw() {
    const how = chosen("how"), price = charge();
    for (const part of all("[data-for]")) part.hidden = part.dataset.for !== how;
    one("[data-sum=payer]").textContent = say(field("payer").value);
    one("[data-sum=charge]").textContent = price === null || !chosen("grams") ? say("unknown") : R.money(price);
    const [there, home] = R.legsOf(F.prices, terms()), legs = one("[data-sum=legs]");
    legs.hidden = price === null || !chosen("grams") || how !== "post";
    legs.textContent = say(there + home === price ? "legs" : "legs_less", { there: R.money(there ?? 0), home: R.money(home ?? 0) });
    one("[data-sum=fee]").textContent = feeWords(fee());
    const isPerson = field("kind").value === "citizen", name = field("name").value, number = field("citizen").value;
    field("citizen").closest(".field").hidden = !isPerson;
    one("[data-person=name]").textContent = name;
    one("[data-person=number]").textContent = R.maskedNumber(number.replace(/\D/g, ""));
    // The courier calls before coming: whoever wants the result at home is asked for a number.
    const phone = field("phone").value.trim();
    one("[data-person=phone]").textContent = phone || say("no_phone");
    one("[data-act=phone]").textContent = say(phone ? "phone_mend" : "phone_add");
    const isOpen = !one(".person .fields").hidden;
    one(".person .shown").hidden = isOpen || !name;
    one(".person .waits").hidden = isOpen || Boolean(name);
    one("[data-act=drop]").hidden = !isBegun();
    for (const note of all("[data-declaration]", list)) note.hidden = Boolean(d.saved); // its answers are the declaration
    one("[data-act=own]").disabled = Boolean(d.number);
    drawPapers();
    if (tried) showFaults(lacking());
  }
  function openPerson() { one(".person .fields").hidden = false; draw(); }

  // ---- What is missing: the same findings the server has, by the same keys

  function lacking() {
    const found = new Set(), how = chosen("how"), number = field("citizen").value.replace(/\s/g, "");
    if (!d.number) found.add("item_number");
    if (!d.version) found.add("procedure");
    if (!field("name").value.trim()) found.add("applicant.name");
    if (field("kind").value === "citizen" && number && !/^\d{12}$/.test(number)) found.add("applicant.citizen_id");
    if (d.version && blocking().length) found.add("documents");
    if (how === "post" && !field("address").value.trim()) found.add("address");
    if (how === "electronic" && !/\S@\S/.test(field("email").value)) found.add("email");
    if (how === "post" && !field("consent").checked) found.add("consent");
    if (!chosen("grams")) found.add("grams");
    else if (charge() === null) found.add("zone");
    if (!field("seal").value.trim()) found.add("seal_number");
    if (!field("witnessed").checked) found.add("witnessed");
    return found;
  }
  function showFaults(found, words = {}) {
    for (const line of all("[data-fault]")) {
      line.hidden = !found.has(line.dataset.fault);
      if (words[line.dataset.fault]) one("span", line).textContent = words[line.dataset.fault];
    }
    if (["applicant.name", "applicant.citizen_id", "applicant.phone"].some((key) => found.has(key)) && one(".person .fields").hidden) openPerson();
    one("#pick").classList.toggle("bad", found.has("procedure"));
    one("#scan").classList.toggle("bad", found.has("item_number"));
  }

  // ---- Scans

  one("#scan").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = one("[data-scan]").value || one("#typed").value;
    one("#typed").value = "";
    heard(text);
  });

  function heard(text) {
    const now = performance.now();
    if (!text || busy || (text === last.text && now - last.at < TWICE)) return;
    last = { text, at: now };
    one("[data-misread]").hidden = true;
    done.hidden = true;
    const scan = R.readScan(text);
    if (scan.fault) tellRefused(say(scan.fault), say(`${scan.fault}_more`));
    else ({ item: readItem, card: readCard, procedure: readProcedure, saved: readSaved, receipt: readSaved })[scan.kind](scan, text);
    draw();
    said.dataset.took = String(Math.round(performance.now() - now));
    const isBroken = ["wrong_check_digit", "unreadable_item_number"].includes(scan.fault);
    if (!isBroken && scan.kind !== "procedure" && !(scan.kind === "item" && d.number !== scan.text)) look(text, scan, d.attempt);
  }

  function readItem(scan) {
    if (scan.text === d.number) return tellGood("");
    if (d.number) {
      // The wrong envelope was scanned first: the right one is believed when it is scanned again.
      if (scan.isS10 && d.other === scan.text) { Object.assign(d, { number: scan.text, isS10: true, own: null, other: "" }); return tellGood(say("changed")); }
      if (scan.isS10) { d.other = scan.text; return tellRefused(say("busy_item"), say("busy_item_more")); }
      field("seal").value = scan.text;
      return tellGood(say("seal"));
    }
    Object.assign(d, { number: scan.text, isS10: scan.isS10, own: null });
    tellGood(scan.isS10 ? "" : say("opaque"), scan.isS10 ? "good" : "warn");
  }
  function readCard(scan, text) {
    d.card = text;
    fillPerson({ kind: "citizen", ...scan.card, phone: "", email: field("email").value });
    tellGood(scan.card.name ? say("card") : say("card_broken"), scan.card.name ? "good" : "warn");
  }
  function readProcedure(scan) {
    const found = F.procedures.find((offer) => offer.code === scan.text) ?? F.procedures.find((offer) => offer.code === scan.text.slice(0, 8));
    choose(found?.version ?? 0);
  }
  // Only the server knows these.
  function readSaved() {
    if (cut) tellRefused(say("needs_line"), say("needs_line_more"));
  }

  function fillPerson(told) {
    field("kind").value = told.kind || "citizen";
    field("name").value = told.name || "";
    field("citizen").value = told.citizenId || "";
    if (told.phone) field("phone").value = told.phone;
    d.address = told.address || "";
    if (d.address || !field("address").dataset.byHand) { field("address").value = d.address; delete field("address").dataset.byHand; }
    doubts(told.doubts ?? []);
    one(".person .fields").hidden = Boolean(told.name);
  }
  function doubts(found) {
    one("[data-doubts]").hidden = !found.length;
    one("[data-doubts]").textContent = found.join(" ");
  }

  // The same scan at the server: what was taken before, a saved draft, a card the scanner broke.
  async function look(text, scan, attempt) {
    const waiting = scan.kind === "item" && (await Q.all()).find((held) => held.number === scan.text);
    if (waiting && waiting.attempt !== attempt) { forgetNumber(scan.text); return tellRefused(say("known_here"), say("known_here_more")); }
    if (cut || door) return;
    const found = await Q.ask(F.at.scan, { text });
    if (found.state === "cut" || found.state === "door") return lost(found.state);
    if (d.attempt !== attempt) return; // another dossier meanwhile
    if (found.state === "refused") {
      if (scan.kind === "item") forgetNumber(scan.text);
      return scan.kind === "card" ? undefined : tellRefused(found.heading, found.advice);
    }
    switch (found.kind) {
      case "item_known":
        forgetNumber(found.text);
        if (!isBegun()) return location.assign(`${found.address}?scanned`);
        return tellRefused(say("known"), say("known_more"), found.address);
      case "receipt":
        if (found.address && !isBegun()) return location.assign(found.address);
        return found.address ? tellRefused(`${say("receipt")} ${found.text}`, "", found.address) : tellRefused(`${say("receipt")} ${found.text}`, say("receipt_none"));
      case "card":
        if (!field("name").value && found.applicant.name) { fillPerson(found.applicant); draw(); return tellGood(say("card")); }
        return doubts(found.applicant.doubts ?? []);
      case "saved": return openSaved(found);
      default: return scan.fault && found.kind === "item" ? undefined : null;
    }
  }
  function forgetNumber(number) { if (d.number === number) d.number = ""; draw(); }

  function openSaved(found) {
    d.saved = found.text;
    d.savedFee = { version: found.version, fee: found.fee };
    fillPerson({ ...found.applicant, address: found.address || found.applicant.address });
    if (found.phone) field("phone").value = found.phone;
    if (found.email) field("email").value = found.email;
    const how = one(`[name=how][value="${found.how}"]`);
    if (how) how.checked = true;
    choose(found.version, say("saved"));
  }

  // ---- Taking it in

  function body() {
    const how = chosen("how"), kind = field("kind").value;
    const phone = field("phone").value.trim(), email = field("email").value.trim();
    return {
      pass: d.pass || F.pass, number: d.number, version: d.version, card: d.card, saved: d.saved,
      applicant: { kind, name: field("name").value.trim(), citizenId: kind === "citizen" ? field("citizen").value.replace(/\D/g, "") : "", phone, email, address: d.address ?? "" },
      documents: documents(),
      collection: { how, address: how === "post" ? field("address").value.replace(/\s+/g, " ").trim() : "", phone: how === "post" ? phone : "", email: how === "electronic" ? email : "" },
      seal: field("seal").value.trim(), witnessed: field("witnessed").checked,
      grams: Number(chosen("grams")), zone: field("zone").value, payer: field("payer").value, exemption: field("exemption").value,
      consent: how === "post" && field("consent").checked ? F.consent : "",
    };
  }

  async function take() {
    if (busy) return;
    const found = lacking();
    tried = found.size > 0;
    showFaults(found);
    drawPapers();
    if (tried) {
      tellRefused(say("short"), say("short_more", { what: [...found].map((key) => say(`fault_${key}`)).join(", ") }));
      return all("[data-fault]:not([hidden])")[0]?.scrollIntoView({ block: "nearest" });
    }
    if (Date.now() - drawnAt > F.passLasts * 1000) return tellRefused(say("page_old"), say("page_old_more"));
    busy = true;
    go.disabled = true;
    const mine = { attempt: d.attempt, at: d.at || Date.now(), number: d.number, body: body(), slip: slip() };
    tell("warn", "", say("sealing"), R.spaced(d.number));
    try {
      if (!Q.canKeep()) return await takeOpen(mine);
      const kept = await Q.keep(mine.attempt, mine.number, mine.body, mine.at);
      // Whoever is there waits for the fact, but not for a line that is slow or gone.
      const answer = cut || door ? null : await Promise.race([Q.send(kept), new Promise((late) => setTimeout(late, PATIENCE, null))]);
      if (answer) heardFrom(answer);
      if (answer?.state === "refused") return refused(answer);
      finish(mine, answer?.state === "taken" ? answer : null);
    } finally {
      busy = false;
      go.disabled = false;
      await drawQueue();
    }
  }
  async function takeOpen(mine) {
    const answer = await Q.sendOpen(mine.attempt, mine.body);
    heardFrom(answer);
    if (answer.state === "taken") return finish(mine, answer);
    if (answer.state === "refused") return refused(answer);
    tellRefused(say("not_kept"), say("not_kept_more"));
  }
  function refused(answer) {
    tried = true;
    if (answer.code === "item_known") d.number = "";
    const keys = answer.faults.map((fault) => (fault.key.startsWith("documents.") ? "documents" : fault.key.replace("collection.", "")));
    showFaults(new Set(keys), Object.fromEntries(answer.faults.map((fault, place) => [keys[place], fault.words])));
    tellRefused(answer.heading, [answer.advice, ...answer.faults.filter((_, place) => !one(`[data-fault="${keys[place]}"]`)).map((fault) => fault.words)].join(" "));
  }
  // Today's number: what the server had when it drew the page, and each that this page saw taken, once.
  const counted = new Set();
  function countUp(attempt) {
    if (counted.has(attempt)) return;
    counted.add(attempt);
    one("#taken").textContent = taken += 1;
  }
  function finish(mine, answer) {
    countUp(mine.attempt);
    drawSlip(mine.slip, answer);
    clear();
    if (answer) tell("good", say("taken"), R.spaced(answer.number), mine.slip.procedure, say("taken_more"));
    else tell("warn", say("kept"), R.spaced(mine.number), mine.slip.procedure, say("kept_more"));
    window.beep?.(true);
    // Where no printer of the server is, this device prints; a telephone shows the receipt instead.
    if ((!answer || !F.printer) && matchMedia("(pointer: fine)").matches) setTimeout(() => window.print());
  }
  function clear() {
    d = blank();
    tried = false;
    for (const input of all("#intake input:not([type=radio], [type=checkbox]), #intake textarea")) input.value = "";
    for (const tick of all("#intake input[type=checkbox]")) tick.checked = false;
    for (const weight of all("[name=grams]")) weight.checked = false;
    one("[name=how][value=post]").checked = true;
    for (const choice of all("#intake select")) choice.selectedIndex = 0;
    delete field("address").dataset.byHand;
    delete go.dataset.sure;
    one("details.terms").open = false;
    doubts([]);
    one(".person .fields").hidden = true;
    unchoose();
    showFaults(new Set());
    draw();
    one("main").scrollTo(0, 0);
  }

  // ---- The receipt on the screen, and on this device's own printer

  function slip() {
    const counted = Object.entries(documents()).reduce((all, [, told]) => all + KINDS.reduce((sum, kind) => sum + Number(told[kind] ?? 0), 0), 0);
    return {
      number: d.number, own: d.own, procedure: offered.get(d.version).title, name: R.maskedName(field("name").value), seal: field("seal").value,
      at: new Intl.DateTimeFormat("vi-VN", { dateStyle: "short", timeStyle: "short" }).format(new Date()), papers: say("sheets", { count: counted }),
      charge: R.money(charge()), payer: say(field("payer").value), fee: feeWords(fee()).replace(/^tại/, "nộp tại"),
    };
  }
  function drawSlip(told, answer) {
    // What the books say goes before what this page reckoned.
    if (answer) told = { ...told, charge: R.money(answer.charge), fee: feeWords(answer.fee).replace(/^tại/, "nộp tại") };
    told = { ...told, charge: `${told.charge} (${told.payer})` };
    for (const part of all("[data-slip]", done)) if (typeof told[part.dataset.slip] === "string") part.textContent = told[part.dataset.slip];
    one("[data-slip=number]").textContent = one("[data-slip=label-number]").textContent = R.spaced(told.number);
    const receipt = answer?.receipt ?? told.own?.receipt, label = told.own?.label;
    one("[data-slip=qr]").replaceChildren(...(receipt ? [qr(receipt)] : []));
    one("[data-slip=unsigned]").hidden = Boolean(receipt);
    one("[data-slip=label]").hidden = !label;
    one("[data-slip=label-qr]").replaceChildren(...(label ? [qr(label)] : []));
    const link = one("a[data-slip=open]");
    link.hidden = !answer;
    if (answer) link.href = answer.address;
    done.hidden = false;
  }
  function qr({ side, bits }) {
    const raw = atob(bits), SVG = "http://www.w3.org/2000/svg", quiet = 4, size = side + 2 * quiet;
    const isDark = (place) => (raw.charCodeAt(place >> 3) >> (7 - (place & 7))) & 1;
    let path = "";
    for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) if (isDark(y * side + x)) path += `M${x + quiet} ${y + quiet}h1v1h-1z`;
    const picture = document.createElementNS(SVG, "svg"), ground = document.createElementNS(SVG, "path"), dark = document.createElementNS(SVG, "path");
    picture.setAttribute("viewBox", `0 0 ${size} ${size}`);
    picture.setAttribute("shape-rendering", "crispEdges");
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", "Mã QR");
    ground.setAttribute("fill", "#fff");
    ground.setAttribute("d", `M0 0h${size}v${size}H0z`);
    dark.setAttribute("fill", "#000");
    dark.setAttribute("d", path);
    picture.append(ground, dark);
    return picture;
  }

  // ---- The line, and what waits for it

  function lost(state) {
    if (state === "door") door = true;
    else if (!cut) {
      cut = new Intl.DateTimeFormat("vi-VN", { hour: "2-digit", minute: "2-digit" }).format(new Date());
      localStorage.setItem("post.cut", cut);
    }
    drawCut();
  }
  // A refusal is an answer, too.
  const heardFrom = (answer) => (answer.state === "cut" || answer.state === "door" ? lost(answer.state) : connected());
  function connected() {
    cut = "";
    door = false;
    localStorage.removeItem("post.cut");
    drawCut();
  }
  async function drawCut() {
    const held = await Q.all(), waiting = held.filter((kept) => kept.state === "waiting").length, refusedOnes = held.length - waiting;
    const part = (name) => one(`[data-part=${name}]`, cutBar);
    cutBar.hidden = !cut && !door && !held.length;
    part("door").hidden = !door;
    part("door").href = F.at.door;
    part("head").textContent = door ? say("door") : cut ? say("cut", { time: cut }) : "";
    part("more").textContent = door ? say("door_more", { count: held.length })
      : cut ? (waiting ? say("cut_some", { count: waiting }) : say(Q.canKeep() ? "cut_none" : "cut_unkept"))
      : waiting ? say("sending", { count: waiting }) : say("refused_some", { count: refusedOnes });
  }
  async function drawQueue() {
    const held = await Q.all(), place = one("#queue .rows");
    one("#queue").hidden = !held.length;
    place.replaceChildren(...held.map((kept) => {
      const line = one("#waiting").content.cloneNode(true), part = (name) => one(`[data-part=${name}]`, line);
      const at = new Intl.DateTimeFormat("vi-VN", { timeStyle: "short" }).format(new Date(kept.at));
      part("number").textContent = R.spaced(kept.number);
      part("why").textContent = kept.why ? [at, kept.why.heading, kept.why.advice].join(" · ") : at;
      part("state").textContent = say(`state_${kept.state}`);
      part("state").classList.add(kept.state === "refused" ? "bad" : "warn");
      part("mend").hidden = kept.state !== "refused";
      part("mend").addEventListener("click", () => mend(kept));
      return line;
    }));
    await drawCut();
  }
  // A refused one comes back to the screen: only the server can open it, for somebody of this post office.
  async function mend(kept) {
    if (isBegun()) return tellRefused(say("busy_item"), say("busy_item_more"));
    const found = await Q.ask(F.at.mend, { envelope: kept.envelope });
    if (found.state === "cut" || found.state === "door") return lost(found.state);
    if (found.state !== "opened") return tellRefused(found.heading, found.advice);
    const told = found.body;
    done.hidden = true;
    clear();
    Object.assign(d, { attempt: found.attempt, number: told.number, card: told.card, saved: told.saved, pass: told.pass, at: kept.at, fromQueue: true });
    fillPerson({ ...told.applicant });
    field("seal").value = told.seal;
    field("witnessed").checked = told.witnessed;
    for (const name of ["zone", "payer", "exemption"]) field(name).value = told[name];
    one(`[name=how][value="${told.collection.how}"]`).checked = true;
    if (told.collection.how === "post") field("address").value = told.collection.address;
    field("consent").checked = Boolean(told.consent);
    const weight = one(`[name=grams][value="${told.grams}"]`);
    if (weight) weight.checked = true;
    if (offered.has(told.version)) choose(told.version);
    for (const [key, paper] of Object.entries(told.documents)) fillPaper(key, paper);
    draw();
    refused(kept.why);
  }
  function fillPaper(key, told) {
    const found = rows().filter((row) => row.dataset.key === key);
    if (told.how === "state") one("[data-act=state]", found[0] ?? list)?.setAttribute("aria-pressed", "true");
    const left = KINDS.filter((kind) => Number(told[kind] ?? 0));
    for (const row of found) {
      const kind = left.includes(row.dataset.kind) ? row.dataset.kind : left.find((other) => !found.some((one) => one.dataset.kind === other));
      if (!kind) continue;
      setKind(row, kind);
      one("output", row).textContent = Number(told[kind]);
      left.splice(left.indexOf(kind), 1);
    }
  }

  async function handOver({ again = false } = {}) {
    let sent = 0;
    const result = await Q.drain(async (held, answer) => {
      heardFrom(answer);
      if (answer.state === "taken") countUp(held.attempt);
      sent += answer.state === "taken" ? 1 : 0;
      await drawQueue();
    }, { again });
    if (!result && (cut || door)) await knock();
    if (sent && !isBegun() && !busy) tell("good", "", say("sent", { count: sent }), "", say("anyorder"));
    await drawQueue();
    if (!cut && !door) await Q.refill();
  }
  // Nothing waits: is the line back?
  async function knock() {
    const answer = await fetch(F.at.worker, { cache: "no-store", signal: AbortSignal.timeout(5000) }).catch(() => null);
    if (answer?.ok && !door) connected();
  }

  // ---- Hands

  const ACTS = {
    go: take,
    all: () => {
      for (const row of all("[data-must]", list)) one("output", row).textContent = row.dataset.want;
      draw();
      tellGood("");
    },
    other: () => { unchoose(); draw(); },
    more: (row) => step(row, 1),
    less: (row) => step(row, -1),
    kind: (row) => { setKind(row, KINDS[(KINDS.indexOf(kindOf(row)) + 1) % KINDS.length]); draw(); },
    state: (row, button) => { button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true")); draw(); tellGood(""); },
    edit: openPerson,
    phone: () => { openPerson(); field("phone").focus(); },
    print: () => window.print(),
    own: takeOwnNumber,
    drop: async () => {
      if (!go.dataset.sure && d.fromQueue) { go.dataset.sure = "asked"; return tell("warn", "", one("[data-act=drop]").dataset.sure); }
      if (d.fromQueue) await Q.change(d.attempt, null);
      clear();
      tell("empty", "", say("ready"), say("anyorder"));
      await drawQueue();
    },
  };
  function step(row, by) {
    one("output", row).textContent = Math.min(Math.max(count(row) + by, 0), 99);
    draw();
    tellGood("");
  }
  function setKind(row, kind) {
    row.dataset.now = kind;
    one("[data-act=kind]", row).textContent = say(kind);
  }
  async function takeOwnNumber() {
    if (busy || d.number) return;
    done.hidden = true;
    const found = await Q.nextNumber();
    if (!found) return tellRefused(say("no_numbers"), say("no_numbers_more"));
    Object.assign(d, { number: found.number, isS10: true, own: found });
    draw();
    tellGood(say("own"));
    if (!cut && !door) await Q.refill();
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.act) ACTS[button.dataset.act](button.closest(".row"), button);
    else if (button.dataset.version) choose(Number(button.dataset.version));
  });
  one("details.terms").addEventListener("toggle", (event) => { if (event.target.open) event.target.scrollIntoView({ block: "nearest" }); });
  one("#words").addEventListener("input", () => find(one("#words").value));
  one("#words").addEventListener("keydown", (event) => { if (event.key === "Enter") one("#pick [data-version]:not([hidden])")?.click(); });
  field("address").addEventListener("input", () => { field("address").dataset.byHand = "yes"; });
  one("#intake").addEventListener("input", draw);
  one("#intake").addEventListener("change", (event) => {
    draw();
    if (event.target.matches("[type=radio], [type=checkbox], #f-seal") && isBegun()) tellGood("");
  });
  // Whoever signs out leaves no page behind on which somebody else could go on in their name.
  for (const form of all("form[action$='sign-out']")) form.addEventListener("submit", () => { globalThis.caches?.delete("motcham-post"); });

  // ---- Begin

  await Q.open(F);
  draw();
  await drawQueue();
  // What is begun is on this screen alone: nothing of it is kept.
  addEventListener("beforeunload", (event) => { if (isBegun()) event.preventDefault(); });
  addEventListener("online", () => handOver());
  addEventListener("offline", () => lost("cut"));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) handOver(); });
  setInterval(() => { handOver(); }, EVERY);
  if (navigator.serviceWorker) {
    navigator.serviceWorker.register(F.at.worker, { scope: F.at.reception }).catch(() => null);
    navigator.serviceWorker.addEventListener("message", (event) => { if (event.data?.kept) document.documentElement.dataset.kept = "yes"; });
    navigator.serviceWorker.ready.then(async (worker) => {
      await document.fonts.ready;
      const made = performance.getEntriesByType("resource").map((entry) => entry.name).filter((name) => name.includes("/static/"));
      worker.active.postMessage({ keep: made });
    });
  }
  // Scanned on the page of an item (post-again.js).
  const brought = sessionStorage.getItem("post.scan"), wanted = location.hash;
  sessionStorage.removeItem("post.scan");
  if (brought) heard(brought);
  // Another place of the post was wanted, and the line is cut (post-worker.js).
  if (wanted === "#needs-line") {
    history.replaceState(null, "", location.pathname);
    tell("warn", "", say("place_needs_line"), say("place_needs_line_more"));
  }
  document.documentElement.dataset.ready = "yes";
  await handOver({ again: true });
})();
