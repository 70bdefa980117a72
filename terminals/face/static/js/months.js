// A chart of the months above the list of bars it is drawn from: no figure exists twice. The list
// stays, for ears and for browsers without scripts. Colours come from the page's own style.
const pencil = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

// Chart.js reads rgb only; the browser turns any colour it knows into that.
const rgb = (colour) => {
  pencil.clearRect(0, 0, 1, 1);
  pencil.fillStyle = colour;
  pencil.fillRect(0, 0, 1, 1);
  const [red, green, blue] = pencil.getImageData(0, 0, 1, 1).data;
  return `rgb(${red}, ${green}, ${blue})`;
};

const locale = document.documentElement.lang;
const money = (cents) =>
  new Intl.NumberFormat(locale, { style: "currency", currency: "EUR" }).format(cents / 100);
const whole = (cents) =>
  new Intl.NumberFormat(locale, { style: "currency", currency: "EUR", maximumFractionDigits: 0 }).format(cents / 100);

const look = (box) => {
  const style = getComputedStyle(box);
  return {
    text: rgb(style.outlineColor),
    line: rgb(style.borderTopColor),
    bar: rgb(style.caretColor),
    strong: rgb(style.color),
    font: { family: style.fontFamily, size: 13 },
  };
};

const options = (colours) => ({
  animation: false,
  responsive: true,
  maintainAspectRatio: false,
  plugins: {
    legend: { display: false },
    tooltip: { displayColors: false, callbacks: { label: (item) => money(item.raw) } },
  },
  scales: {
    x: {
      grid: { display: false },
      border: { color: colours.line },
      ticks: { color: colours.text, font: colours.font, maxRotation: 0, autoSkipPadding: 6 },
    },
    y: {
      beginAtZero: true,
      grid: { color: colours.line },
      border: { display: false },
      ticks: { color: colours.text, font: colours.font, maxTicksLimit: 4, callback: whole },
    },
  },
});

const draw = (box) => {
  const rows = [...document.querySelectorAll(`#${box.dataset.chartOf} > li`)];
  box.classList.add("is-drawn");
  const colours = look(box);
  return new Chart(box.querySelector("canvas"), {
    type: "bar",
    options: options(colours),
    data: {
      labels: rows.map((row) => row.querySelector(".bars__label").textContent),
      datasets: [
        {
          data: rows.map((row) => Number(row.dataset.cents)),
          backgroundColor: colours.bar,
          borderRadius: 6,
          maxBarThickness: 36,
        },
      ],
    },
  });
};

let drawn = [];
const drawAll = () => {
  for (const chart of drawn) chart.destroy();
  drawn = [...document.querySelectorAll("[data-chart-of]")].map(draw);
  document.documentElement.dataset.charts = "drawn";
};

document.fonts.ready.then(() => {
  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
});
