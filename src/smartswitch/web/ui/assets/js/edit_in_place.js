// A form in the place of a row of a table: Escape gives it up, as its Cancel button does.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  const form = event.target.closest("[data-edit-in-place]");
  if (!form) return;
  event.preventDefault();
  form.querySelector("[data-cancel]").click();
});

// The first field is ready to be typed over as soon as the form stands there.
document.addEventListener("htmx:afterSettle", (event) => {
  const row = event.detail.elt;
  const field = row.querySelector?.("[data-edit-in-place] input:not([type=hidden])");
  if (field) { field.focus(); field.select(); }
});
