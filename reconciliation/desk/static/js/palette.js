// Strg K: every page of the navigation, every action of this page, and whatever the search finds,
// by a few letters of its German or English name. Without this script the search page does it.
const ENGLISH = {
  "/desk/": "Morning page", "/desk/differenzen": "Differences", "/desk/aufgaben": "My tasks",
  "/desk/freigaben": "Approvals", "/desk/auszahlungen": "Payouts",
  "/desk/verrechnung": "Clearing accounts", "/desk/ungeklaert": "Unidentified money",
  "/desk/dateien": "Statements, files", "/desk/journal": "Journal", "/desk/konten": "Accounts",
  "/desk/tage": "Day close", "/desk/spaete": "Late items", "/desk/monate": "Month end",
  "/desk/bargeld": "Cash and cost", "/desk/pruefungen": "Till audit", "/desk/uebergaben": "Exports",
  "/desk/laeufe": "Night runs", "/desk/siegel": "Seals",
  "/desk/einstellungen": "Settings",
  annehmen: "Accept", ablehnen: "Reject", "von-hand": "Match by hand", aufteilen: "Split",
  ausbuchen: "Request write-off", zuweisen: "Assign", notiz: "Note", wiedervorlage: "Put off",
  korrektur: "Book a correction", storno: "Request reversal", merken: "Keep filter",
};
const SHOWN = 8;
const WAIT_MS = 150;

const dialog = document.getElementById("befehle");
const field = document.getElementById("befehle-feld");
const list = document.getElementById("befehle-liste");
const count = document.getElementById("befehle-zahl");
const opener = document.querySelector("[data-palette]");

const said = (element) => (element.querySelector(".kern-label") ?? element).textContent.trim().replace(/\s+/g, " ");
const pages = () =>
  [...document.querySelectorAll(".nav__link[href]")].map((link) => {
    const path = new URL(link.href).pathname;
    const known = Object.keys(ENGLISH).find((one) => one === path || (one !== "/desk/" && path.startsWith(`${one}/`)));
    const words = [...link.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent.trim()).join("");
    return { kind: "Seite", title: words, also: ENGLISH[known] ?? "", words: "", href: link.href };
  });
const actions = () =>
  [...document.querySelectorAll("main :is(button, a).desk-btn, main button[data-opens]")]
    .filter((one) => !one.closest("dialog") && one.checkVisibility() && !one.disabled)
    .map((one) => ({ kind: "Aktion", title: said(one), also: ENGLISH[one.dataset.opens] ?? "", words: "", press: one }));

const folded = (words) => words.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
const fits = (one, asked) => asked.every((part) => folded(`${one.title} ${one.also}`).includes(part));

let shown = [];
let at = 0;
let turn = 0;
const mark = (next) => {
  at = shown.length ? (next + shown.length) % shown.length : 0;
  [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
  const item = list.children[at];
  if (item) field.setAttribute("aria-activedescendant", item.id);
  else field.removeAttribute("aria-activedescendant");
  item?.scrollIntoView({ block: "nearest" });
};
const row = (one, place) => {
  const item = document.createElement("li");
  item.id = `befehl-${place}`;
  item.setAttribute("role", "option");
  item.className = "palette__item";
  for (const [name, words] of [["kind", one.kind], ["title", one.title], ["words", one.words || one.also]]) {
    const part = document.createElement("span");
    part.className = `palette__${name}`;
    part.textContent = words;
    item.append(part, " ");
  }
  item.addEventListener("click", () => choose(place));
  return item;
};
const draw = (found) => {
  shown = found;
  list.replaceChildren(...found.map(row));
  field.setAttribute("aria-expanded", String(found.length > 0));
  list.hidden = found.length === 0;
  count.textContent = found.length ? `${found.length} Treffer` : "Kein Treffer. Eingabe öffnet die Suche.";
  mark(0);
};
const choose = (place) => {
  const one = shown[place];
  if (!one) return;
  if (one.href) { location.assign(one.href); return; }
  dialog.close();
  one.press.click();
};

const look = async () => {
  const mine = ++turn;
  const words = field.value.trim();
  const asked = folded(words).split(/\s+/).filter(Boolean);
  const near = [...actions(), ...pages()].filter((one) => fits(one, asked)).slice(0, words ? SHOWN : 2 * SHOWN);
  draw(near);
  if (words.length < 2) return;
  await new Promise((done) => setTimeout(done, WAIT_MS));
  if (mine !== turn) return;
  const answer = await fetch(`${field.form.dataset.hits}?q=${encodeURIComponent(words)}`);
  if (mine !== turn || !answer.ok) return;
  const { exact, hits } = await answer.json();
  draw(exact ? [...hits, ...near] : [...near, ...hits]);
};

const open = () => {
  if (document.querySelector("dialog[open]")) return;
  field.value = "";
  dialog.showModal();
  field.focus();
  look();
};

if (dialog) {
  opener.hidden = false;
  opener.addEventListener("click", open);
  field.addEventListener("input", look);
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at - 1);
    else if (event.key === "Enter" && shown.length) choose(at);
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    open();
  });
  document.documentElement.dataset.palette = "ready";
}
