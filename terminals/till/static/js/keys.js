// The numeric pad and the function keys. A key of the page says in `data-keys` what presses it, so
// a new screen needs nothing here. Digits and signs act only from stage or column, never in a field.
const FIELD = "input:not([type=hidden]):not([readonly]), textarea, select";
const NAMES = { ",": "Delete", Del: "Delete", Esc: "Escape" };
const SIGNS = /^[0-9+\-*/]$/;

let quantity = null; // digits typed after *
let isByKeys = false; // Tab or an arrow moved the focus last; no finger has touched since

const find = (name) => {
  const candidates = [...document.querySelectorAll(`#till [data-keys~="${CSS.escape(name)}"]`)];
  return candidates.find((key) => key.checkVisibility());
};
const isElsewhere = (active) =>
  active && active !== document.body && !active.closest(".stage, .column");
const mayType = (active) =>
  window.tillDisplay.kept("digits") !== "off" && !active?.matches(FIELD) && !isElsewhere(active);

const press = (event, name) => {
  const key = find(name);
  // No big key now: then Enter does nothing, and least of all what the finger tapped before.
  if (key || (name === "Enter" && document.activeElement?.matches("button"))) event.preventDefault();
  key?.click();
};

// * 3 Enter sets the quantity of the marked line.
const onQuantity = (event, name) => {
  event.preventDefault();
  if (/^[0-9]$/.test(name)) quantity = (quantity + name).slice(0, 3);
  else if (name === "Enter") {
    const form = document.getElementById("set-quantity");
    if (form && quantity) {
      form.elements.quantity.value = quantity;
      form.requestSubmit();
    }
    quantity = null;
  } else quantity = null;
};

const onKey = (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  const name = NAMES[event.key] ?? event.key;
  const active = document.activeElement;
  if (name === "Tab" || name.startsWith("Arrow")) isByKeys = true;
  if (quantity !== null) return onQuantity(event, name);
  if (event.key === "F1") {
    event.preventDefault();
    return document.getElementById("keys").togglePopover();
  }
  const isFunction = /^F\d+$/.test(name) || name.startsWith("Page") || name === "Escape";
  if (isFunction) return press(event, name);
  // No amount has a stroke in it: there it is the key for the exact sum.
  if (name === "/" && active?.matches("[data-pad-amount]")) return press(event, name);
  if (!mayType(active)) return undefined;
  if (name === "*" && document.getElementById("set-quantity")) {
    event.preventDefault();
    quantity = "";
    return undefined;
  }
  // Enter means the focused key only where Tab or an arrow led to it; else it is the big key.
  // (:focus-visible cannot tell: a browser says so of a key that was tapped, too.)
  if (name === "Enter" && isByKeys && active?.matches("button")) return undefined;
  if (SIGNS.test(name) || name === "Delete" || name === "Enter") return press(event, name);
  return onArrow(event, name, active);
};

// Arrow keys move over the tiles by where they lie.
const onArrow = (event, name, active) => {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[name];
  if (!step || !active?.matches(".tile")) return;
  event.preventDefault();
  const from = active.getBoundingClientRect();
  const ahead = [...document.querySelectorAll(".tile")]
    .map((tile) => ({ tile, box: tile.getBoundingClientRect() }))
    .map(({ tile, box }) => ({ tile, x: box.left - from.left, y: box.top - from.top }))
    .filter(({ x, y }) => (step[0] ? x * step[0] > 1 && Math.abs(y) < 20 : y * step[1] > 1));
  ahead.sort((a, b) => Math.hypot(a.x, a.y * 2) - Math.hypot(b.x, b.y * 2));
  ahead[0]?.tile.focus();
};

export const watchKeys = () => {
  document.addEventListener("keydown", onKey);
  document.addEventListener("pointerdown", () => { isByKeys = false; }, { capture: true, passive: true });
};
