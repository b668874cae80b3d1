"""What most journeys through the console do."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.support.console import PASSWORD
from tests.support.server import Client


def sign_in(page: Page, client: Client) -> None:
    page.goto("/")
    page.get_by_label("E-mail").fill(client.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Workflows")).to_be_visible()


def add_step(page: Page, place: int, title: str) -> None:
    """Adds a step at a place of the drawing, counted from above; -1 is the last one."""
    page.get_by_role("button", name="Add a step here").nth(place).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("searchbox").fill(title)
    dialog.get_by_role("button", name=title).first.click()


def publish(page: Page, version: int) -> None:
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("button", name=f"Publish version {version}").click()
    expect(page.get_by_role("heading", name=f"Version {version} is live")).to_be_visible()
    page.get_by_role("button", name="Done").click()


def editor(page: Page, label: str) -> Locator:
    """The editor of a value."""
    return page.get_by_role("textbox", name=label, exact=True)


def chosen(page: Page) -> Locator:
    """The title of the step that is chosen on the drawing."""
    return page.locator(".canvas .selected .title")


def status(page: Page) -> Locator:
    """How saving stands."""
    return page.locator(".studio-head").get_by_role("status")


def builder(page: Page) -> None:
    """Waits for the builder: the page of an execution, which may be left, has a drawing too."""
    expect(page.get_by_role("button", name="Publish", exact=True)).to_be_visible()
