"""How a test looks at a page in a real browser: what the page complains of, what axe finds, and how it fares in the
looks that people choose: dark, forced colours, doubled text, wide spacing, reduced motion, print.
"""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.running_site import PASSWORD

DESKTOP = {"viewport": {"width": 1280, "height": 900}}
PHONE = {
    "viewport": {"width": 320, "height": 640},
    "has_touch": True,
    "color_scheme": "dark",
}  # 1280 px at 400 %
AXE = Axe().axe_script
WINDOWS = [pytest.param(DESKTOP, id="desktop, light"), pytest.param(PHONE, id="phone, dark")]
OTHER_SCHEME = {"light": "dark", "dark": "light"}

# Rules that axe leaves out unless asked: WCAG 2.2's target size, and those it calls experimental.
ASKED_FOR = (
    "target-size",
    "label-content-name-mismatch",
    "css-orientation-lock",
    "td-has-header",
    "table-fake-caption",
)
# Preloading would copy style sheets into the page, which the policy rightly refuses.
EVERY_RULE = {
    "preload": False,
    "resultTypes": ["violations"],
    "rules": {rule: {"enabled": True} for rule in ASKED_FOR},
}
COLOUR_RULES = {
    "preload": False,
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}

SHOWN = """
const shown = element => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  && !element.closest(".visually-hidden, .trap");
const called = element => `${element.tagName.toLowerCase()} ${element.id || element.className || ""} `
  + `"${(element.innerText || element.value || "").trim().slice(0, 40)}"`;
const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 })
  .getContext("2d", { willReadFrequently: true });
const light = colour => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b] = Array.from(canvas.getImageData(0, 0, 1, 1).data).map(
    part => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
"""
# Fields without an edge of 3:1, in the colours the page has now (WCAG 1.4.11). Boxes to tick draw themselves.
FAINT_FIELDS = (
    "() => {"
    + SHOWN
    + """
  const paper = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/, 0\\)$|transparent/.test(colour)) return colour;
    }
    return "Canvas";
  };
  const edge = element => {
    const style = getComputedStyle(element);
    const edges = [paper(element)];
    if (style.borderBottomStyle !== "none" && parseFloat(style.borderBottomWidth)) edges.push(style.borderBottomColor);
    return Math.max(...edges.map(colour => contrast(colour, paper(element.parentElement))));
  };
  const drawn = ["hidden", "checkbox", "radio", "file", "submit", "button", "reset", "image"];
  return [...document.querySelectorAll("select, textarea, input")]
    .filter(one => !drawn.includes(one.type) && shown(one) && edge(one) < 3)
    .map(one => `edge of ${edge(one).toFixed(2)}:1: ${called(one)}`);
}"""
)
MOVING = (
    "() => {"
    + SHOWN
    + """
  const moves = style => [style.transitionDuration, style.animationDuration].join().split(",")
    .some(time => parseFloat(time) > 0) || style.scrollBehavior === "smooth";
  return [...document.querySelectorAll("*")].filter(one => moves(getComputedStyle(one))).map(called);
}"""
)
# On paper there are no backgrounds: everything that is printed must be readable on white.
UNREADABLE_ON_PAPER = (
    "() => {"
    + SHOWN
    + """
  const says = element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  const pale = [...document.querySelectorAll("body *")].filter(
    one => says(one) && shown(one) && contrast(getComputedStyle(one).color, "#fff") < 4.5);
  const useless = [...document.querySelectorAll("nav, footer, .skip-link, main button")].filter(
    one => one.checkVisibility());
  return [...pale.map(one => `pale: ${called(one)}`), ...useless.map(one => `of no use: ${called(one)}`)];
}"""
)
CUT_OFF = (
    "() => {"
    + SHOWN
    + """
  const cut = element => {
    const style = getComputedStyle(element);
    return ["hidden", "clip"].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1
      || ["hidden", "clip"].includes(style.overflowY) && element.scrollHeight > element.clientHeight + 1;
  };
  return [...document.querySelectorAll("body *")].filter(
    one => !one.matches("svg, svg *, iframe, input, select, textarea") && shown(one) && cut(one)).map(called);
}"""
)
# What Lighthouse looks for and neither axe nor the checker of HTML does.
FAULTS_OF_LOADING = """async () => {
  const shift = await new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => list.getEntries().forEach(({ value }) => { sum += value; }))
      .observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(sum), 50);
  });
  const found = shift < 0.1 ? [] : [`the layout shifts by ${shift}`];
  if (document.compatMode !== "CSS1Compat") found.push("no doctype");
  if (!document.querySelector("meta[charset], meta[name=viewport]")) found.push("no charset or viewport");
  const description = document.querySelector("meta[name=description]")?.content;
  if (document.querySelector("link[rel=canonical]") && !description) found.push("no description");
  for (const image of document.images)
    if (!image.getAttribute("width") || !image.getAttribute("height")) found.push(`no size: ${image.src}`);
  return found;
}"""
# WCAG 1.4.12: what people set who read better with more air.
SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""
# As fast as the gate believes that somebody fills in a form; and how long ago the page had come: in milliseconds.
GATE = 2100
AGE = "() => performance.now() - performance.getEntriesByType('navigation')[0].responseEnd"
NO_SPACING = "() => { document.adoptedStyleSheets = []; }"
TEXT_SIZE = "size => { document.documentElement.style.fontSize = size; }"


