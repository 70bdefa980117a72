// Keeps tickets that were opened once, with what their page needs, for a place without a network.
const KEPT = "tickets-1";
const PAGE = /^\/ticket\/[\w-]{22}$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const keep = async (address) => {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (answer.ok) await (await caches.open(KEPT)).put(address, answer);
};

// A page that was just opened says what it is made of.
self.addEventListener("message", (event) => {
  const here = (address) => new URL(address, self.location).origin === self.location.origin;
  const all = (event.data.keep || []).filter(here);
  event.waitUntil(Promise.allSettled(all.map(keep)).then(() => event.source?.postMessage("kept")));
});

// The network first, for a ticket changes; what was kept when there is none.
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const isOurs = PAGE.test(url.pathname) || url.pathname.startsWith("/assets/");
  if (event.request.method !== "GET" || url.origin !== self.location.origin || !isOurs) return;
  event.respondWith(
    fetch(event.request)
      .then((answer) => {
        if (answer.ok) {
          const copy = answer.clone();
          event.waitUntil(caches.open(KEPT).then((cache) => cache.put(event.request, copy)));
        }
        return answer;
      })
      .catch(async (gone) => (await caches.match(event.request, { ignoreVary: true })) ?? Promise.reject(gone)),
  );
});
