// A refund by pieces: minus and plus beside each line write `line:pieces` into the form. Without
// this script the whole sale is refunded. Enter on a reason chooses it, and never voids or refunds.
import { onPage } from "./page.js";

const lines = (box) => [...box.querySelectorAll("[data-line]")];
const pieces = (line) => Number(line.dataset.pieces ?? line.dataset.of);

const write = (box) => {
  const all = lines(box);
  const isWhole = all.every((line) => pieces(line) === Number(line.dataset.of));
  const chosen = all.filter((line) => pieces(line) > 0);
  const said = box.querySelector(".parts__said");
  said.textContent = isWhole ? said.dataset.whole : chosen.length ? said.dataset.part : said.dataset.nothing;
  box.closest("form").elements.lines.value =
    isWhole ? "" : chosen.map((line) => `${line.dataset.line}:${pieces(line)}`).join(",");
  box.closest("form").querySelector(".key--primary").toggleAttribute("data-blocked", !chosen.length);
};

const onClick = ({ target }) => {
  const key = target.closest?.("[data-refund-parts] button[data-part]");
  if (!key) return;
  const line = key.closest("[data-line]");
  const wanted = pieces(line) + Number(key.dataset.part);
  line.dataset.pieces = Math.min(Math.max(wanted, 0), Number(line.dataset.of));
  const count = line.querySelector(".parts__count");
  count.textContent = count.dataset.words.replace("#", line.dataset.pieces);
  write(key.closest("[data-refund-parts]"));
};

const onEnter = (event) => {
  if (event.key === "Enter" && event.target.matches?.(".split__task input[type=radio]")) {
    event.preventDefault();
  }
};

export const watchRefunds = () => {
  document.addEventListener("keydown", onEnter);
  document.addEventListener("click", onClick);
  onPage(() => document.querySelectorAll(".parts__keys").forEach((keys) => { keys.hidden = false; }));
};
