// A count: the first digit of a row replaces what stood there, Enter goes on, nothing typed is lost.
import { onPage } from "./page.js";

const field = () => document.querySelector("[data-count]");
const isTyped = (of) => of.value !== of.defaultValue;
const press = (name) => document.querySelector(`.count [data-keys~="${name}"]`)?.click();

let isFresh = false; // nothing was typed in this row yet
let row = "";

const onType = ({ target }) => {
  if (!target.matches("[data-count]")) return;
  target.value = target.value.replace(/\D/g, "");
  isFresh = false;
  const shown = document.querySelector("[data-count-shown]");
  if (shown) shown.textContent = target.value || "–";
};

// Before pad.js writes the digit: an amount that was there is not prolonged but replaced.
const onDigit = ({ target }) => {
  const key = target.closest?.(".count__pad [data-pad]");
  if (!key) return;
  const of = field();
  if (isFresh && key.dataset.pad !== "delete") of.value = "";
  isFresh = false;
};

const onEnter = (event) => {
  const of = field();
  if (event.key !== "Enter" || event.target !== of || isTyped(of)) return;
  event.preventDefault();
  press(document.querySelector(".count__keys [data-keys~=Enter]") ? "Enter" : "PageDown");
};

// Another row, a roll, the rest, the lock: what was typed is sent first, so that it is kept.
const onSubmit = ({ target }) => {
  const of = field();
  if (of && target !== of.form && isTyped(of)) {
    of.form.requestSubmit();
    of.defaultValue = of.value;
  }
};

export const watchCounts = () => {
  document.addEventListener("input", onType);
  document.addEventListener("click", onDigit, { capture: true });
  document.addEventListener("keydown", onEnter);
  document.addEventListener("submit", onSubmit, { capture: true });
  onPage(() => {
    const of = field();
    // A finger on the row that is written already means that row, too.
    const isPicked = document.activeElement?.matches(".count__pick, .count__roll");
    if (of && (of.id !== row || isPicked)) {
      isFresh = true;
      if (!document.activeElement?.matches("#bag, #bag-again")) of.focus({ preventScroll: true });
      of.select();
    }
    row = of?.id ?? "";
  });
};
