"""The edge: problem documents, permissions, and that requests in one process stay apart."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

import pytest
from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import BaseModel, ConfigDict

from statewright.errors import ConflictError, Issue, MalformedError
from statewright.http import Api, decode_cursor, encode_cursor


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    size: int = 1


def event(body: Any, user: str = "u", role: str = "owner") -> dict[str, Any]:
    return {
        "resource": "/things",
        "path": "/things",
        "httpMethod": "POST",
        "headers": {"content-type": "application/json"},
        "multiValueHeaders": {"content-type": ["application/json"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "requestContext": {
            "stage": "local",
            "authorizer": {"workspace_id": "w", "user_id": user, "role": role},
        },
        "body": body if isinstance(body, str) else json.dumps(body),
        "isBase64Encoded": False,
    }


def api_of(act: Any) -> Api:
    app = Api(permission="workflows:write")

    @app.post("/things", status_code=201)
    def create(thing: Annotated[Thing, Body()]) -> dict[str, str]:
        result: dict[str, str] = act(app, thing)
        return result

    return app


def test_concurrent_requests_do_not_see_each_others_caller_or_body() -> None:
    meeting = threading.Barrier(8)

    def act(app: Api, thing: Thing) -> dict[str, str]:
        meeting.wait(10)
        return {"user": app.caller().user_id, "thing": thing.name}

    app = api_of(act)
    meeting_of_one, meeting = meeting, threading.Barrier(1)
    app.resolve(event({"name": "first"}), None)
    meeting = meeting_of_one

    def ask(number: int) -> Any:
        answer = app.resolve(event({"name": f"t{number}"}, f"u{number}"), None)
        return json.loads(answer["body"])

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(80)))
    assert answers == [{"user": f"u{n}", "thing": f"t{n}"} for n in range(80)]


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ("{", 400, None),
        ({}, 422, "/name"),
        ({"name": "x", "size": "many"}, 422, "/size"),
        ({"name": "x", "a/b~c": 1}, 422, "/a~1b~0c"),
        ("x" * 1_000_001, 413, None),
    ],
)
def test_bad_bodies_are_problems(body: Any, status: int, pointer: str | None) -> None:
    answer = api_of(lambda app, thing: {}).resolve(event(body), None)
    document = json.loads(answer["body"])
    assert answer["statusCode"] == document["status"] == status
    if pointer is not None:
        assert document["errors"][0]["pointer"] == pointer


def test_the_permission_is_checked_before_the_body() -> None:
    answer = api_of(lambda app, thing: {}).resolve(event("{", role="viewer"), None)
    assert answer["statusCode"] == 403
    assert "workflows:write" in json.loads(answer["body"])["detail"]


def test_known_errors_are_told_and_unknown_ones_are_not() -> None:
    def conflict(app: Api, thing: Thing) -> Any:
        raise ConflictError("Taken.", (Issue("/name", "is taken", "take another"),))

    def broken(app: Api, thing: Thing) -> Any:
        raise RuntimeError("secret")

    told = json.loads(api_of(conflict).resolve(event({"name": "x"}), None)["body"])
    assert (told["status"], told["detail"]) == (409, "Taken.")
    assert told["errors"] == [{"pointer": "/name", "detail": "is taken", "suggestion": "take another"}]  # fmt: skip
    hidden = api_of(broken).resolve(event({"name": "x"}), None)
    assert hidden["statusCode"] == 500
    assert "secret" not in hidden["body"]


def test_cursors() -> None:
    assert decode_cursor(encode_cursor("a", "7"), str, int) == ["a", 7]
    for cursor in (
        "",
        "!",
        encode_cursor("a"),
        encode_cursor("a", "b", "c"),
        encode_cursor("a", "x"),
    ):
        with pytest.raises(MalformedError):
            decode_cursor(cursor, str, int)
