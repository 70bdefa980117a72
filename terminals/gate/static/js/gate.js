// The screen of a gate without leaving it: a scan is sent, its answer shown with a tone, then gone.
(() => {
  const form = document.getElementById("scan");
  const field = document.getElementById("text");
  const TONES = { ok: [[880, 0, 0.12], [1320, 0.14, 0.18]], wait: [[520, 0, 0.3]], no: [[220, 0, 0.25], [180, 0.3, 0.35]] };
  let sound = null;
  let leaving = 0;

  const play = (look) => {
    if (!TONES[look] || !window.AudioContext) return;
    sound ??= new AudioContext();
    for (const [pitch, after, seconds] of TONES[look]) {
      const tone = new OscillatorNode(sound, { frequency: pitch });
      const level = new GainNode(sound, { gain: 0.25 });
      tone.connect(level).connect(sound.destination);
      tone.start(sound.currentTime + after);
      tone.stop(sound.currentTime + after + seconds);
    }
  };

  const put = (html) => {
    document.getElementById("gate").outerHTML = html;
    const shown = document.getElementById("gate");
    document.title = shown.querySelector(".gate__line").textContent;
    clearTimeout(leaving);
    if (shown.dataset.look !== "ready") leaving = setTimeout(rest, shown.dataset.seconds * 1000);
    return shown.dataset.look;
  };

  const part = async (address, options = {}) => {
    const answer = await fetch(address, { ...options, headers: { "X-Part": "1" } });
    return put(await answer.text());
  };

  const rest = () => part("/tor/").catch(() => { leaving = setTimeout(rest, 2000); });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams({ text: field.value });
    field.value = "";
    try {
      play(await part(form.action, { method: "POST", body }));
    } catch {
      form.submit(); // the page as such says what is wrong
    }
  });
  document.addEventListener("click", () => field.focus());
  field.addEventListener("blur", () => setTimeout(() => field.focus(), 50));
  const shown = document.getElementById("gate");
  if (shown.dataset.look !== "ready") leaving = setTimeout(rest, shown.dataset.seconds * 1000);
})();
