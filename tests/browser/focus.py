"""Going through a page with the Tab key: where it stops, in which order, and whether one sees where one is.

Focus is measured in pixels: computed styles say nothing of an outline that its surroundings cut off.
"""

import io
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

MOST_STOPS = 1000
# A frame has a process of its own, which takes the focus and gives it back in its own time.
FRAME_WAIT = 100  # milliseconds
FRAME_WAITS = 20
MARGIN = 12  # CSS pixels around a control, in which its focus is drawn

DESCRIBE = """() => {
  const at = document.activeElement;
  if (!at || at === document.body || at === document.documentElement || at === window.firstStop) return null;
  window.firstStop ??= at;
  const rects = [...at.getClientRects()].map(({ left, top, width, height }) => ({ left, top, width, height }));
  const { left, top, right, bottom } = at.getBoundingClientRect();
  const kind = [];
  const scrolled = { x: 0, y: 0 };
  const view = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  for (let up = at; up; up = up.parentElement) {
    if (up !== document.body) kind.push(`${up.tagName}.${up.className}`);
    scrolled.x += up.scrollLeft;
    scrolled.y += up.scrollTop;
    if (up === at || getComputedStyle(up).overflowX === "visible") continue;
    const box = up.getBoundingClientRect();
    view.left = Math.max(view.left, box.left);
    view.right = Math.min(view.right, box.right);
  }
  const corners = [[left + 1, top + 1], [right - 1, top + 1], [left + 1, bottom - 1], [right - 1, bottom - 1],
    [(left + right) / 2, (top + bottom) / 2]].filter(([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight);
  const over = ([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return !top || at.contains(top) || top.contains(at) || at.labels && [...at.labels].some(one => one.contains(top));
  };
  return {
    name: `${at.tagName.toLowerCase()} "${(at.innerText || at.getAttribute("aria-label") || at.id || at.name).trim().slice(0, 40)}"`,
    kind: kind.join(" "),
    rects: rects.filter(({ width, height }) => width && height),
    seen: corners.some(over),
    scrolled,
    view,
    frame: at.tagName === "IFRAME",
  };
}"""
# The keyboard goes on from where the focus was last, even when nothing has it any more.
START = """() => {
  window.firstStop = null;
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  scrollTo(0, 0);
}"""
# Every link and control that people see; of a group of radio buttons Tab reaches one.
REACHABLE = """() => {
  const groups = new Set();
  return [...document.querySelectorAll("a[href], button, input, select, textarea, summary, iframe")].filter(one => {
    if (one.type === "hidden" || one.disabled || one.tabIndex < 0 || !one.checkVisibility({ visibilityProperty: true }))
      return false;
    if (one.type !== "radio") return true;
    return !groups.has(one.name) && groups.add(one.name);
  }).length;
}"""


@dataclass(frozen=True)
class Stop:
    """One stop of the Tab key, as `DESCRIBE` finds it; `scrolled` is how far that, and all it is in, was scrolled.

    `view` is what the window and the boxes that scroll show of its surroundings.
    """

    name: str
    kind: str
    rects: list
    seen: bool
    scrolled: dict
    view: dict
    frame: bool

    def box(self):
        """Return left, top, right, bottom in the window."""
        return (
            min(rect["left"] for rect in self.rects),
            min(rect["top"] for rect in self.rects),
            max(rect["left"] + rect["width"] for rect in self.rects),
            max(rect["top"] + rect["height"] for rect in self.rects),
        )

    def is_mostly_in_view(self):
        """Tell whether half of it or more is in view; browsers scroll no box for what is partly in view already."""
        left, _top, right, _bottom = self.box()
        return min(right, self.view["right"]) - max(left, self.view["left"]) >= (right - left) / 2

    def two_pixels_around(self):
        """Return the area of an edge of two CSS pixels around what is in view, the measure of WCAG 2.4.13."""
        left, top, right, bottom = self.box()
        view = self.view
        width = min(right, view["right"]) - max(left, view["left"])
        height = min(bottom, view["bottom"]) - max(top, view["top"])
        whole = width * ((top >= view["top"]) + (bottom <= view["bottom"])) + height * (
            (left >= view["left"]) + (right <= view["right"])
        )
        parts = sum(2 * (rect["width"] + rect["height"]) for rect in self.rects)
        return 2 * min(whole, parts)


