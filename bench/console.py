"""The console in Chromium: what the first page loads, when it can be used, how smoothly it draws.

load       what a browser fetches for the sign-in page and for the workflow list, gzipped
start      from asking for an address to a page that answers, with an empty cache
drawing    frames while a builder with 300 steps is moved and zoomed, and while a step is dragged over it
waterfall  frames while an execution with 5,000 visits of steps is scrolled

Frames are counted in a browser that paints without a graphics card, so that the figures are a floor; what a
frame costs the page's main thread is counted in processor time, which other work on the machine does not change.
Run: make console && python bench/console.py [--steps 300] [--visits 5000] [--json]
"""

from __future__ import annotations

import gzip
import json
import shutil
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Response, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))
import harness

EMAIL, PASSWORD = "bench@example.com", "long enough pw"
SECONDS = 3
PARTS = ("load", "start", "drawing", "waterfall")
FRAMES = """seconds => new Promise(done => {
  const gaps = []; const end = performance.now() + seconds * 1000; let last = performance.now();
  const frame = now => { gaps.push(now - last); last = now; now < end ? requestAnimationFrame(frame) : done(gaps.slice(1)); };
  requestAnimationFrame(frame);
})"""
MOVE = """([selector, seconds]) => {
  const target = document.querySelector(selector); const end = performance.now() + seconds * 1000; let n = 0;
  const box = target.getBoundingClientRect();
  const step = () => {
    const zooming = n % 90 > 60;
    target.dispatchEvent(new WheelEvent('wheel', {bubbles: true, cancelable: true, ctrlKey: zooming,
      clientX: box.x + box.width / 2, clientY: box.y + box.height / 2, deltaY: zooming ? (n % 30 < 15 ? 6 : -6) : 24 * Math.sign(Math.sin(n / 40))}));
    n += 1; if (performance.now() < end) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}"""
DRAG = """([selector, seconds]) => {
  const target = document.querySelector(selector); const end = performance.now() + seconds * 1000; let n = 0;
  const box = target.getBoundingClientRect(); const at = (type, x, y, where) =>
    where.dispatchEvent(new PointerEvent(type, {bubbles: true, button: 0, clientX: x, clientY: y, pointerId: 1}));
  at('pointerdown', box.x + 20, box.y + 20, target);
  const step = () => {
    const done = performance.now() >= end;
    at(done ? 'pointercancel' : 'pointermove', 520 + 260 * Math.sin(n / 25), 430 + 330 * Math.sin(n / 18), window);
    n += 1; if (!done) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}"""
SCROLL = """([selector, seconds]) => {
  const target = document.querySelector(selector); const end = performance.now() + seconds * 1000;
  const step = () => { target.scrollBy(0, 60); if (performance.now() < end) requestAnimationFrame(step); };
  requestAnimationFrame(step);
}"""


def main() -> None:
    parser = harness.arguments(__doc__ or "")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--visits", type=int, default=5000)
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--rounds", type=int, default=5, help="cold starts that are timed")
    options = parser.parse_args()
    result: dict[str, Any] = {"bench": "console", "machine": harness.machine()}
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("There is no Chromium on this machine.")
    with harness.server() as server, sync_playwright() as playwright:
        client = owner(server.url)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for part in options.parts:
            result[part] = measured(part, browser, server.url, client, options)
            print(f"{part}: {json.dumps(result[part])}", flush=True)
        browser.close()
    if options.json:
        print(json.dumps(result))


def measured(part: str, browser: Browser, url: str, client: httpx.Client, options: Any) -> Any:
    match part:
        case "load":
            return load(browser, url, client)
        case "start":
            return start(browser, url, options.rounds)
        case "drawing":
            return drawing(browser, url, client, options.steps)
        case _:
            return waterfall(browser, url, client, options.visits)


def owner(url: str) -> httpx.Client:
    """The workspace's owner, over HTTP."""
    person = {"workspace": "Bench", "email": EMAIL, "name": "Bench", "password": PASSWORD}
    client = httpx.Client(base_url=url, timeout=120)
    token = client.post("/v1/auth/workspaces", json=person).raise_for_status().json()["token"]
    client.headers["authorization"] = f"Bearer {token}"
    return client


def published(client: httpx.Client, definition: dict[str, Any]) -> str:
    """A workflow that is live; its id."""
    made = client.post("/v1/workflows", json={"definition": definition}).raise_for_status().json()
    client.post(f"/v1/workflows/{made['id']}/versions").raise_for_status()
    return str(made["id"])


