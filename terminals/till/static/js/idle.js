// Locks the register when nobody touched it for as long as the page says. What is running goes on.
import { current, onPage } from "./page.js";

let timer = 0;

const wait = () => {
  clearTimeout(timer);
  const seconds = Number(current().lockSeconds);
  if (seconds) timer = setTimeout(lock, seconds * 1000);
};
const lock = () => document.querySelector(".rail__lock button")?.click();

export const watchIdle = () => {
  document.addEventListener("pointerdown", wait, { passive: true });
  document.addEventListener("keydown", wait, { passive: true });
  onPage((now, before) => {
    if (now.lockSeconds !== before.lockSeconds) wait();
  });
};