def walk(page):
    """Press Tab from the top of the page to its end, and yield each stop while it has the focus."""
    page.evaluate(START)
    has_frame = len(page.frames) > 1
    for _press in range(MOST_STOPS):
        page.keyboard.press("Tab")
        found = page.evaluate(DESCRIBE)
        waits = FRAME_WAITS if has_frame else 0
        while found is None and waits:
            page.wait_for_timeout(FRAME_WAIT)
            found, waits = page.evaluate(DESCRIBE), waits - 1
        if found is None:
            return
        yield Stop(**found)
    raise AssertionError(f"Tab does not come to an end on {page.url}.")


def faults_of_focus(page, proven):
    """Return what is wrong with a page for somebody who goes through it with Tab.

    Every stop must lie in the window and be covered by nothing (2.4.11), and each kind of stop must change by 3:1 or
    more over at least the area of an edge of two pixels (2.4.7, 1.4.11, and 2.4.13's measure). What changed so on a
    page before, in the same colours and window, is in the set `proven`; this page adds to it.
    """
    found, before = [], None
    for number, stop in enumerate(walk(page), 1):
        if stop.frame or not stop.rects:
            found += [] if stop.frame else [f"cannot be seen at all: {stop.name}"]
            continue
        if not stop.seen:
            found.append(f"covered or out of the window: {stop.name}")
        if before and number > 2 and _goes_back(before, stop):
            found.append(f"against the order of reading: {stop.name}")
        before = stop
        if stop.kind not in proven and stop.is_mostly_in_view():
            faint = _faint(page, stop)
            found += faint
            proven |= set() if faint else {stop.kind}
    reachable = page.evaluate(REACHABLE)
    return found + ([f"{reachable} controls, and Tab reached {number}"] if number < reachable else [])


def _goes_back(before, stop):
    """Tell whether a stop lies above and to the left of the one before."""
    left, _top, _right, bottom = stop.box()
    was_left, was_top, *_rest = before.box()
    return (
        bottom + stop.scrolled["y"] <= was_top + before.scrolled["y"]
        and left + stop.scrolled["x"] <= was_left + before.scrolled["x"]
    )


def _faint(page, stop):
    """Return that the focus of this stop can hardly be seen, where that is so; the stop loses the focus."""
    left, top, right, bottom = stop.box()
    window = page.viewport_size
    x, y = max(left - MARGIN, 0), max(top - MARGIN, 0)
    width, height = min(right + MARGIN, window["width"]) - x, min(bottom + MARGIN, window["height"]) - y
    clip = {"x": x, "y": y, "width": width, "height": height}
    focused = page.screenshot(clip=clip, caret="initial")
    page.evaluate("document.activeElement.blur()")
    changed = changed_pixels(focused, page.screenshot(clip=clip, caret="initial"))
    needed = stop.two_pixels_around()
    return [] if changed >= needed else [f"{changed} of {needed:.0f} px show the focus: {stop.name}"]


def changed_pixels(one, other):
    """Return how many pixels of two pictures differ by 3:1 or more."""
    pixels = (Image.open(io.BytesIO(png)).convert("RGB").get_flattened_data() for png in (one, other))
    pairs = Counter(zip(*pixels, strict=True))
    return sum(count for pair, count in pairs.items() if _contrast(*pair) >= 3)


@lru_cache(maxsize=100_000)
def _contrast(one, other):
    low, high = sorted((_light(one), _light(other)))
    return (high + 0.05) / (low + 0.05)


def _light(colour):
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