def signed_in(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Workflows").wait_for()
    return page


def load(browser: Browser, url: str, client: httpx.Client) -> dict[str, float]:
    """Kilobytes, gzipped, of scripts, styles and documents; fonts apart, they are packed already."""
    workflow = published(
        client, {"name": "Small", "triggers": [], "steps": [{"id": "a", "set": 1}]}
    )
    context = browser.new_context(base_url=url)
    seen: dict[str, tuple[str, int]] = {}

    def note(response: Response) -> None:
        kind = response.request.resource_type
        if kind in {"script", "stylesheet", "document", "font"} and response.ok:
            body = response.body()
            seen[response.url] = (kind, len(body) if kind == "font" else len(gzip.compress(body)))

    context.on("response", note)
    page = context.new_page()
    page.goto("/sign-in", wait_until="networkidle")
    page.get_by_label("E-mail").wait_for()
    found = {"sign_in_kb": total(seen)}
    page = signed_in(context)
    page.wait_for_load_state("networkidle")
    found["workflow_list_kb"] = total(seen)
    found["fonts_kb"] = round(sum(size for kind, size in seen.values() if kind == "font") / 1000, 1)
    page.goto(f"/workflows/{workflow}")
    page.locator(".canvas .step").wait_for()
    found["builder_drawn_kb"] = total(seen)
    page.wait_for_load_state("networkidle")
    found["builder_with_editors_kb"] = total(seen)
    context.close()
    return found


def total(seen: dict[str, tuple[str, int]]) -> float:
    return round(sum(size for kind, size in seen.values() if kind != "font") / 1000, 1)


def start(browser: Browser, url: str, rounds: int) -> dict[str, float]:
    """Seconds from asking for the address until one can type; and to the signed-in list."""
    entries, lists = [], []
    for _ in range(rounds):
        context = browser.new_context(base_url=url)
        page = context.new_page()
        began = time.monotonic()
        page.goto("/sign-in", wait_until="commit")
        page.get_by_label("E-mail").fill(EMAIL)
        entries.append(time.monotonic() - began)
        again = signed_in(context)
        began = time.monotonic()
        again.reload(wait_until="commit")
        again.get_by_role("button", name="New workflow").click(trial=True)
        lists.append(time.monotonic() - began)
        context.close()
    return {
        "sign_in_s": round(statistics.median(entries), 2),
        "workflow_list_s": round(statistics.median(lists), 2),
    }


def drawing(browser: Browser, url: str, client: httpx.Client, steps: int) -> dict[str, Any]:
    """Frames a second while the builder's drawing is moved and zoomed."""
    content: list[dict[str, Any]] = []
    for n in range(steps // 6):
        first = {"when": f"{{% $a{n} > 3 %}}", "steps": [{"id": f"b{n}", "set": 1}, {"id": f"d{n}", "set": 2}]}  # fmt: skip
        rest = {"otherwise": [{"id": f"e{n}", "set": 3}, {"id": f"f{n}", "set": 3}]}
        content += [{"id": f"a{n}", "set": n}, {"id": f"c{n}", "choose": [first, rest]}]
    workflow = published(client, {"name": "Large", "triggers": [], "steps": content})
    context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
    page = signed_in(context)
    began = time.monotonic()
    page.goto(f"/workflows/{workflow}")
    page.locator(".canvas .step").first.wait_for()
    opened = time.monotonic() - began
    found = frames(page, MOVE, ".react-flow__pane")
    dragged = frames(page, DRAG, ".canvas .step")
    context.close()
    return {"steps": steps, "opened_s": round(opened, 2), **found, "dragged": dragged}


def waterfall(browser: Browser, url: str, client: httpx.Client, visits: int) -> dict[str, Any]:
    """Frames a second while all visits of an execution's steps are scrolled by."""
    inner = [{"id": f"s{n}", "set": n} for n in range(10)]
    each = {"id": "each", "for_each": f"{{% [1..{visits // 10}] %}}", "as": "n", "concurrency": 40, "steps": inner}  # fmt: skip
    workflow = published(client, {"name": "Long", "triggers": [], "steps": [each]})
    began = client.post(f"/v1/workflows/{workflow}/executions", json={"input": {}})
    run = began.raise_for_status().json()["execution_id"]
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        seen = client.get(f"/v1/executions/{run}", params={"wait": 20})
        if seen.status_code == 200 and seen.json()["status"] != "running":
            break
    context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
    page = signed_in(context)
    asked = time.monotonic()
    page.goto(f"/executions/{run}")
    page.locator(".waterfall .row").first.wait_for()
    opened = time.monotonic() - asked
    page.wait_for_function(
        "count => { const rows = document.querySelector('.waterfall .rows'); rows.scrollTo(0, rows.scrollHeight);"
        " return rows.scrollHeight >= count * 28; }",
        arg=visits,
        timeout=120_000,
    )
    loaded = time.monotonic() - asked
    page.evaluate("document.querySelector('.waterfall .rows').scrollTo(0, 0)")
    found = frames(page, SCROLL, ".waterfall .rows")
    context.close()
    return {"visits": visits, "opened_s": round(opened, 2), "all_read_s": round(loaded, 2), **found}


def frames(page: Page, act: str, selector: str) -> dict[str, float]:
    """How many frames come, and what one costs the page's main thread in processor time."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = busy(devtools)
    page.evaluate(act, [selector, SECONDS])
    gaps = sorted(page.evaluate(FRAMES, SECONDS))
    used = busy(devtools) - before
    return {
        "frames_per_s": round(1000 * len(gaps) / sum(gaps), 1),
        "p95_ms": round(gaps[int(len(gaps) * 0.95)], 1),
        "longest_ms": round(gaps[-1], 1),
        "main_thread_ms_a_frame": round(1000 * used / len(gaps), 1),
    }


def busy(devtools: CDPSession) -> float:
    """Seconds of processor time that the page's main thread has used."""
    found = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}  # fmt: skip
    return float(found["TaskDuration"])


if __name__ == "__main__":
    main()
