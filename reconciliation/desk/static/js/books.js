// The books' pages: printing, and the four columns of an explanation, which are plain links: a
// chosen row fetches the page and swaps the columns, so scroll positions of the others stay.
const columns = () => document.querySelector("[data-columns]");
const rowsOf = (number) => [...columns().querySelectorAll(`a[data-column="${number}"]`)];
const chosenOf = (number) =>
  rowsOf(number).find((row) => row.closest("tr")?.matches("[aria-current=true]")) ?? rowsOf(number)[0];

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

const choose = async (row) => {
  const number = row.dataset.column;
  const answer = await fetch(row.href);
  if (!answer.ok) { location.assign(row.href); return; }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const places = [...columns().querySelectorAll(".scroll")].map((one) => one.scrollTop);
  columns().replaceWith(document.adoptNode(fresh.querySelector("[data-columns]")));
  [...columns().querySelectorAll(".scroll")].forEach((one, at) => {
    if (at < number) one.scrollTop = places[at]; // what lies right of it is new
  });
  history.replaceState(null, "", row.href);
  chosenOf(number)?.focus();
};

const copy = () => {
  const row = document.activeElement?.closest("tr") ?? chosenOf(3)?.closest("tr");
  const figure = row?.querySelector("td.number:not(.muted)");
  if (figure) navigator.clipboard?.writeText(figure.textContent.trim());
};

if (columns()) {
  document.addEventListener("click", (event) => {
    const row = event.target.closest("a[data-column]");
    if (!row || row.dataset.column === "4" || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    choose(row);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const typing = event.target.matches?.("input:not([type=checkbox]), select, textarea");
    if (typing) return;
    const here = event.target.closest?.("a[data-column]");
    if (event.key === "c" && document.documentElement.dataset.keys !== "off") copy();
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    const next = Math.min(4, Math.max(1, Number(here?.dataset.column ?? 0) + by));
    const target = chosenOf(next);
    if (!target) return;
    event.preventDefault();
    target.focus();
  }, true);
  // Up and down stay within a column.
  document.addEventListener("keydown", (event) => {
    const here = event.target.closest?.("a[data-column]");
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!here || !by) return;
    const all = rowsOf(here.dataset.column);
    const next = all[Math.min(all.length - 1, Math.max(0, all.indexOf(here) + by))];
    event.preventDefault();
    event.stopImmediatePropagation();
    next.focus();
    next.closest("tr")?.scrollIntoView({ block: "nearest" });
  }, true);
}
