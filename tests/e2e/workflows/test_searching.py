"""Searches among thousands of executions: every page is what going through all of them gives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import psycopg
import pytest

from tests.support.server import Client, Server

COUNT = 12_000
"""More than the newest 5,000 that a search goes through before it asks the index of words."""
FILL = """
INSERT INTO executions (id, workspace_id, workflow_id, version, arn, status, trigger, started_at,
    stopped_at, error, search)
SELECT 'many-' || n, w.workspace_id, w.id, 1, 'arn:none', CASE WHEN n %% 3 = 0 THEN 'failed' ELSE 'succeeded' END,
    'webhook', now() - interval '1 second' * (n / 2), now(), CASE WHEN n %% 3 = 0 THEN 'Oops' END,
    words_of(concat_ws(' ', 'common', 'fifth' || n %% 5, 'rare' || n %% 1000,
        CASE WHEN n > 9000 THEN 'old' END))
FROM generate_series(1, %(count)s) n
JOIN workflows w ON w.id = (%(workflows)s::uuid[])[1 + n %% 2]
"""  # fmt: skip


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "owner@searches.example").register()


@pytest.fixture(scope="module")
def workflows(owner: Client, server: Server) -> list[str]:
    steps = [{"id": "a", "set": 1}]
    made = [owner.publish({"name": f"Many {n}", "steps": steps})["id"] for n in range(2)]
    owner.ok("PATCH", f"/v1/workflows/{made[1]}", {"tags": ["odd"]})
    folder = (server.data / "postgres" / "postmaster.pid").read_text().splitlines()[4]
    url = f"postgresql://postgres@/postgres?host={folder}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(FILL, {"count": COUNT, "workflows": made})
    return made


def pages(owner: Client, query: dict[str, Any], limit: int, most: int) -> Iterator[dict[str, Any]]:
    cursor: dict[str, str] = {}
    for _ in range(most):
        answer = owner.http.get("/v1/executions", params={**query, **cursor, "limit": limit})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        yield from page["items"]
        if page["next"] is None:
            return
        cursor = {"cursor": page["next"]}


@pytest.mark.parametrize(
    ("query", "wanted", "limit"),
    [
        ({"q": "rare7"}, lambda n: str(n % 1000).startswith("7"), 200),
        ({"q": "rare77 fifth2"}, lambda n: str(n % 1000).startswith("77") and n % 5 == 2, 7),
        ({"q": "old rare5", "status": "failed"}, lambda n: n > 9000 and str(n % 1000).startswith("5") and n % 3 == 0, 50),
        ({"q": "rare123", "tag": "odd"}, lambda n: n % 1000 == 123 and n % 2 == 1, 5),
        ({"q": "old", "tag": "odd", "error": "Oops"}, lambda n: n > 9000 and n % 2 == 1 and n % 3 == 0, 200),
        ({"tag": "even"}, lambda n: False, 50),
        ({"q": "nothing"}, lambda n: False, 50),
    ],
)  # fmt: skip
def test_pages_are_what_going_through_all_gives(
    owner: Client, workflows: list[str], query: dict[str, Any], wanted: Any, limit: int
) -> None:
    found = list(pages(owner, query, limit, most=1000))
    assert {item["id"] for item in found} == {f"many-{n}" for n in range(1, COUNT + 1) if wanted(n)}
    places = [(datetime.fromisoformat(item["started_at"]), item["id"]) for item in found]
    assert places == sorted(set(places), reverse=True), "each once, the newest first"


def test_words_that_all_have_are_found_among_the_newest(
    owner: Client, workflows: list[str]
) -> None:
    found = [item["id"] for item in pages(owner, {"q": "comm fif"}, 200, most=2)]
    order = sorted(range(1, COUNT + 1), key=lambda n: (-(n // 2), f"many-{n}"), reverse=True)
    assert found == [f"many-{n}" for n in order[:400]]
