// What a finger draws becomes strokes on a sheet of 600 by 240; a photograph is made small before it travels.
"use strict";

(() => {
  const SMALLEST = 3;      // units of the sheet between two points worth keeping
  const LONGEST = 19000;   // letters of a signature; the server takes few more
  const SIDE = 1280;       // dots of a photograph at its longer side
  let stroke = null;

  const padOf = (target) => target.closest?.("svg[data-sign]");
  const inkOf = (pad) => pad.querySelector(".ink");
  const fieldOf = (pad) => document.getElementById(pad.dataset.sign);
  const againOf = () => document.querySelector("[data-sign-again]");

  function write(pad, text) {
    inkOf(pad).setAttribute("d", text);
    fieldOf(pad).value = text;
    againOf().hidden = !text;
  }

  function point(pad, event) {
    const box = pad.getBoundingClientRect(), { width, height } = pad.viewBox.baseVal;
    const within = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
    return [
      within(((event.clientX - box.left) / box.width) * width, width),
      within(((event.clientY - box.top) / box.height) * height, height),
    ];
  }

  document.addEventListener("pointerdown", (event) => {
    const pad = padOf(event.target);
    if (!pad || !event.isPrimary || event.button !== 0) return;
    event.preventDefault();
    pad.setPointerCapture(event.pointerId);
    stroke = { pad, id: event.pointerId, last: point(pad, event) };
    write(pad, `${fieldOf(pad).value}M${stroke.last.join(" ")}`);
  });
  document.addEventListener("pointermove", (event) => {
    if (!stroke || event.pointerId !== stroke.id) return;
    for (const part of event.getCoalescedEvents?.() ?? [event]) {
      const [x, y] = point(stroke.pad, part), [oldX, oldY] = stroke.last;
      const text = fieldOf(stroke.pad).value;
      if (Math.hypot(x - oldX, y - oldY) < SMALLEST || text.length > LONGEST) continue;
      stroke.last = [x, y];
      write(stroke.pad, `${text}L${x} ${y}`);
    }
  });
  const lift = (event) => { if (stroke?.id === event.pointerId) stroke = null; };
  document.addEventListener("pointerup", lift);
  document.addEventListener("pointercancel", lift);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-sign-again]")) return;
    write(document.querySelector("svg[data-sign]"), "");
  });

  // A signature that came back with a fault may be drawn anew.
  const offer = () => {
    const pad = document.querySelector("svg[data-sign]");
    if (pad && fieldOf(pad)) againOf().hidden = !fieldOf(pad).value;
  };
  document.addEventListener("DOMContentLoaded", offer);
  document.addEventListener("htmx:afterSettle", offer);

  // Small, and without the place it was taken at: the picture is drawn anew. Where a browser cannot, the server does.
  document.addEventListener("change", async (event) => {
    const input = event.target;
    if (!input.matches("input[data-photo]") || !input.files.length) return;
    const [file] = input.files;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
      const sheet = document.createElement("canvas");
      sheet.width = Math.round(picture.width * scale);
      sheet.height = Math.round(picture.height * scale);
      sheet.getContext("2d").drawImage(picture, 0, 0, sheet.width, sheet.height);
      const blob = await new Promise((done) => sheet.toBlob(done, "image/jpeg", 0.7));
      const held = new DataTransfer();
      held.items.add(new File([blob], "anh.jpg", { type: "image/jpeg" }));
      if (input.files[0] !== file) return; // another was taken meanwhile
      input.files = held.files;
      document.querySelector("[data-photo-told]").textContent = `Đã có ảnh, ${Math.ceil(blob.size / 1024)} KB.`;
    } catch { /* the server makes it small */ }
  });
})();
