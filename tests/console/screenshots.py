"""``make screenshots``: the console's pages, light and dark, on a desk and on a phone, in docs/screenshots.

Usage: python -m tests.console.screenshots [name …]
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, sync_playwright

from statewright_cli.stand_in import start_stand_in
from tests.console.showcase import Showcase, furnish
from tests.support.console import enter, settled
from tests.support.server import ROOT, Server

FOLDER = ROOT / "docs" / "screenshots"
SIZES = {"desktop": (1360, 860), "phone": (390, 844)}
THEMES = ("light", "dark")
QUALITY = 78


def main() -> None:
    """Takes all pages, or those that are named."""
    wanted = set(sys.argv[1:])
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="statewright-shots-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL does not run as root
        server = Server(Path(folder) / "data").start()
        try:
            shown = furnish(server, start_stand_in())
            with sync_playwright() as playwright:
                found = shutil.which("chromium") or shutil.which("google-chrome")
                browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
                for device in SIZES:
                    for theme in THEMES:
                        take(browser, shown, device, theme, wanted)
                browser.close()
        finally:
            server.stop()


def take(browser: Browser, shown: Showcase, device: str, theme: str, wanted: set[str]) -> None:
    """All pages in one window."""
    width, height = SIZES[device]
    scheme = "dark" if theme == "dark" else "light"
    context = browser.new_context(
        viewport={"width": width, "height": height},
        base_url=shown.owner.server.url,
        color_scheme=scheme,
        reduced_motion="reduce",
        locale="en-GB",
    )
    page = context.new_page()
    for name, path in shown.outside.items():
        keep(page, name, path, device, theme, wanted)
    enter(page, shown.owner)
    for name, path in shown.pages.items():
        keep(page, name, path, device, theme, wanted)
    context.close()


def keep(page: Page, name: str, path: str, device: str, theme: str, wanted: set[str]) -> None:
    """One page as a WebP file."""
    if wanted and name not in wanted:
        return
    page.goto(path)
    settled(page)
    page.wait_for_load_state("networkidle")
    PREPARED.get(name, lambda page: None)(page)
    page.mouse.move(0, 0)
    image = Image.open(io.BytesIO(page.screenshot()))
    image.convert("RGB").save(FOLDER / f"{name}-{device}-{theme}.webp", quality=QUALITY, method=6)


def _step(page: Page) -> None:
    if page.viewport_size and page.viewport_size["width"] > 700:
        page.locator(".canvas .step", has_text="Look up customer").first.click()
        page.locator(".cm-editor").first.wait_for()


def _report(page: Page) -> None:
    question = page.get_by_role("complementary", name="Question")
    question.get_by_label("Along time by").select_option("day")
    question.get_by_label("Shown as").select_option("line")
    question.get_by_role("button", name="Workflow", exact=True).click()
    page.locator("[aria-label=Answer][aria-busy=false]").wait_for()
    page.locator(".recharts-line-curve").first.wait_for()


def _visits(page: Page) -> None:
    page.locator(".waterfall .row").first.wait_for()


ROWS = b"sku,name,Pieces,reorder_at,supplier\n" + b"".join(
    b"NEW-%d,%s,%s,5,Haus AG\n" % (n, name, b"many" if n == 3 else b"%d" % (n * 7))
    for n, name in enumerate([b"Stool", b"Day bed", b"Reading lamp", b"Rug", b"Shoe rack", b"Tray"])
)


def _import(page: Page) -> None:
    page.get_by_role("button", name="Import").first.click()
    chosen: FilePayload = {"name": "delivery.csv", "mimeType": "text/csv", "buffer": ROWS}
    page.get_by_role("dialog").get_by_label("File with rows").set_input_files(chosen)
    page.get_by_role("dialog").get_by_label("left is filled from").select_option("Pieces")
    page.get_by_role("dialog").get_by_role("button", name="Check the rows").click()
    page.get_by_role("dialog").get_by_label("Rows that do not fit").wait_for()


def _message(page: Page) -> None:
    page.locator(".cm-editor, textarea").first.wait_for()


def _menu(page: Page) -> None:
    """On a phone the menu; on a desk the search that goes everywhere."""
    if page.viewport_size and page.viewport_size["width"] < 700:
        page.get_by_role("button", name="Open the menu").click()
    else:
        page.keyboard.press("Control+k")
        page.get_by_label("Search pages and workflows").fill("order")
        page.get_by_role("option").nth(1).wait_for(state="detached")
    page.get_by_role("dialog").wait_for()


PREPARED: dict[str, Callable[[Page], None]] = {
    "builder": _step,
    "report": _report,
    "execution": _visits,
    "failure": _visits,
    "import": _import,
    "message": _message,
    "menu": _menu,
}

if __name__ == "__main__":
    main()
