// The camera as a scanner: frames are read by the browser where it can (BarcodeDetector), else by the shop's computer.
// One frame is on its way at a time, so a slow network makes it slower, never wrong.
const WIDTH = 800;
const PAUSE_MS = 150;
const AGAIN_MS = 2000; // the same code is taken once while it stays in view
const TWICE_WITHIN_MS = 1500; // bars are believed when two frames agree; a square code corrects its own errors

class Camera {
  constructor(box, onCode) {
    this.box = box;
    this.video = box.querySelector("video");
    this.statusLine = box.querySelector("[role=status]");
    this.torch = box.querySelector("[data-torch]");
    this.onCode = onCode;
    this.seenAt = new Map(); // several codes may be in view: each has its own time
    this.takenAt = new Map();
    box.querySelector("[data-open]").addEventListener("click", () => (this.stream ? this.close() : this.open()));
    this.torch.addEventListener("click", () => this.toggleTorch());
    addEventListener("pagehide", () => this.close());
  }

  // The button's name says what it does next, also where only its icon is shown.
  setState(state) {
    this.box.dataset.state = state;
    this.box.querySelector("[data-open]").setAttribute("aria-label", this.box.querySelector(`.when-${state}`).textContent);
  }

  async open() {
    this.showStatus("");
    if (!navigator.mediaDevices?.getUserMedia) return this.showStatus("insecure");
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 } },
      });
    } catch {
      return this.showStatus("refused");
    }
    this.video.srcObject = this.stream;
    await this.video.play();
    this.setState("on");
    const [track] = this.stream.getVideoTracks();
    this.torch.hidden = !track.getCapabilities?.().torch;
    this.detector = await makeNativeDetector();
    this.readFrames();
  }

  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.setState("off");
  }

  async toggleTorch() {
    const [track] = this.stream.getVideoTracks();
    this.lit = !this.lit;
    await track.applyConstraints({ advanced: [{ torch: this.lit }] });
  }

  async readFrames() {
    while (this.stream) {
      try {
        for (const { text, symbology } of await this.readFrame()) this.noteCode(text, /qr|matrix/i.test(symbology));
        this.showStatus("");
      } catch {
        this.showStatus("offline");
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async readFrame() {
    if (this.detector) {
      return (await this.detector.detect(this.video)).map((found) => ({ text: found.rawValue, symbology: found.format }));
    }
    const answer = await fetch(this.box.dataset.reader, {
      method: "POST",
      headers: { "Content-Type": "image/jpeg", "X-CSRFToken": this.box.dataset.token },
      body: await makeJpeg(this.video),
    });
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  }

  noteCode(code, isSquare) {
    const now = performance.now();
    const isSecond = now - (this.seenAt.get(code) ?? -TWICE_WITHIN_MS) < TWICE_WITHIN_MS;
    const isStillThere = now - (this.takenAt.get(code) ?? -AGAIN_MS) < AGAIN_MS;
    this.seenAt.set(code, now);
    if (!isSecond && !isSquare) return;
    this.takenAt.set(code, now);
    if (isStillThere) return;
    navigator.vibrate?.(60);
    this.onCode(code);
  }

  showStatus(what) {
    this.statusLine.textContent = what ? this.statusLine.dataset[what] : "";
  }
}

async function makeNativeDetector() {
  const wanted = ["ean_13", "ean_8", "itf", "code_128", "qr_code", "data_matrix"];
  const supported = (await globalThis.BarcodeDetector?.getSupportedFormats?.()) ?? [];
  return wanted.every((format) => supported.includes(format)) ? new BarcodeDetector({ formats: wanted }) : null;
}

function makeJpeg(video) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.min(WIDTH, video.videoWidth);
  canvas.height = Math.round((video.videoHeight * canvas.width) / video.videoWidth);
  const brush = canvas.getContext("2d");
  brush.filter = "grayscale(1)";
  brush.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8));
}

// A box made by web/camera.html hands every new code to `onCode`.
export function watchCameras(onCode) {
  for (const box of document.querySelectorAll("[data-camera]")) new Camera(box, onCode);
}
