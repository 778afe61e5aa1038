// Shows a brand while it is chosen: the name, the colour, and the logo before it is sent. What the server takes is its own
// affair; here a colour on which white words cannot be read is marked, by the same rule (WCAG, 4.5 to 1).
(() => {
  const preview = document.querySelector("[data-brand-preview]");
  if (!preview) return;
  const field = (name) => document.getElementById(`id_${name}`);
  const part = (name) => preview.querySelector(`[data-brand-${name}]`);
  const isColour = (text) => /^#[0-9a-f]{6}$/i.test(text);
  const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const channels = (text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
  const luminance = (text) => {
    const [red, green, blue] = channels(text).map((value) => linear(value / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const darker = (text, most) => {
    for (let step = 0; step < 255; step += 1) {
      const shade = channels(text).map((value) => Math.ceil(value - (value * step) / 255));
      const hex = `#${shade.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
      if (luminance(hex) <= most) return hex;
    }
    return "#000000";
  };

  function showColour() {
    const text = field("colour").value.trim();
    const isChosen = isColour(text);
    if (isChosen) {
      preview.style.setProperty("--preview", text);
      preview.style.setProperty("--preview-menu", darker(text, Number(preview.dataset.menuLuminance)));
      part("picker").value = text.toLowerCase();
    } else {
      preview.style.removeProperty("--preview");
      preview.style.removeProperty("--preview-menu");
    }
    const isPoor = isChosen && 1.05 / (luminance(text) + 0.05) < 4.5;
    part("warning").hidden = !isPoor;
  }

  function showName() {
    part("name").textContent = field("product_name").value.trim() || part("name").dataset.otherwise;
  }

  function showLogo() {
    const file = field("logo").files[0];
    if (!file) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      part("logo").src = reader.result;
      part("logo").hidden = false;
    });
    reader.readAsDataURL(file);
  }

  // A field is made anew when the server has looked through it, so the page listens, not the field.
  const shows = { id_colour: showColour, id_product_name: showName, id_logo: showLogo };
  document.addEventListener("input", (event) => shows[event.target.id]?.());
  part("picker").addEventListener("input", () => {
    field("colour").value = part("picker").value;
    showColour();
  });
  showColour();
  showName();
})();
