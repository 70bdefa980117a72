// Protects against fingers: a key fires when it is left within 24 px of where it was pressed, a
// second tap on a paying key within 600 ms is swallowed, a new stage ignores input for 400 ms.
import { onPage } from "./page.js";

const SLOP = 24;
const TWICE = 600;
const SETTLE = 400;
const KEYS = "button, a.key";

let pressed = null;
let settling = 0; // the timer of a stage that is too new for input
const last = { key: "", at: -TWICE };

const stop = (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
};
const isOnStage = (target) => target.closest?.(".stage, .column");

const onDown = (event) => {
  const key = event.target.closest?.(KEYS);
  if (!key) return;
  pressed = { key, x: event.clientX, y: event.clientY, clicked: false };
  key.classList.add("is-pressed");
};

// A finger that slid off the key but stayed close still meant it: the browser would not click.
const onUp = (event) => {
  const press = pressed;
  pressed = null;
  if (!press) return;
  press.key.classList.remove("is-pressed");
  const isClose = Math.hypot(event.clientX - press.x, event.clientY - press.y) <= SLOP;
  const isOff = !press.key.contains(document.elementFromPoint(event.clientX, event.clientY));
  if (isClose && isOff && press.key.isConnected) press.key.click();
};

const onClick = (event) => {
  const key = event.target.closest?.(KEYS);
  if (!key) return;
  if (key.hasAttribute("data-blocked")) return stop(event);
  if (isOnStage(key) && settling) return stop(event);
  if (!key.hasAttribute("data-once")) return undefined;
  const name = `${key.name}=${key.value}|${key.form?.action}`;
  const isTwice = last.key === name && performance.now() - last.at < TWICE;
  if (isTwice) return stop(event);
  Object.assign(last, { key: name, at: performance.now() });
  return undefined;
};

// While it is on, <body data-settling> says so.
const settle = () => {
  clearTimeout(settling);
  document.body.dataset.settling = "";
  settling = setTimeout(() => {
    settling = 0;
    delete document.body.dataset.settling;
  }, SETTLE);
};

export const watchGuard = () => {
  document.addEventListener("pointerdown", onDown, { capture: true, passive: true });
  document.addEventListener("pointerup", onUp, { capture: true });
  document.addEventListener("pointercancel", () => {
    pressed?.key.classList.remove("is-pressed");
    pressed = null;
  });
  document.addEventListener("click", onClick, { capture: true });
  onPage((now, before) => {
    if (before.stage && now.stage !== before.stage) settle();
  });
};
