"""Sessions of browsers: the refresh token in a cookie that no script reads."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.e2e.auth.test_accounts import PASSWORD
from tests.support.server import Client, Server

WANTED = {"X-Refresh-Token": "cookie"}
COOKIE = "statewright-session"


@pytest.fixture
def browser(server: Server) -> httpx.Client:
    return httpx.Client(verify=False, base_url=f"http://localhost:{server.port}", timeout=30)


def sign_in(browser: httpx.Client, email: str, **options: Any) -> httpx.Response:
    return browser.post("/v1/auth/sessions", json={"email": email, "password": PASSWORD}, **options)


def refresh(browser: httpx.Client, **options: Any) -> httpx.Response:
    return browser.post("/v1/auth/sessions/refresh", json={}, **options)


def test_a_browser_goes_on_with_its_cookie_until_it_signs_out(
    server: Server, browser: httpx.Client
) -> None:
    email = Client(server, "browser@cookies.example").register().email
    begun = sign_in(browser, email, headers=WANTED)
    assert begun.json()["refresh_token"] == ""
    cookie = begun.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Strict", "Path=/;"))
    first = browser.cookies[COOKIE]
    assert first not in begun.text
    renewed = refresh(browser, headers=WANTED)
    assert renewed.status_code == 201
    assert renewed.json()["refresh_token"] == ""
    assert browser.cookies[COOKIE] != first
    headers = WANTED | {"Authorization": f"Bearer {renewed.json()['token']}"}
    assert browser.get("/v1/auth/account", headers=headers).status_code == 200
    assert browser.post("/v1/auth/sign-out", headers=headers).status_code == 200
    assert COOKIE not in browser.cookies
    assert refresh(browser, headers=WANTED).status_code == 401


def test_a_page_elsewhere_cannot_use_the_cookie(server: Server, browser: httpx.Client) -> None:
    email = Client(server, "csrf@cookies.example").register().email
    sign_in(browser, email, headers=WANTED)
    before = browser.cookies[COOKIE]
    assert refresh(browser).status_code == 401, "without the header, which others cannot send"
    assert refresh(browser, headers={"X-Refresh-Token": "body"}).status_code == 401
    assert browser.cookies[COOKIE] == before
    preflight = browser.options(
        "/v1/auth/sessions/refresh",
        headers={
            "Origin": "https://elsewhere.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "x-refresh-token",
        },
    )
    assert "access-control-allow-origin" not in preflight.headers
    assert refresh(browser, headers=WANTED).status_code == 201, "it was not used up"


def test_programs_get_no_cookie(server: Server, browser: httpx.Client) -> None:
    email = Client(server, "program@cookies.example").register().email
    begun = sign_in(browser, email)
    assert "set-cookie" not in begun.headers
    token = begun.json()["refresh_token"]
    again = browser.post("/v1/auth/sessions/refresh", json={"refresh_token": token})
    assert again.status_code == 201
    assert again.json()["refresh_token"] not in {"", token}
    wrong = sign_in(browser, "nobody@cookies.example", headers=WANTED)
    assert wrong.status_code == 401
    assert "set-cookie" not in wrong.headers


def test_a_cookie_that_comes_twice_ends_the_session(server: Server, browser: httpx.Client) -> None:
    email = Client(server, "stolen@cookies.example").register().email
    sign_in(browser, email, headers=WANTED)
    stolen = browser.cookies[COOKIE]
    assert refresh(browser, headers=WANTED).status_code == 201
    thief = httpx.Client(verify=False, base_url=browser.base_url, cookies={COOKIE: stolen})
    assert refresh(thief, headers=WANTED).status_code == 401
    assert refresh(browser, headers=WANTED).status_code == 401, "the owner is asked to sign in"
