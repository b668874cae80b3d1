"""``http.request`` and ``graphql.query`` against a real server on this machine."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, BinaryIO

import pytest

from statewright import world
from statewright.integrations.calls import performing
from statewright.integrations.failures import HttpRequestError
from statewright.integrations.messages import Request, Source
from statewright.integrations.reach import parse_reach
from tests.support.web import Asked, Reply, Web, web

REACH = parse_reach("127.0.0.0/8")
JSON = {"Content-Type": "application/json"}


class Kept:
    """Files in memory."""

    def __init__(self, **files: bytes):
        self.files = files

    def content(self, name: str) -> tuple[bytes | Source, str]:
        found = self.files[name]
        source = Source(len(found), lambda: iter([found[:3], found[3:]]))
        return (source if name.startswith("large") else found), "text/csv"

    def keep(self, name: str, content: BinaryIO) -> dict[str, Any]:
        self.files[name] = content.read()
        return {"file": name, "size": len(self.files[name])}


def perform(files: Kept | None = None, authorize: Any = None, **inputs: Any) -> dict[str, Any]:
    return performing.perform(inputs, "key-1", REACH, authorize, files)


@pytest.fixture(scope="module")
def echo() -> Iterator[Web]:
    with web(lambda asked: Reply(200, JSON, b"{}")) as server:
        yield server


def last(echo: Web) -> Asked:
    return echo.asked[-1]


@pytest.mark.parametrize(
    ("query", "arrays", "sent"),
    [
        ({"a": [1, 2], "b": "x y"}, None, "a=1&a=2&b=x%20y"),
        ({"a": [1, 2]}, "brackets", "a[]=1&a[]=2"),
        ({"a": [1, "b,c"]}, "comma", "a=1,b%2Cc"),
        ({"t": True, "n": None, "f": 1.0}, None, "t=true&f=1"),
        ({"filter": {"city": ["Rome", "Oslo"]}}, None, "filter[city]=Rome&filter[city]=Oslo"),
        ({}, None, ""),
    ],
)
def test_queries(echo: Web, query: dict[str, Any], arrays: str | None, sent: str) -> None:
    perform(url=f"{echo.url}/x", query=query, arrays=arrays)
    assert last(echo).target == (f"/x?{sent}" if sent else "/x")
    perform(url=f"{echo.url}/x?p=1#part", query={"q": "2"})
    assert last(echo).target == "/x?p=1&q=2"


@pytest.mark.parametrize(
    ("inputs", "body", "kind"),
    [
        ({"body": {"a": 1}}, b'{"a": 1}', "application/json"),
        ({"body": "hi"}, b"hi", "text/plain; charset=utf-8"),
        ({"body": "hi", "body_type": "json"}, b'"hi"', "application/json"),
        ({"body": {"a": [1, 2], "b": "x&y"}, "body_type": "form"}, b"a=1&a=2&b=x%26y", "application/x-www-form-urlencoded"),
        ({"body": "<a/>", "headers": {"Content-Type": "text/xml"}}, b"<a/>", "text/xml"),
        ({"body": base64.b64encode(b"\x00\xff").decode(), "body_type": "binary"}, b"\x00\xff", "application/octet-stream"),
        ({"body": {"file": "small"}, "body_type": "binary"}, b"abcdef", "text/csv"),
        ({"body": {"file": "large"}, "body_type": "binary"}, b"ghijkl", "text/csv"),
    ],
)  # fmt: skip
def test_bodies(echo: Web, inputs: dict[str, Any], body: bytes, kind: str) -> None:
    perform(Kept(small=b"abcdef", large=b"ghijkl"), url=echo.url, method="POST", **inputs)
    asked = last(echo)
    assert (asked.body, asked.headers["content-type"]) == (body, kind)
    assert asked.headers["idempotency-key"] == "key-1"
    assert asked.headers["content-length"] == str(len(body))


@pytest.mark.parametrize("name", ["small", "large"])
def test_multipart_bodies(echo: Web, name: str) -> None:
    fields = {
        "note": "hi",
        "tags": ["a", "b"],
        "text": {"text": "inline", "filename": 'q".txt'},
        "doc": {"file": name, "filename": "a.csv"},
    }
    files = Kept(small=b"1,2\r\n", large=b"1,2\r\n")
    perform(files, url=echo.url, method="POST", body=fields, body_type="multipart", headers={"Content-Type": "x"})  # fmt: skip
    asked = last(echo)
    head = f"Content-Type: {asked.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + asked.body)
    parts = [
        (p.get_param("name", header="content-disposition"), p.get_filename(), p.get_payload(decode=True))
        for p in message.iter_parts()
    ]  # fmt: skip
    assert parts == [
        ("note", None, b"hi"),
        ("tags", None, b"a"),
        ("tags", None, b"b"),
        ("text", "q%22.txt", b"inline"),
        ("doc", "a.csv", b"1,2\r\n"),
    ]


def test_a_large_file_is_sent_again_where_a_redirect_asks_for_it() -> None:
    def moved(asked: Asked) -> Reply:
        return Reply(307, {"Location": "/b"}) if asked.path == "/a" else Reply(200, {}, asked.body)

    with web(moved) as server:
        found = perform(
            Kept(large=b"abcdef"), url=f"{server.url}/a", method="PUT", body={"file": "large"}, body_type="binary"
        )  # fmt: skip
    assert found["body"] == "abcdef"


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        ({"body": [1], "body_type": "form"}, "object with its fields"),
        ({"body": "?", "body_type": "binary"}, "Base64"),
        ({"pages": {"by": "cursor"}}, "'next'"),
        ({"save_to": "x"}, "no stored files"),
    ],
)
def test_requests_that_cannot_be_sent(echo: Web, inputs: dict[str, Any], why: str) -> None:
    with pytest.raises(HttpRequestError, match=why):
        perform(url=echo.url, method="POST", **inputs)


# -- answers ------------------------------------------------------------------------------------


def test_an_answer_is_kept_in_a_file() -> None:
    kept = Kept()
    with web(lambda asked: Reply(200, {"Content-Type": "text/csv"}, b"x" * 900_000)) as server:
        found = perform(kept, url=server.url, save_to="a.csv")
    assert found["file"] == {"file": "a.csv", "size": 900_000}
    assert "body" not in found


def test_a_failure_is_not_kept() -> None:
    kept = Kept()
    refusal = pytest.raises(HttpRequestError, match="404: nothing here")
    with web(lambda asked: Reply(404, {}, b"nothing here")) as server, refusal:
        perform(kept, url=server.url, save_to="a.csv")
    assert kept.files == {}


@pytest.mark.parametrize(
    ("kind", "value"),
    [(None, {"a": 1}), ("text", '{"a": 1}'), ("base64", "eyJhIjogMX0="), ("json", {"a": 1})],
)
def test_an_answer_is_read_as_wanted(kind: str | None, value: Any) -> None:
    with web(lambda asked: Reply(200, JSON, b'{"a": 1}')) as server:
        assert perform(url=server.url, response=kind)["body"] == value


# -- waiting ------------------------------------------------------------------------------------


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []
    monkeypatch.setattr(world, "pause", found.append)
    return found


def busy(times: int, seconds: str, status: int = 429) -> Callable[[Asked], Reply]:
    left = [times]

    def answer(asked: Asked) -> Reply:
        left[0] -= 1
        return Reply(status, {"Retry-After": seconds}) if left[0] >= 0 else Reply(200, JSON, b"1")

    return answer


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_when_it_says(waited: list[float], status: int) -> None:
    with web(busy(2, "3", status)) as server:
        assert perform(url=server.url, method="POST", body={})["body"] == 1
        assert [asked.headers["idempotency-key"] for asked in server.asked] == ["key-1"] * 3
    assert waited == [3.0, 3.0]


@pytest.mark.parametrize(
    ("times", "seconds", "inputs", "asked"),
    [
        (9, "1", {}, 4),
        (1, "11", {}, 1),
        (1, "2", {"retry_after": 1}, 1),
        (1, "1", {"retry_after": 0}, 1),
        (1, "9", {"seconds": 5}, 1),
    ],
)
def test_waiting_has_limits(
    waited: list[float], times: int, seconds: str, inputs: dict[str, Any], asked: int
) -> None:
    with web(busy(times, seconds)) as server:
        with pytest.raises(HttpRequestError, match=f"again in {seconds} seconds"):
            perform(url=server.url, **inputs)
        assert len(server.asked) == asked


# -- pages --------------------------------------------------------------------------------------

ITEMS = [{"id": n} for n in range(1, 6)]


def listing(asked: Asked) -> Reply:
    body = json.loads(asked.body) if asked.body else {}
    query = {**{name: values[0] for name, values in asked.query.items()}, **body}
    begin = int(query.get("cursor") or query.get("offset") or 2 * (int(query.get("page") or 1) - 1))
    items, following = ITEMS[begin : begin + 2], begin + 2
    answer: dict[str, Any] = {"data": {"items": items}, "all": bool(query.get("flat"))}
    headers = dict(JSON)
    if following < len(ITEMS):
        answer["meta"] = {"next": str(following), "url": f"/list?cursor={following}"}
        headers["Link"] = f'<http://{asked.headers["host"]}/list?cursor={following}>; rel="next"'
    return Reply(200, headers, json.dumps(items if query.get("flat") else answer).encode())


PAGES: dict[str, dict[str, Any]] = {
    "link": {"by": "link", "items": "data.items"},
    "next": {"by": "next", "items": "data.items", "next": "meta.url"},
    "cursor": {"by": "cursor", "items": "data.items", "next": "meta.next"},
    "cursor in the body": {"by": "cursor", "items": "data.items", "next": "meta.next", "in": "body"},
    "page": {"by": "page", "items": "data.items", "start": 1},
    "offset": {"by": "offset", "items": "data.items"},
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("relative", [False, True])
def test_all_pages(name: str, relative: bool) -> None:
    how = PAGES[name]
    with web(listing) as server:
        base = server.url

        def authorized(request: Request) -> Request:
            """As a connection does: relative addresses continue its own."""
            absolute = request.url if request.url.startswith("http") else base + request.url
            return Request(request.method, absolute, (*request.headers, ("authorization", "x")), request.content)  # fmt: skip

        method = "POST" if how.get("in") == "body" else "GET"
        url = "/list" if relative else f"{base}/list"
        found = perform(None, authorized if relative else None, url=url, method=method, pages=how)
        assert len(server.asked) in {3, 4}
    assert found["items"] == ITEMS
    assert (found["status"], found["more"]) == (200, False)


def test_pages_that_are_lists_themselves() -> None:
    with web(listing) as server:
        found = perform(url=f"{server.url}/list", query={"flat": "1"}, pages={"by": "offset"})
    assert found["items"] == ITEMS


@pytest.mark.parametrize(("bounds", "count"), [({"max_pages": 2}, 4), ({"max_items": 3}, 3)])
def test_pages_have_bounds(bounds: dict[str, int], count: int) -> None:
    with web(listing) as server:
        found = perform(url=f"{server.url}/list", pages={**PAGES["cursor"], **bounds})
    assert (len(found["items"]), found["more"]) == (count, True)


# -- GraphQL ------------------------------------------------------------------------------------


def ask(reply: Reply, **inputs: Any) -> tuple[dict[str, Any], list[Asked]]:
    with web(lambda asked: reply) as server:
        found = perform(graphql=True, url=server.url, query="query Q { a }", **inputs)
        return found, server.asked


def said(status: int = 200, **body: Any) -> Reply:
    return Reply(status, {"Content-Type": "application/graphql-response+json"}, json.dumps(body).encode())  # fmt: skip


def test_a_query_gives_its_data() -> None:
    found, (asked,) = ask(said(data={"a": 1}), variables={"n": 2}, operation_name="Q")
    assert found == {"data": {"a": 1}, "errors": [], "extensions": None}
    assert json.loads(asked.body) == {"query": "query Q { a }", "variables": {"n": 2}, "operationName": "Q"}  # fmt: skip
    assert "graphql-response+json" in asked.headers["accept"]


@pytest.mark.parametrize(
    ("reply", "name", "why"),
    [
        (said(errors=[{"message": "bad"}]), "GraphQL.Error", "bad"),
        (said(400, errors=[{"message": "no field b", "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}]), "GraphQL.Invalid", "no field b"),
        (said(errors=[{"message": "m", "extensions": {"code": "UNAUTHENTICATED"}}], data=None), "GraphQL.Unauthorized", "m"),
        (said(401, errors=[{"message": "who"}]), "GraphQL.Unauthorized", "who"),
        (said(errors=[{"message": "slow", "type": "RATE_LIMITED"}]), "GraphQL.RateLimited", "slow"),
        (said(errors=[{"message": "slow", "extensions": {"code": "THROTTLED"}}]), "GraphQL.RateLimited", "slow"),
        (said(data={"a": None}, errors=[{"message": "part"}]), "GraphQL.Error", "part"),
        (said(errors=["odd"]), "GraphQL.Error", "odd"),
        (Reply(502, {}, b"<html>"), "Http.ServerError", "502"),
        (Reply(200, JSON, b"[]"), "Http.InvalidAnswer", "not GraphQL"),
        (Reply(200, {}, b"<html>"), "Http.InvalidAnswer", "not GraphQL"),
    ],
)  # fmt: skip
def test_failures_have_their_names(reply: Reply, name: str, why: str) -> None:
    with pytest.raises(HttpRequestError, match=why) as caught:
        ask(reply)
    assert type(caught.value).__name__ == name


def test_a_part_of_the_data_may_do() -> None:
    found, _ = ask(said(data={"a": None}, errors=[{"message": "part"}]), partial=True)
    assert (found["data"], found["errors"]) == ({"a": None}, [{"message": "part"}])


@pytest.mark.parametrize("nodes", [True, False])
def test_all_pages_of_a_connection(nodes: bool) -> None:
    def answer(asked: Asked) -> Reply:
        after = int(json.loads(asked.body)["variables"].get("after") or 0)
        page = [{"id": n} for n in range(after + 1, min(after + 3, 6))]
        content = {"nodes": page} if nodes else {"edges": [{"node": one} for one in page]}
        info = {"hasNextPage": after + 2 < 5, "endCursor": str(after + 2)}
        return said(data={"viewer": {"items": {**content, "pageInfo": info}}})

    how = {"connection": "viewer.items"}
    with web(answer) as server:
        found = perform(graphql=True, url=server.url, query="q", pages=how)
        some = perform(graphql=True, url=server.url, query="q", pages={**how, "max_items": 3})
    assert found == {"items": ITEMS, "pages": 3, "more": False}
    assert (len(some["items"]), some["more"]) == (3, True)


def test_a_connection_that_is_none() -> None:
    with pytest.raises(HttpRequestError, match="pageInfo at viewer"):
        ask(said(data={"viewer": 1}), pages={"connection": "viewer"})
