"""What a frame costs in Chromium, thread by thread, taken from its own trace.

Processor time is counted, not the clock: other work on the machine does not change it. How many frames come does
depend on the machine, so that they are set against a floor: a page of one picture that is moved, measured in the same run.
"""

from __future__ import annotations

import bisect
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, FloatRect, Page, ViewportSize

WINDOW: ViewportSize = {"width": 1440, "height": 900}
CATEGORIES = [
    "-*",
    "devtools.timeline",
    "disabled-by-default-devtools.timeline",
    "cc",
    "viz",
    "toplevel",
]
MAIN, RASTER, DISPLAY = "CrRendererMain", "RasterTask", "Display::DrawAndSwap"
SCRIPT, STYLE, PAINT = {"FunctionCall", "RunMicrotasks"}, {"UpdateLayoutTree", "Layout"}, {"PrePaint", "Paint", "Layerize"}  # fmt: skip
COUNTING = """() => {
  const gaps = []; let last = performance.now(); let on = true;
  const frame = now => { gaps.push(now - last); last = now; if (on) requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  window.endOfFrames = () => { on = false; return gaps.slice(1); };
}"""
FLOOR = """<!doctype html><body style="margin:0;overflow:hidden;background:#fff"><div id="layer" style="position:fixed;
  left:%(x)dpx;top:%(y)dpx;width:%(width)dpx;height:%(height)dpx;overflow:hidden"><div style="width:100%%;height:300%%;
  will-change:transform;background:repeating-linear-gradient(45deg,#fff 0 30px,#e8e9ee 30px 60px)"></div></div>"""
FLOOR_MOVES = """seconds => new Promise(done => {
  const layer = document.querySelector('#layer > div'); const end = performance.now() + seconds * 1000; let n = 0;
  const step = now => { layer.style.transform = `translate(0, ${-200 - 190 * Math.sin(n++ / 20)}px)`;
    now < end ? requestAnimationFrame(step) : done(); };
  requestAnimationFrame(step);
})"""

Event = dict[str, Any]


def measured(browser: Browser, page: Page, act: Callable[[], object]) -> dict[str, float]:
    """What frames cost while something is done on a page."""
    page.evaluate(COUNTING)
    browser.start_tracing(page=page, categories=CATEGORIES)
    act()
    gaps = sorted(page.evaluate("window.endOfFrames()"))
    events = json.loads(browser.stop_tracing())["traceEvents"]
    found = {
        "frames_per_s": round(1000 * len(gaps) / sum(gaps), 1),
        "p95_ms": round(gaps[int(len(gaps) * 0.95)], 1),
    }
    return {**found, **costs(events, len(gaps))}


def floor(browser: Browser, box: FloatRect | None, seconds: float) -> dict[str, float]:
    """One picture of the drawing's size, moved by the compositor: no machine gives more frames than this one here."""
    context = browser.new_context(viewport=WINDOW)
    page = context.new_page()
    page.set_content(FLOOR % box)
    found = measured(browser, page, lambda: page.evaluate(FLOOR_MOVES, seconds))
    context.close()
    return found


def costs(events: list[Event], frames: int) -> dict[str, float]:
    """Milliseconds of processor time a frame: of the page's main thread, of raster threads, of what shows the picture."""
    threads = {(e["pid"], e["tid"]): e["args"]["name"] for e in events if e["ph"] == "M" and e["name"] == "thread_name"}  # fmt: skip
    whole = [event for event in events if event["ph"] == "X"]
    busiest = Counter[tuple[int, int]]()
    for event in whole:
        at = (event["pid"], event["tid"])
        if threads.get(at) == MAIN:
            busiest[at] += spent(event)
    [(thread, _)] = busiest.most_common(1)
    main = [event for event in whole if (event["pid"], event["tid"]) == thread]
    each = by_frame(main)
    total = sum(each)
    return {
        "main_ms": ms(total / frames),
        "script_ms": ms(outermost(main, SCRIPT) / frames),
        "style_and_layout_ms": ms(outermost(main, STYLE) / frames),
        "paint_ms": ms(outermost(main, PAINT) / frames),
        "main_p95_ms": ms(each[int(len(each) * 0.95)]),
        "main_longest_ms": ms(each[-1]),
        "raster_ms": ms(
            sum(spent(e) for e in whole if e["name"] == RASTER and e["pid"] == thread[0]) / frames
        ),
        "show_ms": ms(sum(spent(e) for e in whole if e["name"] == DISPLAY) / frames),
    }


def spent(event: Event) -> int:
    """Microseconds of processor time."""
    return int(event.get("tdur", 0))


def ms(microseconds: float) -> float:
    return round(microseconds / 1000, 2)


def by_frame(main: list[Event]) -> list[int]:
    """What the main thread did from each frame to the next, in order of size."""
    begun = sorted(e["ts"] for e in main if e["name"] == "ProxyMain::BeginMainFrame")
    found = defaultdict[int, int](int)
    for event in main:
        if event["name"] == "RunTask":
            found[bisect.bisect_right(begun, event["ts"] + event["dur"] / 2)] += spent(event)
    return sorted(found.values()) or [0]


def outermost(main: list[Event], names: set[str]) -> int:
    """The time of events with these names; what lies within another of them is counted once."""
    end, total = 0.0, 0
    for event in sorted((e for e in main if e["name"] in names), key=lambda e: (e["ts"], -e["dur"])):  # fmt: skip
        if event["ts"] >= end:
            end = event["ts"] + event["dur"]
            total += spent(event)
    return total
