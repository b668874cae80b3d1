"""A request to a route as values: parameters by their schemas' types, everything checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from statewright.errors import InvalidError, Issue
from statewright.workflows import starting
from statewright.workflows.apis.routes import Match
from statewright.workflows.webhook_request import WebhookCall

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,30})")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")
_CREDENTIAL = "x-api-key"
"""For us, not for expressions or the execution's data; the other ones never get this far."""
_TRUTH = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class ApiRequestValues:
    """What a request holds, as expressions see it."""

    method: str
    path: dict[str, Any]
    query: dict[str, Any]
    headers: dict[str, str]
    body: Any

    def names(self, caller: dict[str, Any]) -> dict[str, Any]:
        """``$request``."""
        parts = ("method", "path", "query", "headers", "body")
        return {**{part: getattr(self, part) for part in parts}, "caller": caller}


def read(match: Match, call: WebhookCall, query: Mapping[str, Sequence[str]]) -> ApiRequestValues:
    """The request's values.

    Args:
        query: each parameter's values, in order.

    Raises:
        MalformedError: the body cannot be read.
        InvalidError: with a pointer for each thing that is not as the trigger's schemas say.
    """
    wanted = match.route.trigger.request
    path = {name: _typed(text, wanted.path.get(name)) for name, text in match.values.items()}
    headers = {name: text for name, text in call.headers.items() if name != _CREDENTIAL}
    found = ApiRequestValues(call.method, path, _query(wanted.query, query), headers, call.body())
    issues = [
        *_issues("/path", {"properties": wanted.path}, found.path),
        *_issues("/query", wanted.query, found.query),
        *_issues("", wanted.body, found.body),
    ]
    if issues:
        first = issues[0]
        raise InvalidError(f"{first.pointer or '/'}: {first.detail}", tuple(issues))
    return found


def _issues(place: str, schema: Any, value: Any) -> list[Issue]:
    found = starting.input_issues(schema, value)
    return [replace(issue, pointer=(place + issue.pointer).rstrip("/") or "/") for issue in found]


def _query(schema: dict[str, Any] | None, given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    known = (schema or {}).get("properties", {})
    found = {
        name: part["default"]
        for name, part in known.items()
        if isinstance(part, dict) and "default" in part
    }
    for name, texts in given.items():
        part = known.get(name)
        if isinstance(part, dict) and part.get("type") == "array":
            found[name] = [_typed(text, part.get("items")) for text in texts]
        else:
            found[name] = _typed(texts[-1], part)
    return found


def _typed(text: str, schema: Any) -> Any:
    """A text as its schema's type; as it is, where it is none of that, for the schema to refuse."""
    kind = schema.get("type") if isinstance(schema, dict) else None
    kinds = kind if isinstance(kind, list) else [kind]
    if "integer" in kinds and _INTEGER.fullmatch(text):
        return int(text)
    if "number" in kinds and _NUMBER.fullmatch(text):
        return float(text) if set(text) & set(".eE") else int(text)
    if "boolean" in kinds and text in _TRUTH:
        return _TRUTH[text]
    return text
