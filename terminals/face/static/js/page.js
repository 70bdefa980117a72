// What the other modules share: saying something, and being called for each page that is shown.
export const say = (words) => {
  const said = document.getElementById("said");
  said.textContent = "";
  requestAnimationFrame(() => {
    said.textContent = words;
  });
};

export const onPage = (look) => {
  look();
  document.addEventListener("htmx:after:swap", look);
};

export const onClick = (selector, act) => {
  document.addEventListener("click", (event) => {
    const found = event.target.closest?.(selector);
    if (found) act(found, event);
  });
};
