// Light, dark or as the device says: the choice stays in this browser. Loaded before the page is
// drawn, so that it never flashes in the other colours.
(() => {
  const KEY = "stadtkasse.theme";
  const root = document.documentElement;

  const chosen = () => {
    try {
      return localStorage.getItem(KEY) ?? "auto";
    } catch {
      return "auto"; // storage is switched off: the device decides
    }
  };

  const apply = (theme) => {
    if (theme === "auto") root.removeAttribute("data-kern-theme");
    else root.dataset.kernTheme = theme;
    for (const button of document.querySelectorAll("[data-theme]")) {
      button.setAttribute("aria-pressed", String(button.dataset.theme === theme));
    }
    document.dispatchEvent(new Event("themechange"));
  };

  const choose = (theme) => {
    try {
      localStorage.setItem(KEY, theme);
    } finally {
      apply(theme);
    }
  };

  root.dataset.js = "";
  apply(chosen());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => apply(chosen()));
  document.addEventListener("DOMContentLoaded", () => {
    for (const group of document.querySelectorAll(".themes")) group.hidden = false;
    for (const button of document.querySelectorAll("[data-theme]")) {
      button.addEventListener("click", () => choose(button.dataset.theme));
    }
    apply(chosen());
  });
})();
