"""Every page, judged by axe-core in light and dark, and held against the width of a phone."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.support.console import enter, findings, settled
from tests.support.server import Client

PAGES = (
    "/workflows",
    "/templates",
    "/templates/expense-approval",
    "/assistant",
    "/inbox",
    "/connections",
    "/connections?add=",
    "/connections?add=oauth2",
    "/connectors",
    "/connectors/github",
    "/webhooks",
    "/apis",
    "/files",
    "/tables",
    "/tables/prices",
    "/dashboards",
    "/dashboards/overview",
    "/reports",
    "/reports/new",
    "/notifications",
    "/notifications/templates/new",
    "/messages",
    "/settings/profile",
    "/settings/security",
    "/settings/preferences",
    "/settings/general",
    "/settings/people",
    "/settings/roles",
    "/settings/access",
    "/settings/sign-in",
    "/settings/keys",
    "/settings/usage",
    "/settings/audit",
)
OUTSIDE = (
    "/sign-in",
    "/register",
    "/forgot-password",
    "/reset-password#token=some",
    "/accept-invitation#token=some",
    "/verify-email",
    "/connected",
    "/no-such-page",
)
LONG = "a_rather_long_name_of_a_column_that_nobody_shortened"


def judged(page: Page, path: str) -> dict[str, object]:
    """What is wrong with a page, by the way in which it was looked at."""
    page.goto(path)
    settled(page)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found: dict[str, object] = {path: findings(page)}
    page.emulate_media(color_scheme="dark")
    found[f"{path} dark"] = findings(page, ["color-contrast"])
    page.set_viewport_size({"width": 390, "height": 844})
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found[f"{path} at 390 pixels"] = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": 1360, "height": 860})
    return {how: wrong for how, wrong in found.items() if wrong}


def test_pages_are_accessible_and_fit_a_phone(page: Page, owner: Client) -> None:
    columns = {name: {"type": "text"} for name in ("sku", "supplier", "remarks", LONG)}
    owner.ok("POST", "/v1/tables", {"name": "prices", "columns": columns})
    owner.ok("POST", "/v1/tables/prices/rows", {"rows": [{"sku": "chair", "remarks": "r" * 300}]})
    enter(page, owner)
    assert {how: wrong for path in PAGES for how, wrong in judged(page, path).items()} == {}


def test_pages_of_single_things_are_accessible(page: Page, owner: Client) -> None:
    auth = {"kind": "bearer", "token": "t" * 20, "base_url": "https://crm.example.com"}
    kept = owner.ok("POST", "/v1/connections", {"name": "judged", "title": "Judged", "auth": auth})
    hook = owner.ok("POST", "/v1/webhooks", {"url": "http://127.0.0.1:9/in", "events": ["execution.failed"]})  # fmt: skip
    workflow = owner.publish({"name": "Judged", "triggers": [{"id": "manual", "type": "manual"}], "steps": [{"id": "a", "set": 1}]})  # fmt: skip
    path = f"/v1/workflows/{workflow['id']}/executions"
    one, other = (owner.ok("POST", path, {"input": {}})["execution_id"] for _ in range(2))
    for each in (one, other):
        owner.ended(each)
    enter(page, owner)
    paths = (f"/connections/{kept['id']}", f"/webhooks/{hook['id']}", "/executions", f"/executions/{one}/compare/{other}")  # fmt: skip
    assert {how: wrong for path in paths for how, wrong in judged(page, path).items()} == {}
    owner.ok("DELETE", f"/v1/webhooks/{hook['id']}")


def test_pages_before_signing_in_are_accessible(page: Page) -> None:
    assert {how: wrong for path in OUTSIDE for how, wrong in judged(page, path).items()} == {}


def test_a_link_without_its_secret_says_so(page: Page) -> None:
    page.goto("/verify-email")
    page.get_by_role("heading", name="This link is not complete").wait_for()
    page.get_by_role("link", name="Go to the sign-in page").click()
    page.get_by_role("heading", name="Sign in").wait_for()
