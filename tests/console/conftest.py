"""A real browser on the real console, in front of the shared server."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.server import ROOT, Client, Server, until

PATIENCE = 60_000
"""Milliseconds: other suites run beside this one, and only what never comes is a failure."""
expect.set_options(timeout=PATIENCE)
INDEX = ROOT / "console" / "dist" / "index.html"


@pytest.fixture(scope="session")
def built() -> None:
    """The console, built as `make run` does."""
    subprocess.run(["make", "--no-print-directory", "console"], cwd=ROOT, check=True)
    assert INDEX.is_file()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's Chromium; Debian's is installed where that is possible."""
    for attempt in range(2):
        for name in ("chromium", "chromium-browser", "google-chrome"):
            if (found := shutil.which(name)) is not None:
                return found
        if attempt == 0 and os.geteuid() == 0 and shutil.which("apt-get"):
            subprocess.run(["apt-get", "update", "-qq"], check=False)
            subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False)
    pytest.skip("there is no Chromium on this machine, and none can be installed")


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for this folder alone: while it lives, this thread's event loop is its own."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="session")
def site(built: None, data_root: Path) -> Iterator[Server]:
    """A server that was started after the console had been built."""
    running = Server(data_root / "console")
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture
def page(browser: Browser, site: Server) -> Iterator[Page]:
    """A fresh browser window. What the console logs as an error fails the test."""
    context = browser.new_context(viewport={"width": 1360, "height": 860}, base_url=site.url)
    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)  # fmt: skip
    yield opened
    context.close()
    # While an execution has begun but is not yet recorded, its page asks again (404). Two people at
    # one draft are told so (409).
    assert [text for text in complaints if "404" not in text and "409" not in text] == []


@pytest.fixture(scope="session")
def owner(site: Server) -> Client:
    return Client(site, "console@example.com").register()


@pytest.fixture(scope="session")
def viewer(site: Server, owner: Client) -> Client:
    """Somebody in the owner's workspace who may only look."""
    address = "viewer@example.com"
    owner.ok("POST", "/v1/invitations", {"email": address, "role": "viewer"})
    subject = until(lambda: next((m.subject for m in owner.letters() if m.to == address), None), "the invitation")  # fmt: skip
    secret = owner.mailed_secret(address, subject)
    joined = {"token": secret, "name": "Vera", "password": "long enough pw"}
    return Client(site, address).use(owner.ok("POST", "/v1/auth/invitations/accept", joined))
