"""The console in Chromium: what the first page loads, when it can be used, how smoothly it draws.

load       what a browser fetches for the sign-in page and for the workflow list, gzipped
start      from asking for an address to a page that answers, with an empty cache
drawing    what a frame costs, and how many come, while a builder with 300 steps is moved, zoomed and filled in
waterfall  the same while an execution with 5,000 visits of steps is scrolled

The browser paints without a graphics card. What a frame costs is processor time, which other work on the machine
does not change; frames a second are set against those of a page of one moved picture, taken in the same run.
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
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))
import console_acts
import console_frames
import harness

EMAIL, PASSWORD = "bench@example.com", "long enough pw"
CODE = frozenset({"script", "stylesheet", "document"})
STANDS = """new MutationObserver((_, self) => {
  if (document.querySelector('.canvas .step') !== null) { window.stood = performance.now(); self.disconnect(); }
}).observe(document, {childList: true, subtree: true})"""
LATER = "performance.getEntriesByType('resource').filter(e => e.responseEnd > window.stood).map(e => e.name)"
PARTS = ("load", "start", "drawing", "waterfall")


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
            return drawing(browser, url, client, options)
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
    context.add_init_script(STANDS)
    kinds: dict[str, str] = {}
    context.on("request", lambda request: kinds.setdefault(request.url, request.resource_type))
    page = context.new_page()
    page.goto("/sign-in", wait_until="networkidle")
    page.get_by_label("E-mail").wait_for()
    found = {"sign_in_kb": total(kinds)}
    page = signed_in(context)
    page.wait_for_load_state("networkidle")
    found["workflow_list_kb"] = total(kinds)
    found["fonts_kb"] = total(kinds, {"font"})
    page.goto(f"/workflows/{workflow}")
    page.locator(".inspector .cm-editor").first.wait_for()
    page.wait_for_load_state("networkidle")
    later = set(page.evaluate(LATER))
    needed = {address: kind for address, kind in kinds.items() if address not in later}
    found["builder_drawn_kb"] = total(needed)
    found["builder_with_editors_kb"] = total(kinds)
    context.close()
    return found


def total(kinds: dict[str, str], wanted: frozenset[str] | set[str] = CODE) -> float:
    """What these addresses weigh: fonts as they are, else gzipped."""
    bodies = [
        (httpx.get(address).content, kind) for address, kind in kinds.items() if kind in wanted
    ]
    sizes = [len(body if kind == "font" else gzip.compress(body)) for body, kind in bodies]
    return round(sum(sizes) / 1000, 1)


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


def drawing(browser: Browser, url: str, client: httpx.Client, options: Any) -> dict[str, Any]:
    """Each way to work with a large drawing, beside the floor; and how long it takes to stand."""
    workflow = published(client, large(options.steps))
    context = browser.new_context(base_url=url, viewport=console_frames.WINDOW)
    page = signed_in(context)
    opened = [standing(page, f"/workflows/{workflow}") for _ in range(options.rounds)]
    box = page.locator(".canvas").bounding_box()
    floor = console_frames.floor(browser, box, console_acts.SECONDS)
    found: dict[str, Any] = {}
    for name, act in console_acts.ACTS.items():
        standing(page, f"/workflows/{workflow}")
        page.locator(".inspector .cm-editor").first.wait_for()
        page.wait_for_load_state("networkidle")
        found[name] = beside(
            floor, console_frames.measured(browser, page, lambda act=act: act(page))
        )
        print(f"{name}: {json.dumps(found[name])}", flush=True)
    context.close()
    return {"steps": options.steps, "opened_s": round(statistics.median(opened), 2), "floor": floor, **found}  # fmt: skip


def large(steps: int) -> dict[str, Any]:
    """So many steps: values, calls and conditions that name earlier ones."""
    content: list[dict[str, Any]] = []
    for n in range(steps // 6):
        call = {
            "method": "GET",
            "url": f"{{% 'https://shop.example.com/orders/' & $string($a{n}) %}}",
        }
        first = {"when": f"{{% $a{n} > 3 %}}", "steps": [{"id": f"b{n}", "use": "http.request", "with": call}, {"id": f"d{n}", "set": {"total": f"{{% $a{n} * 2 %}}"}}]}  # fmt: skip
        rest = {"otherwise": [{"id": f"e{n}", "set": 3}, {"id": f"f{n}", "set": f"{{% $e{n} + $a{n} %}}"}]}  # fmt: skip
        content += [{"id": f"a{n}", "set": n}, {"id": f"c{n}", "choose": [first, rest]}]
    return {"name": "Large", "triggers": [], "steps": content}


def standing(page: Page, path: str) -> float:
    """Seconds from asking for a builder, in a page without anything, until a step can be chosen."""
    page.goto("about:blank")
    began = time.monotonic()
    page.goto(path, wait_until="commit")
    page.locator(".canvas .step").first.click(trial=True)
    return time.monotonic() - began


def beside(floor: dict[str, float], found: dict[str, float]) -> dict[str, float]:
    """With the share of the frames that this machine can show at all."""
    return {**found, "of_floor": round(found["frames_per_s"] / floor["frames_per_s"], 2)}


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
    context = browser.new_context(base_url=url, viewport=console_frames.WINDOW)
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
    rows = page.locator(".waterfall .rows")
    floor = console_frames.floor(browser, rows.bounding_box(), console_acts.SECONDS)
    scroll = [".waterfall .rows", console_acts.SECONDS]
    found = console_frames.measured(
        browser, page, lambda: page.evaluate(console_acts.SCROLL, scroll)
    )
    found = beside(floor, found)
    context.close()
    return {"visits": visits, "opened_s": round(opened, 2), "all_read_s": round(loaded, 2), **found}


if __name__ == "__main__":
    main()
