// The display menu: how this device shows things, whether it sounds, whether digits are keys.
import { onPage } from "./page.js";

const DEFAULTS = { large: "off", sound: "on", digits: "on" };
const { kept, keep } = window.tillDisplay;

const marked = () => {
  for (const key of document.querySelectorAll("[data-display]")) {
    key.ariaPressed = String((kept("display") ?? "auto") === key.dataset.display);
  }
  for (const key of document.querySelectorAll("[data-option]")) {
    key.ariaPressed = String((kept(key.dataset.option) ?? DEFAULTS[key.dataset.option]) === "on");
  }
};

export const watchMenus = () => {
  document.addEventListener("click", ({ target }) => {
    const key = target.closest?.("[data-display], [data-option]");
    if (!key) return;
    if (key.dataset.display) keep("display", key.dataset.display);
    else keep(key.dataset.option, key.ariaPressed === "true" ? "off" : "on");
    marked();
  });
  onPage(marked);
};