def watch(page, site):
    """Return a list that gets the scripts that fail, what the policy blocks, and requests to other hosts."""
    complaints = []
    own = {urlsplit(site.base_url).netloc, ""}  # a frame without an address of its own is no other host

    def note(is_complaint, text):
        if is_complaint:
            complaints.append(text)

    page.on("pageerror", lambda error: note(True, str(error)))
    page.on("console", lambda message: note("Content Security Policy" in message.text, message.text))
    page.on("request", lambda request: note(urlsplit(request.url).netloc not in own, request.url))
    return complaints


def sign_in(page, account):
    """Log in to the admin as one of the staff accounts."""
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(account)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def wait_for_gate(page):
    """Wait until the gate believes that somebody has filled in the form on this page: a while after the page came."""
    page.wait_for_timeout(max(0, GATE - page.evaluate(AGE)))


def turn_into(page, window):
    """Make the window of an open page one of these, as far as the page can tell: its size and its colours."""
    page.set_viewport_size(window["viewport"])
    # Where something moves, colours may fade; they must not be looked at half-way.
    page.emulate_media(color_scheme=window.get("color_scheme", "light"), reduced_motion="reduce")
    page.evaluate("getComputedStyle(document.body).color")
    page.emulate_media(reduced_motion="no-preference")


def violations(page, options=EVERY_RULE):
    """Return what axe finds wrong with a page, WCAG and best practice."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("options => axe.run(options).then(({ violations }) => violations)", options)
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]
    ]


def wider(page):
    """Return by how many pixels the page has to be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def scrolls_sideways(page):
    """Tell whether the page has to be scrolled sideways."""
    return wider(page) > 0


def too_wide(page):
    """Return by how much the page has to be scrolled sideways, if it has."""
    return [f"{wider(page)} px wider than the window"] if scrolls_sideways(page) else []


def faults(page):
    """Return what axe finds wrong with a page, WCAG and best practice, and whether the page scrolls sideways."""
    return violations(page) + too_wide(page)


def faults_in_other_modes(page):
    """Return what is wrong with a page once it is looked at otherwise than now; then undo that.

    One page load serves for all looks: only what a look can change is checked again.
    """
    found = {}
    scheme = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
    # Where something moves, colours may fade; they must not be looked at half-way.
    page.emulate_media(color_scheme=OTHER_SCHEME[scheme], reduced_motion="reduce")
    found["reduced motion"] = page.evaluate(MOVING)
    found[OTHER_SCHEME[scheme]] = violations(page, COLOUR_RULES) + page.evaluate(FAINT_FIELDS)
    page.emulate_media(color_scheme=scheme, forced_colors="active")
    found["forced colours"] = page.evaluate(FAINT_FIELDS)
    page.emulate_media(forced_colors="none")
    found[scheme] = page.evaluate(FAINT_FIELDS)
    found["wide spacing"] = faults_of_spacing(page)
    if page.viewport_size["width"] >= DESKTOP["viewport"]["width"]:
        page.evaluate(TEXT_SIZE, "200%")
        found["doubled text"] = too_wide(page) + page.evaluate(CUT_OFF)
        page.evaluate(TEXT_SIZE, "")
    page.emulate_media(reduced_motion="no-preference")
    return [f"{look}: {fault}" for look, seen in found.items() for fault in seen]


def faults_of_spacing(page):
    """Return what does not fit any more on a page whose text is set with more air; then undo that."""
    page.evaluate(SPACING)
    found = too_wide(page) + page.evaluate(CUT_OFF)
    page.evaluate(NO_SPACING)
    return found


def faults_of_loading(page):
    """Return what is wrong with how a page that has just been loaded came: what Lighthouse takes points off for."""
    return page.evaluate(FAULTS_OF_LOADING)


def faults_on_paper(page):
    """Return what is wrong with a page once it is printed; afterwards it is on the screen again."""
    page.emulate_media(media="print")
    found = page.evaluate(UNREADABLE_ON_PAPER)
    page.emulate_media(media="screen")
    return found
