"""``http.request`` over all pages of a list."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from statewright.integrations import failures
from statewright.integrations.calls import sending
from statewright.integrations.calls.building import Files, request_of
from statewright.integrations.calls.sending import Way
from statewright.integrations.connectors import paging
from statewright.integrations.connectors.model import Paging
from statewright.integrations.failures import InvalidRequest, TooLarge
from statewright.integrations.messages import Answer, Request

_FIELDS = {"cursor": "cursor", "page": "page", "offset": "offset"}


def all_pages(inputs: Mapping[str, Any], key: str, way: Way, files: Files | None) -> dict[str, Any]:
    """The items of all pages, within the bounds; ``more`` says that there are others.

    Raises:
        HttpRequestError: a page cannot be had, or all of them are too large.
    """
    how = inputs["pages"]
    plan = _plan(how)
    start = {plan.field: how["start"]} if how.get("start") is not None else {}
    bounds = {name: how[name] for name in ("max_pages", "max_items") if how.get(name)}
    last: list[Answer] = []

    def build(asked: dict[str, Any]) -> Request:
        place = how.get("in") or "query"
        return request_of({**inputs, place: _put(inputs.get(place), asked)}, key, files)

    def send(request: Request) -> tuple[Answer, Any]:
        answer = sending.send(request, way)
        failures.check(answer)
        last[:] = [answer]
        return answer, sending.value_of(answer, "json")

    found = paging.all_pages(plan, {**start, **bounds}, build, send)
    size = len(json.dumps(found["items"], ensure_ascii=False).encode("utf-8", "surrogatepass"))
    if size > way.limits.size:
        raise TooLarge(f"the items of all pages have {size:,} bytes, more than {way.limits.size:,}")
    head = last[0].head
    return {"status": head.status, "headers": sending.headers_of(head), **found}


def _plan(how: Mapping[str, Any]) -> Paging:
    kind = how["by"]
    following = _path(how.get("next"))
    if kind in {"next", "cursor"} and not following:
        raise InvalidRequest(f"pages by {kind} need 'next': where an answer has the following one")
    field = str(how.get("field") or _FIELDS.get(kind, ""))
    return Paging(kind, _path(how.get("items")), field, following, _path(how.get("more")))


def _path(text: str | None) -> tuple[str, ...]:
    return tuple(text.split(".")) if text else ()


def _put(value: Any, asked: Mapping[str, Any]) -> Any:
    if not asked:
        return value
    if value is not None and not isinstance(value, dict):
        raise InvalidRequest("pages are asked for in an object")
    return {**(value or {}), **asked}
