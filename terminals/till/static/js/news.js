// Asks whether anything of this till changed, and has the page fetched again when it did.
import { current, trouble } from "./page.js";

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;
const pause = (milliseconds) => new Promise((go) => setTimeout(go, milliseconds));

export const watchNews = async () => {
  const again = document.getElementById("again");
  let wait = FIRST_PAUSE;
  for (;;) {
    try {
      const seen = current().version;
      const answer = await fetch(`${again.dataset.news}?seen=${seen}`);
      if (!answer.ok) throw new Error(String(answer.status));
      const { version } = await answer.json();
      trouble(false);
      if (String(version) !== current().version) {
        again.dispatchEvent(new CustomEvent("news"));
        await pause(150);
      }
      wait = FIRST_PAUSE;
    } catch {
      trouble(wait > FIRST_PAUSE);
      await pause(wait);
      wait = Math.min(wait * 2, LONGEST_PAUSE);
    }
  }
};
