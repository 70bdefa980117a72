// Sounds are never the only sign, and can be switched off. Pairs are [hertz, milliseconds].
import { onPage } from "./page.js";

const SOUNDS = {
  sold: [[880, 90], [1320, 90]],
  scan_ok: [[1760, 40]],
  scan_refused: [[220, 120], [0, 60], [220, 120]],
  declined: [[330, 150], [220, 150]],
  unclear: [[660, 120], [0, 80], [660, 120], [0, 80], [660, 120]],
  bell: [[1046, 400]],
};
const AGAIN = 20_000; // an unclear payment calls until somebody touches the register

let context = null;
let again = null;

const play = (name) => {
  if (!SOUNDS[name] || window.tillDisplay.kept("sound") === "off") return;
  context ??= new AudioContext();
  if (context.state !== "running") return; // a browser stays silent until the first touch
  let at = context.currentTime;
  for (const [hertz, milliseconds] of SOUNDS[name]) {
    if (hertz) tone(hertz, at, milliseconds / 1000);
    at += milliseconds / 1000;
  }
};

const tone = (hertz, at, seconds) => {
  const source = new OscillatorNode(context, { frequency: hertz });
  const loudness = new GainNode(context, { gain: 0.2 });
  loudness.gain.setTargetAtTime(0, at + seconds * 0.8, 0.015);
  source.connect(loudness).connect(context.destination);
  source.start(at);
  source.stop(at + seconds + 0.06);
};

export const watchSounds = () => {
  const wake = () => {
    clearInterval(again);
    context ??= new AudioContext();
    context.resume();
  };
  document.addEventListener("pointerdown", wake, { passive: true });
  document.addEventListener("keydown", wake, { passive: true });
  onPage((now, before) => {
    if (!before.version || now.version === before.version) return;
    clearInterval(again);
    play(now.sound);
    if (now.sound === "unclear") again = setInterval(() => play("unclear"), AGAIN);
  });
};
