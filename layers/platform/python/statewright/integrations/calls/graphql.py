"""``graphql.query``: queries and mutations over HTTP, and all pages of a Relay connection.

https://graphql.github.io/graphql-over-http/draft/ and https://relay.dev/graphql/connections.htm
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from statewright.integrations import failures
from statewright.integrations.calls import sending
from statewright.integrations.calls.building import request_of
from statewright.integrations.calls.sending import Way
from statewright.integrations.connectors.paging import MOST_ITEMS, MOST_PAGES, at
from statewright.integrations.failures import HttpRequestError, InvalidAnswer, TooLarge
from statewright.integrations.messages import Answer
from statewright.integrations.redaction import redact

_ACCEPT = "application/graphql-response+json, application/json;q=0.9"


class GraphqlError(HttpRequestError):
    """The server answers with errors."""


class GraphqlInvalidError(GraphqlError):
    """The query is not one of the server's schema, or its variables do not fit."""


class GraphqlUnauthorizedError(GraphqlError):
    """The server does not let this credential do it."""


class GraphqlRateLimitedError(GraphqlError):
    """The server asks to be called later (transient)."""


GraphqlError.__name__ = "GraphQL.Error"
GraphqlInvalidError.__name__ = "GraphQL.Invalid"
GraphqlUnauthorizedError.__name__ = "GraphQL.Unauthorized"
GraphqlRateLimitedError.__name__ = "GraphQL.RateLimited"
_BY_CODE: dict[str, type[GraphqlError]] = {
    "GRAPHQL_PARSE_FAILED": GraphqlInvalidError,
    "GRAPHQL_VALIDATION_FAILED": GraphqlInvalidError,
    "BAD_USER_INPUT": GraphqlInvalidError,
    "UNDEFINEDFIELD": GraphqlInvalidError,
    "UNAUTHENTICATED": GraphqlUnauthorizedError,
    "FORBIDDEN": GraphqlUnauthorizedError,
    "ACCESS_DENIED": GraphqlUnauthorizedError,
    "INSUFFICIENT_SCOPES": GraphqlUnauthorizedError,
    "RATE_LIMITED": GraphqlRateLimitedError,
    "THROTTLED": GraphqlRateLimitedError,
    "MAX_COST_EXCEEDED": GraphqlInvalidError,
}


def query(inputs: Mapping[str, Any], key: str, way: Way) -> dict[str, Any]:
    """The data that a query gives.

    Raises:
        GraphqlError: the answer has errors, and ``partial`` does not say that those do not matter.
        HttpRequestError: there is no answer.
    """
    if not inputs.get("pages"):
        return _asked(inputs, inputs.get("variables") or {}, key, way)
    how = inputs["pages"]
    path = tuple(str(how["connection"]).split("."))
    most_pages = min(int(how.get("max_pages") or 20), MOST_PAGES)
    most = min(int(how.get("max_items") or 1_000), MOST_ITEMS)
    variables = dict(inputs.get("variables") or {})
    items: list[Any] = []
    pages, after = 0, variables.get(how.get("variable") or "after")
    while True:
        found = at(_asked(inputs, variables, f"{key}/{pages}", way)["data"], path)
        if not isinstance(found, dict) or not isinstance(found.get("pageInfo"), dict):
            raise InvalidAnswer(f"the data has no connection with pageInfo at {'.'.join(path)}")
        items += _nodes(found)
        pages += 1
        info = found["pageInfo"]
        going_on = bool(info.get("hasNextPage")) and info.get("endCursor") not in {None, after}
        if not going_on or pages >= most_pages or len(items) >= most:
            break
        after = variables[how.get("variable") or "after"] = info["endCursor"]
    _check_size(items, way)
    return {"items": items[:most], "pages": pages, "more": going_on or len(items) > most}


def _nodes(connection: Mapping[str, Any]) -> list[Any]:
    if isinstance(connection.get("nodes"), list):
        return list(connection["nodes"])
    return [edge.get("node") for edge in connection.get("edges") or [] if isinstance(edge, dict)]


def _check_size(items: list[Any], way: Way) -> None:
    size = len(json.dumps(items, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    if size > way.limits.size:
        raise TooLarge(f"the items of all pages have {size:,} bytes, more than {way.limits.size:,}")


def _asked(
    inputs: Mapping[str, Any], variables: Mapping[str, Any], key: str, way: Way
) -> dict[str, Any]:
    body: dict[str, Any] = {"query": inputs["query"], "variables": variables}
    if inputs.get("operation_name"):
        body["operationName"] = inputs["operation_name"]
    headers = {"accept": _ACCEPT, **(inputs.get("headers") or {})}
    request = request_of(
        {"method": "POST", "url": inputs["url"], "headers": headers, "body": body}, key
    )
    answer = sending.send(request, way)
    said = _said(answer)
    if said is None:
        failures.check(answer)  # a status that says what is wrong goes first
        raise InvalidAnswer(f"{answer.head.request.told()}: the answer is not GraphQL's")
    errors = said.get("errors") or []
    if errors and not (inputs.get("partial") and said.get("data") is not None):
        raise _failure(errors, answer)
    return {"data": said.get("data"), "errors": errors, "extensions": said.get("extensions")}


def _said(answer: Answer) -> dict[str, Any] | None:
    """GraphQL's answer: with errors, it may come with any status."""
    try:
        found = json.loads(redact(answer.text, answer.head.request.secrets))
    except ValueError:
        return None
    if not isinstance(found, dict) or not ({"data", "errors"} & found.keys()):
        return None
    plain = isinstance(found.get("errors"), list | None)
    return found if plain and (answer.head.status < 400 or found.get("errors")) else None


def _failure(errors: list[Any], answer: Answer) -> GraphqlError:
    first: dict[str, Any] = errors[0] if isinstance(errors[0], dict) else {}
    code = str((first.get("extensions") or {}).get("code") or first.get("type") or "").upper()
    kind = _BY_CODE.get(code)
    if kind is None and answer.head.status == 429:
        kind = GraphqlRateLimitedError
    if kind is None and answer.head.status in {401, 403}:
        kind = GraphqlUnauthorizedError
    messages = "; ".join(
        str(e.get("message") if isinstance(e, dict) else e)[:300] for e in errors[:5]
    )
    shown = f" ({code})" if code else ""
    return (kind or GraphqlError)(f"{answer.head.request.told()}: {messages}{shown}")
