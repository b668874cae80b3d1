"""The ready connectors: what each operation sends, as recorded and read through once.

``requests.json`` holds each operation's inputs and the request that they make. For GitHub, its own
document judges the requests as well, where it is given.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from statewright.integrations.calls.sending import Way
from statewright.integrations.connectors import ready
from statewright.integrations.connectors.calling import call
from statewright.integrations.failures import HttpRequestError
from statewright.integrations.messages import Limits
from statewright.integrations.openapi.documents import from_disk
from statewright.integrations.openapi.library import Library
from statewright.integrations.reach import parse_reach
from tests.support.openapi_server import described_by
from tests.support.server import ROOT
from tests.support.web import Asked, Reply, web

RECORDED = json.loads(Path(__file__).with_name("requests.json").read_text())
WAY = Way(parse_reach("127.0.0.0/8"), Limits())
GIVEN = ROOT.parent / "shared" / "openapi"
GITHUB = GIVEN / "github" / "api.github.com.json.gz"
HEADERS = ("content-type", "accept", "notion-version", "x-github-api-version", "idempotency-key")


def test_each_has_ten_operations_and_all_are_recorded() -> None:
    assert len(ready.connectors()) == 14
    assert RECORDED.keys() == {name for one in ready.connectors() for name in ready.names(one)}
    assert len(RECORDED) == 140


def sent(name: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """The request that an operation makes, as a server gets it."""
    found = ready.find(name)
    assert found is not None
    with web(lambda asked: Reply(200, {"Content-Type": "application/json"}, b"{}")) as server:
        call(found[1], inputs, server.url, "key", WAY)
    asked: Asked = server.asked[0]
    body = asked.body.decode()
    is_json = asked.headers.get("content-type") == "application/json"
    return {
        "request": f"{asked.method} {asked.target}",
        "headers": {name: asked.headers[name] for name in HEADERS if name in asked.headers},
        "body": json.loads(body) if is_json else body,
    }


@pytest.mark.parametrize("name", RECORDED)
def test_the_request_is_as_recorded(name: str) -> None:
    recorded = RECORDED[name]
    inputs = recorded["inputs"]
    assert sent(name, inputs) == {k: v for k, v in recorded.items() if k != "inputs"}


@pytest.mark.skipif(not GITHUB.exists(), reason="the given documents are not here")
def test_githubs_own_document_accepts_the_requests() -> None:
    library = Library(from_disk)
    with described_by(library, library.root(GITHUB.resolve().as_uri())) as (stand_in, _):
        for name in ready.names("github"):
            found = ready.find(name)
            assert found is not None
            call(found[1], RECORDED[name]["inputs"], stand_in.url, "key", WAY)
            assert stand_in.found == []


def test_slack_fails_with_status_200() -> None:
    found = ready.find("slack.chat_postMessage")
    assert found is not None
    for error, kind in (("channel_not_found", "Http.ClientError"), ("ratelimited", "Http.RateLimited")):  # fmt: skip
        answer = json.dumps({"ok": False, "error": error}).encode()
        with (
            web(lambda a, b=answer: Reply(200, {"Content-Type": "application/json"}, b)) as server,
            pytest.raises(HttpRequestError, match=error) as raised,
        ):
            call(found[1], {"channel": "c", "text": "t"}, server.url, "key", WAY)
        assert type(raised.value).__name__ == kind
