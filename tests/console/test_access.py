"""Who gets in, and what they may then do: second factors, roles, groups, grants."""

from __future__ import annotations

from datetime import UTC, datetime

import pyotp
from playwright.sync_api import Page, expect

from tests.support.console import PASSWORD, colleague, enter
from tests.support.server import Client

STEP = 30
"""Seconds that a code is shown for (RFC 6238); the next one is taken, too."""


def test_a_second_factor_is_set_up_and_asked_for(page: Page, owner: Client) -> None:
    person = colleague(owner, "sam@example.com", "editor")
    enter(page, person)
    page.goto("/settings/security")
    page.get_by_role("button", name="Set it up").click()
    page.get_by_role("dialog").get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    app = pyotp.TOTP(page.get_by_label("Key", exact=True).inner_text())
    now = int(datetime.now(UTC).timestamp())
    page.get_by_label("Code that the app shows").fill(app.at(now))
    page.get_by_role("button", name="Turn it on").click()
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_role("region", name="Second factor").locator(".chip")).to_have_text("on")
    page.get_by_role("button", name="Sam").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    code = page.get_by_label("Code of your app, or a recovery code")
    code.fill(app.at(now + STEP))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Workflows")).to_be_visible()


def test_a_role_is_made_and_granted_through_a_group(page: Page, owner: Client) -> None:
    person = colleague(owner, "gina@example.com", "viewer")
    enter(page, owner)
    page.goto("/settings/roles")
    page.get_by_role("button", name="New role").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("drafter")
    dialog.get_by_label("workflows:write").check()
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="drafter")).to_be_visible()
    page.goto("/settings/access")
    page.get_by_role("button", name="New group").click()
    dialog.get_by_label("Name").fill("Writers")
    dialog.get_by_label("Gina").check()
    dialog.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Grant a role").click()
    dialog.get_by_role("combobox", name="To", exact=True).select_option("Group Writers")
    dialog.get_by_role("combobox", name="Role", exact=True).select_option("drafter")
    dialog.get_by_role("button", name="Grant", exact=True).click()
    expect(page.get_by_role("region", name="Grants")).to_contain_text("the whole workspace")
    page.context.clear_cookies()
    enter(page, person)
    page.goto("/workflows")
    expect(page.get_by_role("button", name="New workflow")).to_be_visible()
    [grant] = owner.ok("GET", "/v1/grants")
    owner.ok("DELETE", f"/v1/grants/{grant['id']}")
    page.reload()
    expect(page.get_by_role("heading", name="Workflows")).to_be_visible()
    expect(page.get_by_role("link", name="Settings")).to_be_visible()
    expect(page.get_by_role("button", name="New workflow")).to_have_count(0)
