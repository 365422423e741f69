// Types what the tests ask for: reads [[keys, method, text, caret]…] as JSON, writes the lines that came of it.
// In the keys, ⓪ to ⑤ are the tone keys of the screen and ⌫ is its eraser.
import { readFileSync } from "node:fs";
import { erased, toned, typed } from "../../static/vietnamese.mjs";

function line([keys, method, text, caret]) {
  let line = { text, start: caret, end: caret, word: null };
  for (const key of keys) {
    if (key === "⌫") line = erased(line);
    else if ("⓪①②③④⑤".includes(key)) line = toned(line, "⓪①②③④⑤".indexOf(key));
    else line = typed(line, key, method);
  }
  return [line.text, line.start];
}

const asked = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(asked.map(line)));
