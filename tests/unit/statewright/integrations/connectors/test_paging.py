"""Lists, page by page, against a real server for each way of paging."""

from __future__ import annotations

import json
from typing import Any

import pytest

from statewright import world
from statewright.integrations.calls.sending import Way
from statewright.integrations.connectors.calling import call, call_all
from statewright.integrations.connectors.model import Operation, Paging, Parameter
from statewright.integrations.connectors.paging import linked
from statewright.integrations.failures import HttpRequestError
from statewright.integrations.messages import Limits
from statewright.integrations.reach import parse_reach
from tests.support.web import Asked, Reply, web

WAY = Way(parse_reach("127.0.0.0/8"), Limits())
PAGES = [[{"id": 1}, {"id": 2}], [{"id": 3}, {"id": 4}], [{"id": 5}]]


def operation(paging: Paging | None) -> Operation:
    fields = ("cursor", "page", "offset", "after")
    return Operation(
        "items_list",
        "List",
        "GET",
        "/items",
        {"type": "object", "properties": {name: {} for name in fields}},
        {},
        parameters=tuple(Parameter(name, name, "query") for name in fields),
        paging=paging,
    )


def served(asked: Asked) -> Reply:
    query = {name: values[0] for name, values in asked.query.items()}
    place = {"cursor": lambda v: int(v[1:]), "page": lambda v: int(v) - 1, "offset": lambda v: (int(v) + 1) // 2, "after": lambda v: int(v) // 2}  # fmt: skip
    number = next((place[name](value) for name, value in query.items() if name in place), 0)
    items = PAGES[number] if number < len(PAGES) else []
    body: dict[str, Any] = {"data": items, "has_more": number + 1 < len(PAGES)}
    headers = {"Content-Type": "application/json"}
    if number + 1 < len(PAGES):
        body["meta"] = {"next": f"c{number + 1}"}
        body["links"] = {"next": f"/items?cursor=c{number + 1}"}
        headers["Link"] = f'</items>; rel="first", </items?cursor=c{number + 1}>; rel="next"'
    return Reply(200, headers, json.dumps(body).encode())


@pytest.mark.parametrize(
    "paging",
    [
        Paging("link", ("data",)),
        Paging("next", ("data",), following=("links", "next")),
        Paging("cursor", ("data",), "cursor", ("meta", "next")),
        Paging("last_id", ("data",), "after", ("id",), ("has_more",)),
        Paging("page", ("data",), "page"),
        Paging("offset", ("data",), "offset"),
    ],
    ids=lambda paging: paging.kind,
)
def test_all_pages_come_once_and_in_order(paging: Paging) -> None:
    with web(served) as server:
        found = call_all(operation(paging), {}, server.url, "k", WAY)
    assert [item["id"] for item in found["items"]] == [1, 2, 3, 4, 5]
    assert found["more"] is False
    assert found["pages"] in {3, 4}


@pytest.mark.parametrize(("bounds", "count", "more"), [({"max_pages": 1}, 2, True), ({"max_items": 3}, 3, True), ({"max_items": 5}, 5, False)])  # fmt: skip
def test_the_bounds_hold(bounds: dict[str, int], count: int, more: bool) -> None:
    paging = Paging("cursor", ("data",), "cursor", ("meta", "next"))
    with web(served) as server:
        found = call_all(operation(paging), bounds, server.url, "k", WAY)
    assert (len(found["items"]), found["more"]) == (count, more)


def test_a_server_that_goes_round_in_circles_is_left() -> None:
    body = json.dumps({"data": [1], "meta": {"next": "again"}}).encode()
    paging = Paging("cursor", ("data",), "cursor", ("meta", "next"))
    with web(lambda asked: Reply(200, {"Content-Type": "application/json"}, body)) as server:
        found = call_all(operation(paging), {}, server.url, "k", WAY)
        assert len(server.asked) == 2
    assert found == {"items": [1, 1], "more": False, "pages": 2}


def test_the_next_page_is_never_fetched_from_another_server() -> None:
    body = json.dumps({"data": [1], "links": {"next": "http://127.0.0.2:1/x"}}).encode()
    paging = Paging("next", ("data",), following=("links", "next"))
    with web(lambda asked: Reply(200, {"Content-Type": "application/json"}, body)) as server:
        assert call_all(operation(paging), {}, server.url, "k", WAY)["pages"] == 1


def test_a_failure_on_a_later_page_is_the_steps() -> None:
    def failing(asked: Asked) -> Reply:
        return served(asked) if not asked.query else Reply(429, {"Retry-After": "7"}, b"slow down")

    paging = Paging("cursor", ("data",), "cursor", ("meta", "next"))
    with web(failing) as server, pytest.raises(HttpRequestError, match="again in 7 seconds"):
        call_all(operation(paging), {}, server.url, "k", WAY)


@pytest.mark.parametrize(
    ("header", "target"),
    [  # RFC 8288, section 3.5, and GitHub's documentation
        ('<https://x/?p=2>; rel="next", <https://x/?p=9>; rel="last"', "https://x/?p=2"),
        ("</a>; rel=prev, </b>; rel=next", "/b"),
        ('</a>; title="a, b; c"; rel="start next"', "/a"),
        ("</a>; rel=last", ""),
        ("", ""),
        ("junk", ""),
    ],
)
def test_link_headers(header: str, target: str) -> None:
    assert linked(header, "next") == target


def test_a_busy_server_is_asked_again_when_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(world, "pause", waited.append)
    replies = [
        Reply(429, {"Retry-After": "2"}),
        Reply(200, {"Content-Type": "application/json"}, b"[1]"),
    ]
    with web(lambda asked: replies.pop(0)) as server:
        assert call(operation(None), {}, server.url, "k", WAY) == [1]
    assert waited == [2.0]
    hour = Reply(429, {"Retry-After": "3600"})
    with web(lambda asked: hour) as server, pytest.raises(HttpRequestError, match="3600"):
        call(operation(None), {}, server.url, "k", WAY)
    assert waited == [2.0]
