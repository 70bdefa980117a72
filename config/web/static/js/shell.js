// The navigation behind its button on small screens, and the groups of a table that fold.
const setExpanded = (button, isOpen) => button.setAttribute("aria-expanded", String(isOpen));

for (const button of document.querySelectorAll(".nav__toggle")) {
  const nav = document.getElementById(button.getAttribute("aria-controls"));
  button.addEventListener("click", () => setExpanded(button, nav.toggleAttribute("data-open")));
  nav.addEventListener("click", (event) => {
    if (event.target.closest("a")) {
      nav.removeAttribute("data-open");
      setExpanded(button, false);
    }
  });
}

const fold = (body, isFolded) => {
  body.toggleAttribute("data-folded", isFolded);
  setExpanded(body.querySelector(".group__button"), !isFolded);
};
// The newest days stand on the right: that is where a wide table begins to be read.
for (const region of document.querySelectorAll("[data-from-end]")) {
  region.scrollLeft = region.scrollWidth;
}

const groups = [...document.querySelectorAll("tbody[data-group]")];
const isNarrow = matchMedia("(max-width: 40rem)").matches;

for (const body of groups) {
  fold(body, isNarrow);
  body.querySelector(".group__button").addEventListener("click", () => {
    fold(body, !body.hasAttribute("data-folded"));
  });
}
for (const button of document.querySelectorAll("[data-fold-all]")) {
  const isAllFolded = () => groups.every((body) => body.hasAttribute("data-folded"));
  const label = () => {
    button.textContent = isAllFolded() ? button.dataset.unfoldAll : button.dataset.foldAll;
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    const isFolded = !isAllFolded();
    for (const body of groups) fold(body, isFolded);
    label();
  });
  document.addEventListener("click", label);
  label();
}
