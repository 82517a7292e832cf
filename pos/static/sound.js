// Five sounds, made here, and a flash of the screen's edge for those who can't hear them.
const TONES = {
  ok: [[1320, 0.07]],
  no: [[330, 0.16], [247, 0.24]],
  done: [[880, 0.09], [1109, 0.14]],
  look: [[660, 0.1]],
  bounce: [[196, 0.05]],
};
let audio;

export function play(name) {
  const tones = TONES[name];
  if (!tones) return;
  flash(name);
  try {
    audio ??= new AudioContext();
    let at = audio.currentTime;
    for (const [pitch, length] of tones) {
      const voice = audio.createOscillator();
      const loudness = audio.createGain();
      voice.frequency.value = pitch;
      loudness.gain.setValueAtTime(0.15, at);
      loudness.gain.exponentialRampToValueAtTime(0.001, at + length);
      voice.connect(loudness).connect(audio.destination);
      voice.start(at);
      voice.stop(at + length);
      at += length;
    }
  } catch {
    // a machine without sound still sells
  }
}

function flash(name) {
  document.body.dataset.flash = name;
  setTimeout(() => delete document.body.dataset.flash, 220);
}
