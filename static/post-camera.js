// A telephone without a scanner reads codes with its camera, where the browser can. What it sees is a scan like any
// other; no picture is kept or sent.
"use strict";

(() => {
  const button = document.querySelector("[data-camera]"), eye = document.querySelector("#eye");
  const EVERY = 250, TWICE = 2000;
  if (!button || !("BarcodeDetector" in window) || !navigator.mediaDevices || !matchMedia("(pointer: coarse)").matches) return;
  button.hidden = false;
  let stream = null, seen = { text: "", at: 0 };

  async function open() {
    const reader = new BarcodeDetector({ formats: ["qr_code", "code_128"] });
    try { stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }); }
    catch { button.hidden = true; return; } // no camera, or nobody allowed it: the scanner and the field remain
    eye.srcObject = stream;
    eye.hidden = false;
    button.setAttribute("aria-pressed", "true");
    await eye.play();
    look(reader, stream);
  }
  function close() {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = eye.srcObject = null;
    eye.hidden = true;
    button.setAttribute("aria-pressed", "false");
  }
  async function look(reader, mine) {
    if (stream !== mine) return;
    const [found] = await reader.detect(eye).catch(() => []);
    const now = performance.now();
    if (found && (found.rawValue !== seen.text || now - seen.at > TWICE)) take(found.rawValue);
    if (found) seen = { text: found.rawValue, at: now };
    setTimeout(look, EVERY, reader, mine);
  }
  function take(text) {
    const scan = document.querySelector("[data-scan]");
    scan.value = text;
    scan.form.requestSubmit();
    scan.value = "";
    navigator.vibrate?.(60);
  }

  button.addEventListener("click", () => (stream ? close() : open()));
  document.addEventListener("visibilitychange", () => { if (document.hidden) close(); });
})();
