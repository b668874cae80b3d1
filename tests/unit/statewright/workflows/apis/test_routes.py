"""Which route a path takes, and what its texts become."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.errors import InvalidError, MethodNotAllowedError, NotFoundError
from statewright.workflows.apis import reading
from statewright.workflows.apis.document import document
from statewright.workflows.apis.examples import example_of
from statewright.workflows.apis.routes import Match, Route, match, matches
from statewright.workflows.apis.snippets import sample_of
from statewright.workflows.definition import ApiTrigger
from statewright.workflows.triggers.targets import Target
from statewright.workflows.webhook_request import WebhookCall


def route(path: str, method: str = "POST", **more: Any) -> Route:
    trigger = ApiTrigger.model_validate(
        {"id": "a", "type": "api", "path": path, "method": method, **more}
    )
    target = Target("w", "f", "Workflow", "a", "api", "arn", "standard")
    return Route(f"{method} {path}", "W", trigger, target, None)


ROUTES = (
    route("/orders/{id}"),
    route("/orders/new"),
    route("/orders/{id}", "GET"),
    route("/orders/{id}/{line}"),
    route("/{any}/new"),
    route("/orders/{id}", version="v2"),
)


@pytest.mark.parametrize(
    ("path", "found", "values"),
    [
        ("v1/orders/7", "POST /orders/{id}", {"id": "7"}),
        ("v1/orders/new", "POST /orders/new", {}),
        ("v1/orders/new/", "POST /orders/new", {}),
        ("v1/orders/a b", "POST /orders/{id}", {"id": "a b"}),
        ("v1/orders/7/8", "POST /orders/{id}/{line}", {"id": "7", "line": "8"}),
        ("v1/others/new", "POST /{any}/new", {"any": "others"}),
        ("v2/orders/7", "POST /orders/{id}", {"id": "7"}),
    ],
)
def test_the_most_exact_route_is_taken(path: str, found: str, values: dict[str, str]) -> None:
    taken = match(ROUTES, "POST", path)
    assert (taken.route.id, taken.values) == (found, values)


@pytest.mark.parametrize("path", ["", "v1", "v1/orders", "v3/orders/7", "v1/orders//8", "orders/7"])
def test_other_paths_lead_nowhere(path: str) -> None:
    with pytest.raises(NotFoundError):
        match(ROUTES, "POST", path)


def test_a_methods_refusal_says_which_there_are() -> None:
    with pytest.raises(MethodNotAllowedError) as refused:
        match(ROUTES, "DELETE", "v1/orders/7")
    assert refused.value.allowed == "GET, POST, OPTIONS"
    assert matches(ROUTES, "v1/orders/new").keys() == {"POST", "GET"}


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"type": "integer"}, "7", 7),
        ({"type": "integer"}, "-0", 0),
        ({"type": "number"}, "1e3", 1000.0),
        ({"type": "number"}, "2.50", 2.5),
        ({"type": "boolean"}, "true", True),
        ({"type": ["integer", "string"]}, "x", "x"),
        ({"type": "string"}, "7", "7"),
        (None, "7", "7"),
    ],
)
def test_a_parameter_has_its_schemas_type(schema: Any, text: str, value: Any) -> None:
    wanted = {"path": {} if schema is None else {"id": schema}}
    found = reading.read(
        Match(route("/at/{id}", request=wanted), {"id": text}), WebhookCall("", "POST", {}, {}), {}
    )
    assert found.path == {"id": value}
    assert type(found.path["id"]) is type(value)


@pytest.mark.parametrize("text", ["07", "1_0", "\u0661", "1.5", "Infinity", "", " 7", "0x1"])
def test_what_is_no_integer_is_refused(text: str) -> None:
    asked = Match(route("/at/{id}", request={"path": {"id": {"type": "integer"}}}), {"id": text})
    with pytest.raises(InvalidError) as refused:
        reading.read(asked, WebhookCall("", "POST", {"x-api-key": "k"}, {}), {})
    assert [issue.pointer for issue in refused.value.issues] == ["/path/id"]


def test_keys_are_not_for_expressions() -> None:
    call = WebhookCall("", "POST", {"x-api-key": "k", "x-more": "m"}, {})
    assert reading.read(Match(route("/at"), {}), call, {}).headers == {"x-more": "m"}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (
            {"type": "object", "properties": {"a": {"type": "integer"}, "b": True}},
            {"a": 1, "b": None},
        ),
        ({"type": "array", "items": {"enum": ["x"]}}, ["x"]),
        ({"anyOf": [{"type": "string", "format": "date"}]}, "2027-01-31"),
        ({"type": "number", "minimum": 5}, 5),
        ({"examples": [3]}, 3),
        (True, None),
    ],
)
def test_an_example_looks_like_its_schema(schema: Any, value: Any) -> None:
    assert example_of(schema) == value


def test_a_route_of_little_words_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = route("/at/{id}", "GET", request={"query": {"required": ["q"]}})
    assert sample_of(bare).url.endswith("/v1/at/{id}?q=text")
    module = "statewright.workflows.apis.document.routes.routes_of"
    monkeypatch.setattr(module, lambda _: (bare,))
    described = document("0190b0a0-0000-7000-8000-0000000000aa")
    assert described["paths"]["/v1/at/{id}"]["get"]["summary"] == "Workflow"
