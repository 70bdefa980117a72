// While a payment is looked into: the page again after some seconds, slower each time.
(() => {
  const seen = Number(sessionStorage.getItem("looked") || 0) + 1;
  sessionStorage.setItem("looked", String(seen));
  if (seen <= 12) setTimeout(() => location.reload(), Math.min(2000 * seen, 10000));
})();
