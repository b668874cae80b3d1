"""Signing in: what browsers keep of a session, passwords that are typed, security keys."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.support.console import PASSWORD, enter
from tests.support.server import Client, Server

DEVICE = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def register(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Create a workspace").click()
    page.get_by_label("Workspace").fill("Keys")
    page.get_by_label("Your name").fill("Kay")
    page.get_by_label("E-mail").fill("kay@example.com")
    password = page.get_by_label("Password")
    password.fill("password1234")
    expect(page.get_by_text("guess")).to_be_visible()
    password.fill(PASSWORD + " with seven lambs")
    expect(page.get_by_text("Very good")).to_be_visible()
    page.evaluate("text => navigator.clipboard.writeText(text)", PASSWORD)
    password.press("Control+a")
    password.press("Control+v")
    page.get_by_role("button", name="Show what is typed").click()
    assert password.get_attribute("type") == "text"
    assert password.input_value() == PASSWORD, "pasted"
    page.get_by_role("button", name="Create the workspace").click()


def test_a_security_key_signs_in_and_nothing_secret_stays_in_the_page(
    page: Page, site: Server
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    home = f"http://localhost:{site.port}"  # devices sign for the address that the server has
    register(page, home)
    expect(page.get_by_role("heading", name="Workflows")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Workflows")).to_be_visible()
    kept = page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert "swr_" not in kept
    assert "eyJ" not in kept
    page.goto(f"{home}/settings/security")
    page.get_by_role("button", name="Add one").click()
    page.get_by_role("dialog").get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("What do you call it?").fill("Blue key")
    page.get_by_role("button", name="Touch it now").click()
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_role("cell", name="Blue key")).to_be_visible()
    page.get_by_role("button", name="Kay").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.get_by_label("E-mail").fill("kay@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Use a security key").click()
    expect(page.get_by_role("heading", name="Workflows")).to_be_visible()


def test_a_server_that_is_away_is_told_and_nobody_is_signed_out(
    browser: Browser, owner: Client
) -> None:
    context = browser.new_context(base_url=owner.server.url)
    page = context.new_page()
    enter(page, owner)
    page.route("**/v1/**", lambda route: route.fulfill(status=503, body="{}"))
    page.goto("/workflows")
    expect(page.get_by_role("heading", name="The server does not answer")).to_be_visible()
    page.unroute("**/v1/**")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Workflows")).to_be_visible()
    context.close()
