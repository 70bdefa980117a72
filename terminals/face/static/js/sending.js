// Forms that are sent in the background: what was not sent is said, and an answer that is another
// page is opened as one.
const trouble = () => document.getElementById("trouble");

const begin = (event) => {
  trouble().textContent = "";
  event.target.closest?.("form")?.classList.remove("is-unsent");
};

const fail = (event) => {
  trouble().textContent = document.body.dataset.unsent;
  event.target.closest?.("form")?.classList.add("is-unsent");
};

const answered = (event) => {
  const { raw } = event.detail.ctx.response;
  const address = new URL(raw.url);
  if (!raw.redirected || address.pathname === location.pathname) return;
  event.preventDefault();
  location.assign(address);
};

export const watchSending = () => {
  document.addEventListener("htmx:before:request", begin);
  document.addEventListener("htmx:error", fail);
  document.addEventListener("htmx:before:response", answered);
  document.addEventListener("htmx:response:error", (event) => {
    if (event.detail.ctx.response.status >= 500) fail(event);
  });
};
