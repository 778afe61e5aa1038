"""What can be wrong with a page for those who look at it, listen to it, or reach it with keys alone.

Each check gives sentences; a page without faults gives none. axe-core knows most of WCAG 2.1 AA; what is here besides is our
own: one heading, a focus that one sees, words that can be read, nothing to scroll sideways to on a phone.
"""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from .test_first_pages import CONTRASTS, LEAST_CONTRAST

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
         "resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": False}}}  # fmt: skip
"""Contrasts are measured by ourselves, in light and in dark: it takes a tenth of the time."""
MOST_ELEMENTS = 6_000
"""On the reference of the API, which is longer, axe-core takes minutes."""
STRUCTURE = """
() => {
  const faults = [];
  const all = (query) => [...document.querySelectorAll(query)];
  if (!document.title.trim()) faults.push("there is no title");
  if (all("h1").length !== 1) faults.push(`there are ${all("h1").length} h1`);
  const ids = all("[id]").map((each) => each.id);
  for (const id of new Set(ids.filter((id, place) => ids.indexOf(id) !== place))) faults.push(`the id ${id} is there twice`);
  for (const field of all("input:not([type=hidden], [type=submit]), select, textarea")) {
    const label = field.labels?.[0]?.textContent.trim()
      || field.getAttribute("aria-label") || field.getAttribute("aria-labelledby");
    if (!label) faults.push(`a field without a label: ${field.outerHTML.slice(0, 80)}`);
  }
  for (const image of all("img:not([alt])")) faults.push(`an image without words: ${image.outerHTML.slice(0, 80)}`);
  return faults;
}
"""
INVISIBLE_FOCUS = """
() => {
  const look = (element) => {
    const style = getComputedStyle(element);
    const outline = style.outlineStyle === "none" || style.outlineWidth === "0px" ? "" : style.outline;
    return [outline, style.boxShadow, style.borderColor, style.backgroundColor].join();
  };
  const seen = new Set(), faults = [];
  for (const element of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    const sort = `${element.tagName} ${element.type} ${element.className}`;
    if (seen.has(sort) || element.disabled || !element.checkVisibility()) continue;
    seen.add(sort);
    document.activeElement.blur();
    const before = look(element);
    element.focus({ preventScroll: true });
    if (document.activeElement === element && look(element) === before) faults.push(`the focus is not seen: ${sort}`);
  }
  document.activeElement.blur();
  return faults;
}
"""
SIDEWAYS = """
() => {
  const root = document.documentElement;
  if (root.scrollWidth <= innerWidth) return [];
  const wide = [...document.body.querySelectorAll("*")].filter((each) => {
    for (let at = each.parentElement; at && at !== document.body; at = at.parentElement)
      if (getComputedStyle(at).overflowX !== "visible") return false;
    return each.getBoundingClientRect().right > innerWidth;
  });
  return wide.slice(0, 3).map((each) => `runs over the right edge: ${each.outerHTML.slice(0, 100)}`);
}
"""


def faults_of(page: Page, *, is_heard: bool) -> list[str]:
    """All that is wrong with the page that is open, in light, in the dark and on a phone; it is light and wide at the end.
    With `is_heard` also for those who hear it: that takes longer than all the rest."""
    found = [*page.evaluate(STRUCTURE), *unreadable(page, "light")]
    if is_heard and page.evaluate("document.all.length") < MOST_ELEMENTS:
        found += accessibility_faults(page)
    page.keyboard.press("Tab")  # from here on the browser takes the person for one of the keyboard
    found += page.evaluate(INVISIBLE_FOCUS)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += unreadable(page, "dark")
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size(PHONE)
    found += page.evaluate(SIDEWAYS)
    page.set_viewport_size(DESKTOP)
    return found


def accessibility_faults(page: Page) -> list[str]:
    """What axe-core finds."""
    results: dict[str, Any] = Axe().run(page, options=RULES).response
    return [f"{rule['id']}: {node['html'][:160]}" for rule in results["violations"] for node in rule["nodes"]]


def unreadable(page: Page, scheme: str) -> list[str]:
    """Words that stand out too little from their ground."""
    return [f"hard to read in {scheme}: {words}" for words in page.evaluate(CONTRASTS % LEAST_CONTRAST)]
