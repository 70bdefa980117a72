// Charts drawn from the tables beside them: no figure exists twice. Colours come from the swatches
// and the chart's own style, so a theme or a city's brand changes them without a word here.
const pencil = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

// Chart.js reads rgb only; the browser turns any colour it knows into that.
const rgb = (colour) => {
  pencil.clearRect(0, 0, 1, 1);
  pencil.fillStyle = colour;
  pencil.fillRect(0, 0, 1, 1);
  const [red, green, blue] = pencil.getImageData(0, 0, 1, 1).data;
  return `rgb(${red}, ${green}, ${blue})`;
};

const german = (digits) => new Intl.NumberFormat("de-DE", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const money = (cents) => `${german(2).format(cents / 100)} €`;
const thousands = (cents) => german(0).format(cents / 100);
const percent = (tenths) => `${german(1).format(tenths / 10)} %`;

const read = (table) => ({
  days: [...table.querySelectorAll("tbody th")].map((cell) => cell.dataset.label),
  column: (name) =>
    [...table.querySelectorAll(`td[data-column="${name}"]`)].map((cell) => Number(cell.dataset.value)),
});

const look = (box) => {
  const style = getComputedStyle(box);
  return {
    text: rgb(style.outlineColor),
    strong: rgb(style.color),
    line: rgb(style.borderTopColor),
    panel: rgb(getComputedStyle(box.closest(".panel")).backgroundColor),
    font: { family: style.fontFamily, size: 12 },
  };
};

const frame = (colours, format) => ({
  animation: false,
  responsive: true,
  maintainAspectRatio: false,
  interaction: { mode: "index", intersect: false },
  plugins: {
    legend: { display: false },
    tooltip: {
      backgroundColor: colours.strong,
      titleColor: colours.panel,
      bodyColor: colours.panel,
      titleFont: colours.font,
      bodyFont: colours.font,
      callbacks: { label: (item) => ` ${item.dataset.label}: ${format(item.raw)}` },
    },
  },
  scales: {
    x: {
      stacked: true,
      grid: { display: false },
      border: { color: colours.line },
      ticks: { color: colours.text, font: colours.font, maxRotation: 0, autoSkipPadding: 8 },
    },
    y: {
      stacked: true,
      beginAtZero: true,
      grid: { color: colours.line },
      border: { display: false },
      ticks: { color: colours.text, font: colours.font, maxTicksLimit: 6, callback: format },
    },
  },
});

const channels = (canvas, table) => {
  const { days, column } = read(table);
  const colours = look(canvas.parentElement);
  const heads = [...table.querySelectorAll("th[data-channel]")];
  const options = frame(colours, money);
  options.scales.y.ticks.callback = thousands;
  options.plugins.tooltip.filter = (item) => item.raw !== 0;
  return new Chart(canvas, {
    type: "bar",
    options,
    data: {
      labels: days,
      datasets: heads.map((head) => ({
        label: head.dataset.label,
        data: column(head.dataset.channel),
        backgroundColor: rgb(getComputedStyle(head.querySelector(".swatch")).backgroundColor),
        borderColor: colours.panel,
        borderWidth: { top: 1 },
        borderSkipped: false,
        categoryPercentage: 0.86,
        barPercentage: 0.9,
      })),
    },
  });
};

// The last value is written beside its point: no legend, no hovering needed.
const lastValue = (colours) => ({
  id: "lastValue",
  afterDatasetsDraw(chart) {
    const points = chart.getDatasetMeta(0).data;
    const point = points[points.length - 1];
    if (!point) return;
    const { ctx } = chart;
    ctx.save();
    ctx.fillStyle = colours.strong;
    ctx.font = `600 13px ${colours.font.family}`;
    ctx.textBaseline = "middle";
    ctx.fillText(percent(chart.data.datasets[0].data.at(-1)), point.x + 9, point.y);
    ctx.restore();
  },
});

const cashShare = (canvas, table) => {
  const { days, column } = read(table);
  const colours = look(canvas.parentElement);
  const cash = rgb(getComputedStyle(table.querySelector(".swatch--cash") ?? canvas).backgroundColor);
  const options = frame(colours, percent);
  options.layout = { padding: { right: 52, top: 6 } };
  options.scales.y.ticks.callback = (tenths) => `${german(0).format(tenths / 10)} %`;
  const shares = column("cash-share");
  return new Chart(canvas, {
    type: "line",
    options,
    plugins: [lastValue(colours)],
    data: {
      labels: days,
      datasets: [
        {
          label: canvas.dataset.label,
          data: shares,
          borderColor: cash,
          borderWidth: 2.5,
          pointBackgroundColor: cash,
          pointBorderColor: cash,
          pointRadius: shares.map((_, index) => (index === shares.length - 1 ? 5 : 2.5)),
        },
      ],
    },
  });
};

const kinds = { channels, "cash-share": cashShare };
let drawn = [];

const draw = () => {
  for (const chart of drawn) chart.destroy();
  drawn = [...document.querySelectorAll("canvas[data-chart]")].map((canvas) =>
    kinds[canvas.dataset.chart](canvas, document.getElementById(canvas.dataset.table)),
  );
  document.documentElement.dataset.charts = "drawn";
};

// Chart.js measures its labels once: the font must be there.
document.fonts.ready.then(() => {
  draw();
  document.addEventListener("themechange", draw);
});
