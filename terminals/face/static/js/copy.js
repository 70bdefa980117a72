// <button data-copy="DE89…" data-said="IBAN kopiert"> puts a text on the clipboard and says so.
import { onClick, say } from "./page.js";

const SHOWN = 2500;

const copy = async (button) => {
  await navigator.clipboard.writeText(button.dataset.copy);
  say(button.dataset.said);
  button.classList.add("is-copied");
  setTimeout(() => button.classList.remove("is-copied"), SHOWN);
};

export const watchCopy = () => onClick("[data-copy]", copy);
