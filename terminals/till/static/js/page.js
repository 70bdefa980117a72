// The page the server gave last: its state on <body>, its language, its focus, and who is told.
const listeners = [];
let before = {};

/** The facts of the page that stands: state, stage, version, language, sound, now. */
export const current = () => document.querySelector("[data-page]").dataset;

/** Call `listener(now, before)` for this page and for every one that replaces it. */
export const onPage = (listener) => listeners.push(listener);

// News must not take away what somebody is typing: the page that comes knows nothing of it yet.
let typed = null;
const keepTyped = ({ sourceElement }) => {
  const focused = document.activeElement;
  // Digits of the screen's pad come without a focus.
  const field = focused?.matches("input[id]") ? focused : find("[data-pad-field][id]");
  const isTyped = field && field.value !== field.defaultValue;
  typed = sourceElement?.id === "again" && isTyped ? { id: field.id, value: field.value } : null;
};
const giveBackTyped = () => {
  const field = typed && document.getElementById(typed.id);
  if (field && field.value !== typed.value) {
    field.value = typed.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  typed = null;
};

const told = () => {
  giveBackTyped();
  const now = { ...current() };
  document.body.dataset.state = now.state;
  document.documentElement.lang = now.language;
  if (now.stage !== before.stage) focusTask();
  document.querySelector(".line--marked")?.scrollIntoView({ block: "nearest" });
  listeners.forEach((listener) => listener(now, before));
  before = now;
};

// On a new task to its field or heading; back on the tiles to the tile used last, or the first.
let lastTile = "";
const find = (selector) => document.querySelector(selector);
const focusTask = () => {
  const tile = find(`.tile[value="${CSS.escape(lastTile)}"]`);
  (find("input[data-focus]:not([readonly])") ?? find("[data-focus]") ?? tile ?? find(".tile"))
    ?.focus({ preventScroll: true, focusVisible: false });
};

export const watchPage = () => {
  document.addEventListener("htmx:after:swap", told);
  document.addEventListener("click", ({ target }) => {
    lastTile = target.closest?.(".tile")?.value ?? lastTile;
  });
  // An answer that is older than what stands, or no page of ours, changes nothing. A browser that
  // is no till (any more) has no news to compare: version 0.
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    const version = /data-version="(\d+)"/.exec(ctx.text ?? "");
    const isOurs = version && ctx.response?.status < 400;
    const isOlder = isOurs && version[1] !== "0" && Number(version[1]) < Number(current().version);
    if (!isOurs || isOlder) event.preventDefault();
    trouble(!isOurs);
    keepTyped(ctx);
  });
  document.addEventListener("htmx:error", () => trouble(true));
  told();
};

/** Show or hide that the till does not answer. */
export const trouble = (is) => {
  document.getElementById("trouble").hidden = !is;
};
