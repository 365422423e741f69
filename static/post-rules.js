// What the reception screen knows by itself, as pure functions: it answers a scan at once, and without a line.
// Each one does what its namesake in Python does (named beside it); a browser test compares them on many examples.
"use strict";

(() => {
  // Blanks as Python's str.strip() knows them; JavaScript's trim() leaves out a few.
  const BLANKS = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
  const AROUND = new RegExp(`^${BLANKS}+|${BLANKS}+$`, "gu");
  const WITHIN = new RegExp(`${BLANKS}+`, "gu");
  const WEIGHTS = [8, 6, 4, 2, 3, 5, 9, 7];
  const SIGNS = new Set(" '’ʼ.-"), PLACE_SIGNS = new Set(" '’ʼ.-,;:/()&+–0123456789");
  const MARKS = new Set("\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323");
  const LETTERS = new Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZđĐƀɃ");

  const strip = (text) => text.replace(AROUND, "");
  // intake.rules.text.one_line
  const oneLine = (text) => strip(text.replaceAll("\ufeff", "").replaceAll("\xa0", " "));
  // intake.rules.text.tidy
  const tidy = (text) => strip(text.replace(/\p{Cf}/gu, "").replace(WITHIN, " ")).normalize("NFC");
  // intake.rules.text.search_key
  const searchKey = (text) => strip(text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d").replace(WITHIN, " "));

  // intake.rules.codes.item_check_digit
  function checkDigit(serial) {
    const rest = [...serial].reduce((sum, digit, place) => sum + Number(digit) * WEIGHTS[place], 0) % 11;
    return rest === 0 ? 5 : rest === 1 ? 0 : 11 - rest;
  }

  // intake.rules.codes.parse_item_number: {text, isS10}, or {fault} with the code of the refusal.
  function itemNumber(scan) {
    const number = oneLine(scan).replaceAll(" ", "").toUpperCase();
    if (!/^(?=.*[0-9A-Z])[!-~]{1,40}$/.test(number)) return { fault: "unreadable_item_number" };
    const parts = /^[A-Z]{2}([0-9]{8})([0-9])[A-Z]{2}$/.exec(number.replaceAll("-", ""));
    if (!parts) return { text: number, isS10: false };
    if (checkDigit(parts[1]) !== Number(parts[2])) return { fault: "wrong_check_digit" };
    return { text: parts[0], isS10: true };
  }

  const strange = (text, signs) => [...text.normalize("NFD")].some((sign) => !MARKS.has(sign) && !LETTERS.has(sign) && !signs.has(sign));
  const hasVowel = (word) => !/^[\x00-\x7f]*$/.test(word) || [...word].filter((sign) => /\p{L}/u.test(sign)).length < 2 || /[aeiouy]/i.test(word);
  const isPlace = (words) => /[0-9,]/.test(words);
  const isName = (name) => name.length > 0 && name.length <= 100 && !/\p{Ll}\p{Lu}/u.test(name) && !strange(name, SIGNS) && name.split(" ").every(hasVowel);
  const SEXES = { nam: "Nam", nu: "Nữ" };

  function day(field) {
    const parts = /^([0-9]{2})\/?([0-9]{2})\/?([0-9]{4})$/.exec(field);
    if (!parts || (field.length !== 8 && field.length !== 10)) return null;
    const [, d, m, y] = parts, iso = `${y}-${m}-${d}`, moment = new Date(`${iso}T00:00:00Z`);
    const isReal = !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(iso);
    return isReal && y >= 1900 && y <= 2100 ? iso : null;
  }

  // intake.rules.people.read_citizen_card, but for what a scanner broke: then name or address is "" and the
  // server, or a person, is asked. null for what is no card. The server reads the same text again.
  function card(scan) {
    const fields = scan.length > 3000 ? [] : scan.split(scan.includes("|") ? "|" : "$").map(tidy);
    const numbers = fields.filter((field) => /^[0-9]{12}$/.test(field));
    const sexes = fields.map((field) => SEXES[searchKey(field)]).filter(Boolean);
    const days = fields.map(day).filter(Boolean);
    const words = fields.filter((field) => /\p{L}/u.test(field) && !SEXES[searchKey(field)]);
    const told = [sexes, days, words].filter((found) => found.length).length;
    const isCard = numbers[0] === fields[0] ? told > 0 : numbers.length === 1 && told === 3;
    if (!numbers.length || !isCard || fields.length < 3) return null;
    const name = words.find((field) => !isPlace(field)) ?? "";
    const places = words.filter((field) => field !== name);
    const address = places.reduce((best, field) => (rank(field) > rank(best) ? field : best), places[0] ?? "");
    const isWhole = sexes.length > 0;
    return {
      citizenId: numbers[0],
      name: isWhole && isName(name) ? name : "",
      address: isWhole && address && !strange(address, PLACE_SIGNS) ? address : "",
      sex: sexes[0] ?? "",
    };
  }
  const rank = (field) => (isPlace(field) ? 100000 : 0) + [...field].length;

  // intake.rules.post_scans.read_scan: {kind, text, …}, or {fault}. Numbers of twelve digits are people's.
  function readScan(scan) {
    const line = oneLine(scan);
    if (!line) return { fault: "unreadable_item_number" };
    const shouted = /^[\x00-\x7f]*$/.test(line) ? line.toUpperCase() : "";
    if (/^(?:.*\/R\/)?A[E-H][2-7A-Z]{100,}$/.test(shouted)) return { kind: "receipt", text: line };
    const saved = savedCode(shouted);
    if (saved && (shouted.startsWith("MC:") || /^(?=.*[A-Z])[0-9A-Z]{4}-[0-9A-Z]{4}$/.test(shouted))) return { kind: "saved", text: saved };
    const procedure = /^(?:TTHC:)?([0-9]\.[0-9]{6}(?:\.[0-9A-Z]{1,4}){0,6})$/.exec(shouted);
    if (procedure) return { kind: "procedure", text: procedure[1] };
    const digits = line.replaceAll(" ", "");
    if (/^[0-9]{12}$/.test(digits)) return { kind: "card", text: digits, card: { citizenId: digits, name: "", address: "", sex: "" } };
    const found = card(scan);
    if (found) return { kind: "card", text: found.citizenId, card: found };
    if (!shouted) return { fault: "scan_not_understood" };
    const item = itemNumber(line);
    if (item.fault) return { fault: item.fault };
    if (!item.isS10 && !/^(?=.*[0-9])[0-9A-Z][0-9A-Z./_-]{4,39}$/.test(item.text)) return { fault: "scan_not_understood" };
    return { kind: "item", text: item.text, isS10: item.isS10 };
  }

  // intake.rules.saved_codes.saved_code
  function savedCode(shouted) {
    const code = shouted.replace(/^MC:/, "").replace(/[ -]+/g, "");
    return /^[ABCDEFGHJKMNPQRSTUVWXYZ23456789]{8}$/.test(code) ? code : null;
  }

  // intake.rules.post_checklist._short: how many of each kind are missing; a better kind stands for a lesser.
  const KINDS = ["originals", "copies", "certified_copies"];
  const STANDS_FOR = [["copies", "certified_copies"], ["certified_copies", "originals"], ["copies", "originals"]];
  function missing(wanted, counted) {
    const short = {}, spare = {};
    for (const kind of KINDS) {
      short[kind] = Math.max((wanted[kind] ?? 0) - (counted[kind] ?? 0), 0);
      spare[kind] = Math.max((counted[kind] ?? 0) - (wanted[kind] ?? 0), 0);
    }
    for (const [lesser, better] of STANDS_FOR) {
      const given = Math.min(short[lesser], spare[better]);
      short[lesser] -= given;
      spare[better] -= given;
    }
    return Object.fromEntries(KINDS.filter((kind) => short[kind]).map((kind) => [kind, short[kind]]));
  }

  // As on every list: the number's first three digits and its last three.
  const maskedNumber = (number) => (number ? `${number.slice(0, 3)}***${number.slice(-3)}` : "");
  // intake.post.contents.masked_name
  function maskedName(name) {
    const words = name.split(" ").filter(Boolean);
    return words.map((word, place) => (place < words.length - 1 ? `${[...word][0]}.` : word)).join(" ");
  }

  // intake.rules.tariffs.price_of: null where no price holds.
  function priceOf(table, zone, grams) {
    const found = table.zones.find((one) => one.zone === zone);
    if (!found || grams < 0) return null;
    const step = found.steps.find((one) => grams <= one.grams);
    if (step) return step.price;
    const last = found.steps.at(-1);
    return found.further ? last.price + Math.ceil((grams - last.grams) / found.further.grams) * found.further.price : null;
  }

  // intake.rules.tariffs.reduced: whole đồng, a part of one is the payer's.
  const reduced = (amount, percent) => Math.floor((amount * (100 - percent)) / 100);

  // There, and home again: before any reduction.
  const legsOf = (table, { zone, grams, wantsHome }) => [priceOf(table, zone, grams), wantsHome ? priceOf(table, zone, 0) : 0];
  // intake.rules.tariffs.charge_of
  function chargeOf(table, { zone, grams, wantsHome, exemption }) {
    const legs = legsOf(table, { zone, grams, wantsHome });
    if (legs.includes(null)) return null;
    return reduced(legs[0] + legs[1], percentOf(table, exemption, "charge"));
  }
  // intake.post.tariffs.fee_for, of what the procedure asks for.
  const feeOf = (table, fee, exemption) => (fee === null ? null : reduced(fee, percentOf(table, exemption, "fee")));
  const percentOf = (table, code, account) => table.exemptions.find((one) => one.code === code)?.[account] ?? 0;

  // Number and letters as they are read aloud: «EH 2611 2100 8 VN»; any other string as it is.
  const spaced = (number) => number.replace(/^([A-Z]{2})(\d{4})(\d{4})(\d)([A-Z]{2})$/, "$1 $2 $3 $4 $5");
  const money = (amount) => `${String(amount).replace(/\B(?=(\d{3})+$)/g, ".")} đ`;

  window.postRules = { oneLine, searchKey, checkDigit, itemNumber, card, readScan, missing, maskedNumber, maskedName, priceOf, legsOf, chargeOf, feeOf, reduced, spaced, money };
})();
