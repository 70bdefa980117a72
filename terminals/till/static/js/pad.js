// Pads of digits or letters on the screen, the dots of a PIN, cash and its change, grouped numbers.
const say = (words) => { document.getElementById("spoken").textContent = words; };
const fieldOf = (form) => form?.querySelector("[data-pad-field]");

const type = (field, what) => {
  const longest = Number(field.dataset.padLength || 20);
  if (what === "delete") field.value = field.value.slice(0, -1);
  else if (field.value.length < longest) field.value += what;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};

const onInput = ({ target }) => {
  if (target.matches("[data-pad-send]")) pin(target);
  if (target.matches("[data-pad-amount]")) cash(target);
  if (target.matches("[data-grouped]")) grouped(target);
};

const pin = (field) => {
  field.value = field.value.replace(/\D/g, "");
  dots(field);
  say(field.dataset.said.replace("#", field.value.length));
  if (field.value.length !== Number(field.dataset.padLength)) return;
  field.form.requestSubmit();
  setTimeout(() => { // on its way: the next digit begins another PIN
    field.value = "";
    dots(field);
  });
};
const dots = (field) => field.parentElement.querySelectorAll(".pin__dots i").forEach(
  (dot, place) => dot.classList.toggle("is-filled", place < field.value.length));

/** Cents of what is typed, or null; never by way of a fraction. */
const cents = (text) => {
  const found = /^(\d{1,5})(?:[.,](\d{0,2}))?$/.exec(text.trim());
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : null;
};
const euro = (amount) => {
  const whole = Math.trunc(amount / 100);
  const rest = String(amount % 100).padStart(2, "0");
  return document.documentElement.lang === "en" ? `€${whole}.${rest}` : `${whole},${rest}\u00a0€`;
};

const cash = (field) => {
  field.value = field.value.replace(/[^\d.,]/g, "");
  const box = field.closest("[data-cash]");
  const task = field.closest(".task");
  const given = cents(field.value);
  const change = given === null ? null : given - Number(box.dataset.total);
  const isShort = change !== null && change < 0;
  const line = task.querySelector(".cash__change");
  line.toggleAttribute("data-is-short", isShort);
  line.querySelector("[data-change]").value =
    change === null ? "–" : isShort ? box.dataset.short.replace("#", euro(-change)) : euro(change);
  const go = task.querySelector("[data-cash-go]");
  go.classList.toggle("key--blocked", isShort);
  go.classList.toggle("key--primary", !isShort);
  go.toggleAttribute("data-blocked", isShort);
};

const grouped = (field) => {
  if (field.selectionStart !== field.value.length) return;
  field.value = field.value.replace(/\s/g, "").replace(/(.{4})(?=.)/g, "$1 ");
};

export const watchPads = () => {
  document.addEventListener("click", ({ target }) => {
    const key = target.closest?.("[data-pad]");
    const field = key && fieldOf(key.form);
    if (field) type(field, key.dataset.pad);
  });
  document.addEventListener("input", onInput);
  // Digits of the keyboard reach the field even when the focus was left on a key of the pad.
  document.addEventListener("keydown", (event) => {
    const focused = document.activeElement;
    const field = fieldOf(focused?.closest("form")) ?? fieldOf(document.querySelector(".pin"));
    if (!field || event.defaultPrevented || focused?.matches("input")) return;
    if (/^[0-9]$/.test(event.key) || event.key === "Backspace") {
      event.preventDefault();
      type(field, event.key === "Backspace" ? "delete" : event.key);
    }
  });
};
