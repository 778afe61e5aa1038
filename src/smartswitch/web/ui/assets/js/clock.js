// Durations that run: <time data-since="UTC milliseconds"> counts up by itself between two answers of the server. The
// difference between the two clocks is learnt from data-now, the server's, on an element around it.
(() => {
  const two = (number) => String(number).padStart(2, "0");

  function duration(seconds) {
    const hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60;
    return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
  }

  const ahead = new WeakMap();
  function clockOf(element) {
    const source = element.closest("[data-now]");
    const known = ahead.get(source);
    if (known && known.now === source.dataset.now) return known.ahead;
    const learnt = { now: source.dataset.now, ahead: Date.now() - Number(source.dataset.now) };
    ahead.set(source, learnt);
    return learnt.ahead;
  }

  function tick() {
    if (document.hidden) return;
    for (const element of document.querySelectorAll("[data-now] [data-since]")) {
      const seconds = Math.floor((Date.now() - clockOf(element) - Number(element.dataset.since)) / 1000);
      const text = duration(Math.max(0, seconds));
      if (element.textContent !== text) element.textContent = text;
    }
  }

  setInterval(tick, 1000);
  document.addEventListener("htmx:afterSettle", tick);
})();
