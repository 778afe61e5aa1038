// Light or dark: what the person chose, or else what the system says. Loaded in the head, before anything is painted.
(() => {
  const key = "smartswitch-theme";
  const system = matchMedia("(prefers-color-scheme: dark)");

  // Storage may be closed to us (a private window); then the system's choice holds.
  const chosen = () => {
    try { return localStorage.getItem(key); } catch { return null; }
  };
  const remember = (theme) => {
    try { localStorage.setItem(key, theme); } catch { /* the choice holds for this page */ }
  };
  const show = (theme) => document.documentElement.setAttribute("data-bs-theme", theme);
  const present = () => document.documentElement.getAttribute("data-bs-theme");

  show(chosen() ?? (system.matches ? "dark" : "light"));
  system.addEventListener("change", () => { if (!chosen()) show(system.matches ? "dark" : "light"); });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-toggle-theme]")) return;
    const next = present() === "dark" ? "light" : "dark";
    remember(next);
    show(next);
  });
})();
