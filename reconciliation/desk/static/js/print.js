// The button with the key P prints the page: there is nothing to send.
document.querySelector("[data-key=p]")?.addEventListener("click", (event) => {
  event.preventDefault();
  window.print();
});
