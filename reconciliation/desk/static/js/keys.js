// Keys of the desk. A page marks what a letter presses with data-key="a", its rows' links with
// data-row, dialogs' buttons with data-opens="id". Single letters act only when no field has the
// focus, and one setting of this browser switches them all off (WCAG 2.1.4).
const SETTING = "stadtkasse.keys";
const DENSITY = "stadtkasse.density";
const GO = {
  m: "/desk/", d: "/desk/differenzen", e: "/desk/aufgaben", f: "/desk/freigaben",
  a: "/desk/auszahlungen", v: "/desk/verrechnung", u: "/desk/ungeklaert", x: "/desk/dateien",
  j: "/desk/journal", k: "/desk/konten", t: "/desk/tage", s: "/desk/spaete", o: "/desk/monate",
  b: "/desk/bargeld", p: "/desk/pruefungen", y: "/desk/uebergaben", n: "/desk/laeufe",
  i: "/desk/siegel", l: "/desk/einstellungen",
};
const WAIT_MS = 1500;

const root = document.documentElement;
const stored = (name) => {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // storage is switched off: every visit begins with the defaults
  }
};
const store = (name, value) => {
  try {
    localStorage.setItem(name, value);
  } finally {
    root.setAttribute(`data-${name.split(".")[1]}`, value);
  }
};
for (const name of [SETTING, DENSITY]) {
  if (stored(name)) root.setAttribute(`data-${name.split(".")[1]}`, stored(name));
}
const lettersAreOff = () => root.dataset.keys === "off";

const isTyping = (element) =>
  element.isContentEditable || /^(SELECT|TEXTAREA)$/.test(element.tagName) ||
  (element.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(element.type));
const openDialog = () => document.querySelector("dialog[open]");

const show = (dialog) => {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  const fields = ".desk-dialog__body :is(input:not([type=hidden]), select, textarea), .desk-dialog__foot button";
  (dialog.querySelector("[data-first]") ?? dialog.querySelector(fields))?.focus();
};

const linkTo = (path) =>
  [...document.querySelectorAll(".nav__link[href]")].find((link) => {
    const its = new URL(link.href).pathname;
    return its === path || (path !== "/desk/" && its.startsWith(`${path}/`));
  });

const rows = () => [...document.querySelectorAll("a[data-row]")].filter((row) => row.checkVisibility());
const current = () => {
  const all = rows();
  const focused = all.find((row) => row === document.activeElement || row.closest("tr")?.contains(document.activeElement));
  return focused ?? all.find((row) => row.closest("[aria-current=true]"));
};
const move = (by) => {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
  next.focus();
  next.closest("tr")?.scrollIntoView({ block: "nearest" });
};

// The row that has the focus is the current one; its facts stand in the foot of the table.
let asked = 0;
const select = async (row) => {
  for (const marked of document.querySelectorAll("tr[aria-current=true]")) marked.removeAttribute("aria-current");
  row.closest("tr")?.setAttribute("aria-current", "true");
  const place = document.getElementById(row.dataset.detailIn ?? "");
  if (!place || !row.dataset.detail) return;
  const turn = ++asked;
  const answer = await fetch(row.dataset.detail, { headers: { "HX-Request": "true" } });
  if (turn === asked && answer.ok) place.innerHTML = await answer.text();
};
document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("a[data-row]");
  if (row) select(row);
});

const press = (key) => {
  const scope = openDialog() ?? document;
  const target = [...scope.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((one) => one.checkVisibility() && !one.disabled);
  if (!target) return false;
  if (isTyping(target)) target.focus();
  else target.click();
  return true;
};

const pick = () => {
  const box = current()?.closest("tr")?.querySelector("input[type=checkbox]");
  if (box) box.click();
  return Boolean(box);
};

const LETTERS = {
  "/": () => { const field = document.getElementById("suche"); field?.focus(); field?.select(); return Boolean(field); },
  "?": () => { show(document.getElementById("tasten")); return true; },
  j: () => { if (rows().length) { move(1); return true; } return press("j"); },
  k: () => { if (rows().length) { move(-1); return true; } return press("k"); },
  x: () => pick() || press("x"),
};

let goUntil = 0;
const go = (key) => {
  goUntil = 0;
  const link = GO[key] && linkTo(GO[key]);
  if (link) location.assign(link.href);
  return Boolean(link);
};

const back = () => {
  if (openDialog()) return false; // the browser closes it
  if (isTyping(document.activeElement)) { document.activeElement.blur(); return true; }
  const up = document.querySelector("[data-back]");
  if (up) location.assign(up.href);
  return Boolean(up);
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    if (press("ctrl-enter")) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape") { if (back()) event.preventDefault(); return; }
  if (isTyping(event.target)) return;
  if (event.key.startsWith("Arrow") && event.target.closest("a[data-row]")) {
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else return;
    event.preventDefault();
    return;
  }
  if (event.key === "Enter") {
    if (event.target === document.body && press("enter")) event.preventDefault();
    return;
  }
  if (lettersAreOff() || event.key.length !== 1) return;
  const key = event.key.toLowerCase();
  if (!openDialog() && Date.now() < goUntil) { if (go(key)) event.preventDefault(); return; }
  if (!openDialog() && key === "g") { goUntil = Date.now() + WAIT_MS; return; }
  const done = openDialog() ? press(key) : (LETTERS[key] ?? (() => press(key)))();
  if (done) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) { event.preventDefault(); show(document.getElementById(opener.dataset.opens)); }
  const closer = event.target.closest("[data-closes]");
  if (closer) { event.preventDefault(); closer.closest("dialog").close(); }
});

// What the server asks for again (a form with a fault) stands open when the page arrives.
for (const dialog of document.querySelectorAll("dialog[data-open]")) show(dialog);
for (const form of document.querySelectorAll("form[data-auto]")) {
  form.addEventListener("change", () => form.requestSubmit());
}
for (const box of document.querySelectorAll("[data-pick-all]")) {
  box.addEventListener("change", () => {
    for (const one of document.querySelectorAll(`input[name="${box.dataset.pickAll}"]`)) one.checked = box.checked;
  });
}
const letters = document.getElementById("tasten-an");
if (letters) {
  letters.checked = !lettersAreOff();
  letters.addEventListener("change", () => store(SETTING, letters.checked ? "on" : "off"));
}
const density = document.getElementById("zeilen");
if (density) {
  density.value = root.dataset.density ?? "normal";
  density.addEventListener("change", () => store(DENSITY, density.value));
}
root.dataset.desk = "ready";
