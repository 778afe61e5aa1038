// What every page does: it does not poll while nobody looks at it, says when the server is away, and leaves when the
// session is over.
document.addEventListener("htmx:beforeRequest", (event) => {
  const isPoll = event.detail.requestConfig.triggeringEvent?.type === undefined && event.detail.elt.hasAttribute("data-poll");
  if (isPoll && document.hidden) event.preventDefault();
});

function showConnection(isLost) {
  const banner = document.getElementById("connection-lost");
  if (banner) banner.hidden = !isLost;
}

document.addEventListener("htmx:sendError", () => showConnection(true));
document.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status >= 500) showConnection(true); });
document.addEventListener("htmx:afterOnLoad", () => showConnection(false));

// A menu that sends its choice at once.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});
