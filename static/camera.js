// A paper before the camera of the machine: what may be wrong is told while there is still time to mend it.
// Where no camera can be had (none there, nobody allowed it, an address that is not secure) the field for
// files stays. It also keeps a screen alive that waits for a phone.
"use strict";

(() => {
  const EVERY = 350, WIDTH = 240;   // ms between two looks; dots of the small picture looked at
  const DARK = 70, BRIGHT = 250, GLARING = 0.06, SHARP = 18, EDGE = 0.35;
  let stream = null;

  // What the small picture says: "dark", "glare", "blurred", "cut", or "good".
  function judged({ data, width, height }) {
    const grey = new Float32Array(width * height);
    let sum = 0, burnt = 0;
    for (let at = 0; at < grey.length; at += 1) {
      grey[at] = 0.299 * data[4 * at] + 0.587 * data[4 * at + 1] + 0.114 * data[4 * at + 2];
      sum += grey[at];
      burnt += grey[at] > BRIGHT;
    }
    const mean = sum / grey.length;
    if (mean < DARK) return "dark";
    if (burnt / grey.length > GLARING) return "glare";
    if (isCut(grey, width, height, mean)) return "cut";
    return sharpness(grey, width, height) < SHARP ? "blurred" : "good";
  }

  // A paper is lighter than what it lies on: where its light runs over an edge of the picture, a corner is missing.
  function isCut(grey, width, height, mean) {
    const light = (at) => grey[at] > mean * 1.15;
    const share = (count, index) => {
      let found = 0;
      for (let step = 0; step < count; step += 1) found += light(index(step));
      return found / count;
    };
    const edges = [
      share(width, (x) => width + x), share(width, (x) => (height - 2) * width + x),
      share(height, (y) => y * width + 1), share(height, (y) => y * width + width - 2),
    ];
    return edges.some((one) => one > EDGE);
  }

  // How much neighbouring dots differ where they differ most: letters do, a blur does not.
  function sharpness(grey, width, height) {
    const steps = [];
    for (let y = 1; y < height - 1; y += 1)
      for (let x = 1; x < width - 1; x += 1) {
        const at = y * width + x;
        steps.push(Math.abs(4 * grey[at] - grey[at - 1] - grey[at + 1] - grey[at - width] - grey[at + width]));
      }
    steps.sort((one, other) => other - one);
    return steps[Math.floor(steps.length / 50)] ?? 0;
  }

  function look(box, video, mine) {
    if (stream !== mine) return;   // another screen has the camera by now
    if (!box.isConnected) return close();
    if (video.videoWidth) {
      const small = new OffscreenCanvas(WIDTH, Math.round((WIDTH * video.videoHeight) / video.videoWidth));
      const pen = small.getContext("2d", { willReadFrequently: true });
      pen.drawImage(video, 0, 0, small.width, small.height);
      tell(box, judged(pen.getImageData(0, 0, small.width, small.height)));
    }
    setTimeout(look, EVERY, box, video, mine);
  }

  function tell(box, what) {
    const told = box.querySelector(".hinted");
    told.classList.toggle("good", what === "good");
    if (told.textContent !== box.dataset[what]) told.textContent = box.dataset[what];
  }

  async function open(box) {
    const form = box.closest("form");
    if (box.dataset.camera === "native") return choose(form);
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: "environment", width: { ideal: 3840 }, height: { ideal: 2160 } },
      });
    } catch { return without(form, box); }
    const video = box.querySelector("video");
    video.srcObject = stream;
    box.hidden = false;
    form.querySelector("[data-chooser]").hidden = form.querySelector("[data-send]").hidden = true;
    const shoot = form.querySelector("[data-shoot]");
    shoot.hidden = false;
    shoot.addEventListener("click", () => take(form, video));
    await video.play().catch(() => {});
    look(box, video, stream);
  }

  // A phone has a camera of its own behind the field for files, and a better one.
  function choose(form) {
    form.querySelector("[data-chooser]").classList.add("live");
    form.querySelector("[data-send]").hidden = true;
  }

  function without(form, box) {
    const told = form.querySelector("[data-no-camera]");
    told.textContent = box.dataset.none;
    told.hidden = false;
  }

  // The whole picture, as if it had been chosen as a file.
  function take(form, video) {
    if (!video.videoWidth) return;
    const large = document.createElement("canvas");
    large.width = video.videoWidth;
    large.height = video.videoHeight;
    large.getContext("2d").drawImage(video, 0, 0);
    large.toBlob((blob) => {
      const files = new DataTransfer();
      files.items.add(new File([blob], "anh.jpg", { type: "image/jpeg" }));
      form.querySelector("[name=pages]").files = files.files;
      form.requestSubmit(form.querySelector("[data-send]"));
    }, "image/jpeg", 0.92);
  }

  function close() {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
  }

  function begin() {
    const box = document.querySelector("[data-camera]");
    if (!box) return close();
    if (!box.dataset.begun) {
      close();   // of this screen as it was before its picture was refused
      box.dataset.begun = "yes";
      open(box);
    }
  }

  // On a phone the choice itself sends: there is nothing more to say.
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.type !== "file" || !field.files.length || !field.closest(".shooting")) return;
    field.form.requestSubmit(field.form.querySelector("[data-send]"));
  });

  // Who sends pages from a phone is at work, though nobody touches this screen.
  let arrived = "";
  function waits() {
    const now = document.querySelector("[data-arrived]");
    if (!now) { arrived = ""; return; }
    const told = now.dataset.arrived;
    if ("atWork" in now.dataset || (arrived && told !== arrived)) document.dispatchEvent(new Event("input"));
    arrived = told;
  }

  document.addEventListener("htmx:afterSettle", () => { begin(); waits(); });
  document.addEventListener("DOMContentLoaded", () => { begin(); waits(); });
  addEventListener("pagehide", close);
})();
