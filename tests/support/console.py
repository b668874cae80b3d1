"""The console in a real browser: sessions, inviting colleagues, judging a page's accessibility."""

from __future__ import annotations

from functools import cache
from typing import Any

import httpx
from playwright.sync_api import Page, expect

from tests.support.server import ROOT, Client

PASSWORD = "long enough pw"
AXE = ROOT / "console" / "node_modules" / "axe-core" / "axe.min.js"
_SETTLED = """() => Promise.all(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime < Infinity)
    .map((one) => one.finished.catch(() => null)))"""
SERIOUS = {"serious", "critical"}


def enter(page: Page, client: Client) -> None:
    """Gives the browser a session of its own, without the sign-in page."""
    person = {"email": client.email, "password": PASSWORD}
    asked = {"X-Refresh-Token": "cookie"}
    url = client.server.url
    session = httpx.post(f"{url}/v1/auth/sessions", json=person, headers=asked, timeout=60)
    kept = [(name, value) for name, value in session.cookies.items()]
    page.context.add_cookies([{"name": name, "value": value, "url": url} for name, value in kept])
    page.add_init_script("if (window === top) localStorage.setItem('statewright.signed-in', 'yes')")


def colleague(owner: Client, email: str, role: str) -> Client:
    """Somebody who was invited and has joined."""
    owner.ok("POST", "/v1/invitations", {"email": email, "role": role})
    workspace = owner.ok("GET", "/v1/workspace")["name"]
    token = owner.mailed_secret(email, f"Join '{workspace}'")
    joined = {"token": token, "name": email.partition("@")[0].title(), "password": PASSWORD}
    member = Client(owner.server, email)
    return member.use(member.ok("POST", "/v1/auth/invitations/accept", joined))


def settled(page: Page) -> None:
    """Waits until nothing on the page is loading any more."""
    # Behind a dialog the page's heading is hidden from who asks by its role.
    expect(page.locator("h1, .studio-head").first).to_be_visible()
    expect(page.get_by_role("status", name="Loading")).to_have_count(0)


@cache
def _axe() -> str:
    return AXE.read_text()


def findings(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe-core calls serious or critical on the page as it is now."""
    page.evaluate(_axe())
    page.evaluate(_SETTLED)  # half-faded text has another contrast
    chosen = {"type": "rule", "values": rules} if rules else None
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if chosen:
        options["runOnly"] = chosen
    result = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{found['id']}: {node['target']} {node['html'][:160]}"
        for found in result["violations"]
        if found["impact"] in SERIOUS
        for node in found["nodes"][:5]
    ]
