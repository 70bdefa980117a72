// How this device shows the register: light, dark, sun, larger. Runs before the first paint.
(() => {
  const root = document.documentElement;
  const kept = (name) => {
    try { return localStorage.getItem(`till.${name}`); } catch { return null; }
  };
  const show = () => {
    const mode = kept("display") ?? "auto";
    root.toggleAttribute("data-sun", mode === "sun");
    root.toggleAttribute("data-large", kept("large") === "on");
    if (mode === "auto") delete root.dataset.kernTheme;
    else root.dataset.kernTheme = mode === "dark" ? "dark" : "light";
  };
  root.classList.add("has-script");
  window.tillDisplay = { kept, show, keep: (name, value) => {
    try { localStorage.setItem(`till.${name}`, value); } catch { /* then it holds until reload */ }
    show();
  } };
  show();
})();
