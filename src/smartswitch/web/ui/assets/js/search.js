// The search box: the key / leads to it from everywhere, the arrows through what was found, Escape away from it.
(() => {
  const box = () => document.querySelector("[data-search-box]");
  const isTyping = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

  document.addEventListener("keydown", (event) => {
    const form = box();
    if (!form) return;
    const input = form.querySelector("input");
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target)) {
      event.preventDefault();
      input.focus();
      input.select();
      return;
    }
    if (!form.contains(event.target)) return;
    const hits = [...form.querySelectorAll(".hit")];
    if (event.key === "Escape") {
      input.value = "";
      form.querySelector("#search-hits").replaceChildren();
      input.blur();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!hits.length) return;
      event.preventDefault();
      const at = hits.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
      (at < 0 ? input : hits[Math.min(at, hits.length - 1)]).focus();
    } else if (event.key === "Enter" && event.target === input && hits.length === 1) {
      event.preventDefault();
      hits[0].click();
    }
  });

  // What was found goes away when one goes elsewhere.
  document.addEventListener("focusin", (event) => {
    const form = box();
    if (form && !form.contains(event.target)) form.querySelector("#search-hits").replaceChildren();
  });
  document.addEventListener("click", (event) => {
    const form = box();
    if (form && !form.contains(event.target)) form.querySelector("#search-hits").replaceChildren();
  });
})();

// A menu made of <details> closes when one clicks elsewhere or presses Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) menu.open = false;
});

// A form with changes that were not sent asks before one leaves it.
(() => {
  let isSending = false;
  const isChanged = (form) =>
    [...form.elements].some((field) => {
      if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
      if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected);
      return field.type !== "hidden" && "defaultValue" in field && field.value !== field.defaultValue;
    });
  document.addEventListener("submit", () => { isSending = true; });
  window.addEventListener("beforeunload", (event) => {
    if (isSending) return;
    if ([...document.querySelectorAll("form[data-keeps-changes]")].some(isChanged)) event.preventDefault();
  });
})();
