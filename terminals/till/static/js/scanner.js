// A scanner is a keyboard that types fast: it sends STX … Enter. Without the prefix a burst of keys
// less than 30 ms apart is taken for one, so that it never presses article keys.
const BURST = 30;
const SHORTEST = 6;
const LONGEST = 2000;
const STX = new Set(["\u0002", "F24"]);

let text = "";
let isPrefixed = false;
let at = 0;
let replay = null;

const reset = () => {
  text = "";
  isPrefixed = false;
};

const send = (code) => {
  const form = document.getElementById("scan");
  form.elements.text.value = code;
  form.requestSubmit();
};

const take = (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
};

// Before every other listener: a key is held back for one burst's length, and given on if alone.
const onKey = (event) => {
  const isPrefix = STX.has(event.key) || (event.ctrlKey && event.key === "b");
  if (!event.isTrusted || event.altKey || event.metaKey || (event.ctrlKey && !isPrefix)) return;
  if (isPrefix) {
    take(event);
    text = "";
    isPrefixed = true;
    return;
  }
  const isField = event.target.matches("input, textarea");
  const now = event.timeStamp;
  const isFast = now - at < BURST;
  at = now;
  if (event.key === "Enter" && (isPrefixed || (isFast && text.length >= SHORTEST))) {
    take(event);
    clearTimeout(replay);
    const code = text;
    reset();
    if (!isField || isPrefixed) send(code);
    return;
  }
  if (event.key.length !== 1) return;
  if (isPrefixed) {
    take(event);
    text = (text + event.key).slice(0, LONGEST);
    return;
  }
  if (isField || event.key === " ") return;
  text = (isFast ? text : "") + event.key;
  clearTimeout(replay);
  take(event);
  const { key } = event;
  replay = setTimeout(() => {
    if (text.length < SHORTEST) for (const each of text) give(each);
    if (text.endsWith(key)) text = "";
  }, BURST);
};

const give = (key) =>
  (document.activeElement ?? document.body).dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

export const watchScanner = () => window.addEventListener("keydown", onKey, { capture: true });
