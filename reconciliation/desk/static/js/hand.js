// Running sums of two dialogs: rows matched by hand, and the parts of a split.
const words = (cents) => {
  const whole = Math.trunc(Math.abs(cents) / 100).toString().replace(/\B(?=(\d{3})+(?!\d))/g, ".");
  const rest = String(Math.abs(cents) % 100).padStart(2, "0");
  return `${cents < 0 ? "\u2212" : ""}${whole},${rest}\u00a0€`;
};

for (const panes of document.querySelectorAll("[data-hand]")) {
  const said = panes.parentElement.querySelector("[data-rest]");
  const tell = () => {
    const sums = {};
    for (const row of panes.querySelectorAll("tr[data-side]")) {
      const box = row.querySelector("input[type=checkbox]");
      if (box && !box.checked) continue;
      sums[row.dataset.side] = (sums[row.dataset.side] ?? 0) + Number(row.dataset.cents);
    }
    const left = "expected" in sums ? "expected" : "provider";
    const right = left === "expected" && "provider" in sums ? "provider" : "bank";
    const rest = (sums[right] ?? 0) - (sums[left] ?? 0);
    said.textContent = `Bestätigt ${words(sums[right] ?? 0)} − erwartet ${words(sums[left] ?? 0)} = Rest ${words(rest)}`;
  };
  panes.addEventListener("change", tell);
  tell();
}

const centsOf = (typed) => {
  const [whole, rest = ""] = typed.replaceAll(".", "").trim().split(",");
  return /^\d{1,10}$/.test(whole) && /^\d{0,2}$/.test(rest) ? Number(whole + rest.padEnd(2, "0")) : 0;
};
for (const whole of document.querySelectorAll("[data-whole]")) {
  const form = whole.closest("form");
  const said = form.querySelector("[data-rest]");
  const tell = () => {
    const parts = [...form.querySelectorAll("input[name=betrag]")].map((one) => centsOf(one.value));
    said.textContent = `Rest: ${words(Number(whole.dataset.whole) - parts.reduce((a, b) => a + b, 0))}`;
  };
  form.addEventListener("input", tell);
  tell();
}
