"""CORS: the pages of listed origins may call, for the workspace that lists them, without cookies."""

from __future__ import annotations

import httpx
import pytest

from tests.support.server import Client, Server, until

PAGE = "https://app.example.com"


@pytest.fixture(scope="module")
def listing(server: Server) -> Client:
    listing = Client(server, "lists@gateway.example").register()
    listing.ok("PUT", "/v1/cors-origins", {"origins": [PAGE, "http://localhost:3000", PAGE]})
    until(lambda: "access-control-allow-origin" in preflight(server, PAGE).headers, "the list")
    return listing


def preflight(server: Server, origin: str, path: str = "/v1/workflows") -> httpx.Response:
    asked = {"origin": origin, "access-control-request-method": "POST"}
    return httpx.request("OPTIONS", f"{server.url}{path}", headers=asked)


def test_a_listed_origins_page_is_let_through(server: Server, listing: Client) -> None:
    assert listing.ok("GET", "/v1/cors-origins") == {"origins": ["http://localhost:3000", PAGE]}
    answer = preflight(server, PAGE)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    got = listing.http.get("/v1/workflows", headers={"origin": PAGE})
    assert got.headers["access-control-allow-origin"] == PAGE
    assert "RateLimit" in got.headers["access-control-expose-headers"]
    assert "Origin" in got.headers["vary"]


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "*", f"{PAGE}.evil.example", "http://app.example.com"],
)
def test_others_are_not(server: Server, listing: Client, origin: str) -> None:
    for answer in (
        preflight(server, origin),
        listing.http.get("/v1/workflows", headers={"origin": origin}),
    ):
        assert "access-control-allow-origin" not in answer.headers


def test_one_workspaces_list_is_not_anothers(
    server: Server, listing: Client, owner: Client
) -> None:
    got = owner.http.get("/v1/workflows", headers={"origin": PAGE})
    assert got.status_code == 200
    assert "access-control-allow-origin" not in got.headers


def test_cookies_are_never_allowed(server: Server, listing: Client) -> None:
    refused = httpx.get(f"{server.url}/v1/workflows", headers={"origin": PAGE})
    assert refused.status_code == 401
    for answer in (
        refused,
        preflight(server, PAGE),
        listing.http.get("/v1/workflows", headers={"origin": PAGE}),
        httpx.get(f"{server.url}/healthz", headers={"origin": PAGE}),
    ):
        assert "access-control-allow-credentials" not in answer.headers
    assert "*" not in listing.http.get("/v1/workflows").headers.values()


@pytest.mark.parametrize(
    "origin", ["*", "null", "https://a.example/path", "ftp://a.example", "http://a.example", ""]
)
def test_what_is_no_origin_is_refused(listing: Client, origin: str) -> None:
    answer = listing.request("PUT", "/v1/cors-origins", {"origins": [origin]})
    assert answer.status_code == 422
    assert PAGE in listing.ok("GET", "/v1/cors-origins")["origins"]
