// A page with [data-wake-lock] keeps the screen on while it is looked at: a ticket at the gate.
const keep = async () => {
  const wanted = document.querySelector("[data-wake-lock]") && document.visibilityState === "visible";
  if (!wanted) return;
  try {
    await navigator.wakeLock?.request("screen");
  } catch (refused) {
    if (refused.name !== "NotAllowedError") throw refused; // low battery: the device decides
  }
};

export const watchWakeLock = () => {
  keep();
  document.addEventListener("visibilitychange", keep);
};
