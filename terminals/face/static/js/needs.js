// Shows what only a script can do, where this browser can do it. An error summary takes the focus.
import { onPage } from "./page.js";

const CAN = {
  script: () => true,
  copy: () => Boolean(navigator.clipboard?.writeText),
  share: () => Boolean(navigator.share),
};

const look = () => {
  for (const each of document.querySelectorAll("[data-needs][hidden]")) {
    if (CAN[each.dataset.needs]?.()) each.hidden = false;
  }
  for (const each of document.querySelectorAll("[data-needs-not]")) {
    if (CAN[each.dataset.needsNot]?.()) each.hidden = true;
  }
  document.querySelector("[data-focus]")?.focus();
};

export const watchNeeds = () => onPage(look);
