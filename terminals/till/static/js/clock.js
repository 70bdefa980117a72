// What counts seconds on its own: the clock, elapsed time, the countdown of the next check. The
// server's clock is right; this device only adds what has passed since the page came.
import { current, onPage } from "./page.js";

let serverNow = 0;
let gotAt = 0;
const now = () => serverNow + (performance.now() - gotAt);
const city = new Intl.DateTimeFormat("de-DE", {
  hour: "2-digit", minute: "2-digit", timeZone: "Europe/Berlin",
});
const left = (until) => Math.max(0, Math.ceil((Date.parse(until) - now()) / 1000));

const tick = () => {
  for (const clock of document.querySelectorAll("[data-clock]")) {
    write(clock, city.format(now()));
  }
  for (const each of document.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, Math.floor((now() - Date.parse(each.dataset.since)) / 1000));
    write(each, `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
  }
  for (const each of document.querySelectorAll("[data-seconds-until]")) {
    write(each, each.dataset.words.replace("#", left(each.dataset.secondsUntil)));
  }
  for (const bar of document.querySelectorAll("[data-bar-until]")) {
    bar.value = bar.max - left(bar.dataset.barUntil);
  }
};
const write = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

export const watchClocks = () => {
  onPage(() => {
    serverNow = Date.parse(current().now);
    gotAt = performance.now();
    tick();
  });
  setInterval(tick, 1000);
};
