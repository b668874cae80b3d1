"""All pages of a list, within bounds: so many pages, so many items, never the same page twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

import httpx

from statewright.integrations.connectors.model import Paging
from statewright.integrations.messages import Answer, Request, Source

MOST_PAGES = 100
MOST_ITEMS = 10_000
Send = Callable[[Request], tuple[Answer, Any]]
Build = Callable[[dict[str, Any]], Request]


def all_pages(paging: Paging, inputs: dict[str, Any], build: Build, send: Send) -> dict[str, Any]:
    """The items of all pages.

    Args:
        inputs: ``max_pages`` and ``max_items`` bound it; the rest is the operation's.
    """
    pages = min(int(inputs.get("max_pages") or 20), MOST_PAGES)
    most = min(int(inputs.get("max_items") or 1_000), MOST_ITEMS)
    asked = {k: v for k, v in inputs.items() if k not in {"max_pages", "max_items"}}
    items: list[Any] = []
    request: Request | None = build(asked)
    seen: set[tuple[str, bytes | Source]] = set()
    while request is not None and len(seen) < pages and len(items) < most:
        seen.add((request.url, request.content))
        answer, value = send(request)
        found = at(value, paging.items)
        page = found if isinstance(found, list) else []
        items += page
        request = _following(paging, asked, request, answer, value, page, build)
        if request is not None and (request.url, request.content) in seen:
            request = None
    more = request is not None or len(items) > most
    return {"items": items[:most], "more": more, "pages": len(seen)}


def at(value: Any, path: tuple[str, ...]) -> Any:
    """What a value has at a path, or None."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _following(
    paging: Paging,
    asked: dict[str, Any],
    request: Request,
    answer: Answer,
    value: Any,
    page: list[Any],
    build: Build,
) -> Request | None:
    """The request for the page after this one; ``asked`` is what the next round starts from."""
    if paging.more and at(value, paging.more) is False:
        return None
    match paging.kind:
        case "link":
            return _to(request, linked(answer.head.headers.get("link", ""), "next"), answer)
        case "next":
            return _to(request, at(value, paging.following), answer)
        case "cursor":
            return _with(asked, paging.field, at(value, paging.following), build)
        case "last_id":
            last = at(page[-1], paging.following) if page else None
            return _with(asked, paging.field, last, build)
        case "page":
            number = int(asked.get(paging.field) or 1) + 1
            return _with(asked, paging.field, number if page else None, build)
        case _:
            offset = int(asked.get(paging.field) or 0) + len(page)
            return _with(asked, paging.field, offset if page else None, build)


def _with(asked: dict[str, Any], field: str, value: Any, build: Build) -> Request | None:
    if value in {None, ""}:
        return None
    asked[field] = value
    return build(asked)


def _to(request: Request, address: Any, answer: Answer) -> Request | None:
    """The same request for another address of the same server; the credential goes nowhere else.

    What was asked may be relative to a connection's address; what was answered is not.
    """
    if not isinstance(address, str) or not address:
        return None
    base = answer.head.request.url
    here, there = httpx.URL(base), httpx.URL(urljoin(base, address))
    if (here.scheme, here.host, here.port) != (there.scheme, there.host, there.port):
        return None
    return replace(request, url=str(there), content=b"", method="GET")


def linked(header: str, relation: str) -> str:
    """The target of a relation in a ``Link`` header (RFC 8288)."""
    for target, parameters in re.findall(r"<([^>]*)>((?:\s*;\s*[^,;\"]+(?:\"[^\"]*\")?)*)", header):
        found = re.search(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", parameters, re.IGNORECASE)
        if found and relation in (found[1] or found[2] or "").lower().split():
            return str(target)
    return ""
