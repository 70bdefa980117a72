// Hands an opened ticket to the worker that keeps it: all its pages and what they are drawn with.
(async () => {
  const shown = document.getElementById("ticket");
  if (!shown || !navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register("/ticket/sw.js", { scope: "/ticket/" });
  } catch {
    return; // a browser that keeps nothing still shows it, and paper works everywhere
  }
  const ready = await navigator.serviceWorker.ready;
  const pages = Array.from({ length: Number(shown.dataset.pages) }, (_, n) => `${location.pathname}?n=${n + 1}`);
  const parts = performance.getEntriesByType("resource").map((each) => each.name).filter((name) => name.includes("/assets/"));
  navigator.serviceWorker.addEventListener("message", (event) => {
    if (event.data === "kept") document.documentElement.dataset.kept = "yes";
  });
  ready.active.postMessage({ keep: [location.href, location.pathname, ...pages, ...new Set(parts)] });
})();
