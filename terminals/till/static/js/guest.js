// The guest's display follows its till: asks for news and puts the part that changed in its place.
const PAUSE = 2_000;
const pause = (milliseconds) => new Promise((go) => setTimeout(go, milliseconds));
const shown = () => document.getElementById("guest");

const again = async () => {
  const answer = await fetch(location.href);
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.getElementById("guest");
  // What stays the same is not spoken once more.
  if (next.innerHTML !== shown().innerHTML) {
    shown().className = next.className;
    shown().replaceChildren(...next.childNodes);
    shown().querySelector(".guest__line:last-child")?.scrollIntoView({ block: "nearest" });
  }
  Object.assign(shown().dataset, { version: next.dataset.version, state: next.dataset.state });
};

const follow = async () => {
  for (;;) {
    try {
      const seen = shown().dataset.version;
      const answer = await fetch(`${document.body.dataset.news}?seen=${seen}`);
      if (!answer.ok) throw new Error(String(answer.status));
      // Without news, too: what was paid a while ago makes room for the next guest.
      await again();
      if (seen === "0") await pause(PAUSE);
    } catch {
      await pause(PAUSE);
    }
  }
};

document.body.dataset.ready = "guest";
follow();
