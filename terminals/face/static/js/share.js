// <button data-share="https://…" data-title="…"> opens the device's own way to pass a link on.
import { onClick } from "./page.js";

const share = async (button) => {
  try {
    await navigator.share({ url: button.dataset.share, title: button.dataset.title ?? "" });
  } catch (refused) {
    if (refused.name !== "AbortError") throw refused; // closed again: nothing was meant
  }
};

export const watchShare = () => onClick("[data-share]", share);
