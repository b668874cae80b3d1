"""How long sessions last: time is moved in the database, nothing waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest

from tests.e2e.auth.test_accounts import post
from tests.support.server import Client, Server, until


@pytest.fixture
def connection(server: Server) -> Iterator[psycopg.Connection[Any]]:
    folder = (server.data / "postgres" / "postmaster.pid").read_text().splitlines()[4]
    url = f"postgresql://postgres@/postgres?host={folder}"
    with psycopg.connect(url, autocommit=True) as opened:
        yield opened


def age(connection: psycopg.Connection[Any], client: Client, minutes: int) -> None:
    """Makes all that a session began with older."""
    arguments = {"id": client.session["session_id"], "age": minutes}
    connection.execute(
        "UPDATE sessions SET created_at = created_at - make_interval(mins => %(age)s),"
        " expires_at = expires_at - make_interval(mins => %(age)s) WHERE id = %(id)s",
        arguments,
    )
    connection.execute(
        "UPDATE refresh_tokens SET created_at = created_at - make_interval(mins => %(age)s)"
        " WHERE session_id = %(id)s",
        arguments,
    )


def refresh(client: Client) -> httpx.Response:
    token = {"refresh_token": client.session["refresh_token"]}
    answer = post(client.server, "sessions/refresh", **token)
    if answer.is_success:
        client.use(answer.json())
    return answer


def test_people_sign_in_again_after_twelve_hours(
    server: Server, connection: psycopg.Connection[Any]
) -> None:
    client = Client(server, "daily@sessions.example").register()
    for _ in range(11):
        age(connection, client, 60)
        assert refresh(client).status_code == 201, "used every hour"
    age(connection, client, 61)
    assert refresh(client).status_code == 401
    until(lambda: client.http.get("/v1/workflows").status_code == 401, "the cache to forget")


def test_a_workspace_says_how_long_its_sessions_last(
    server: Server, connection: psycopg.Connection[Any]
) -> None:
    client = Client(server, "brief@sessions.example").register()
    client.ok("PATCH", "/v1/workspace", {"session_minutes": 10_000, "idle_minutes": 30})
    assert client.ok("GET", "/v1/workspace")["idle_minutes"] == 30
    lasting = post(server, "sessions", email=client.email, password="long enough pw").json()
    other = Client(server, client.email).use(lasting)
    age(connection, other, 29)
    assert refresh(other).status_code == 201
    age(connection, other, 31)
    assert refresh(other).status_code == 401, "unused for too long"
    age(connection, client, 29)
    assert refresh(client).status_code == 201
    client.ok("PATCH", "/v1/workspace", {"session_minutes": 20})
    ended = client.http.post(
        "/v1/auth/sessions/refresh", json={"refresh_token": client.session["refresh_token"]}
    )
    assert ended.status_code == 401, "sessions that are there follow what is decided now"


@pytest.mark.parametrize("field", ["session_minutes", "idle_minutes"])
@pytest.mark.parametrize("minutes", [0, 19, 43_201, "soon"])
def test_times_that_make_no_sense_are_refused(client: Client, field: str, minutes: Any) -> None:
    answer = client.request("PATCH", "/v1/workspace", {field: minutes})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/{field}"
