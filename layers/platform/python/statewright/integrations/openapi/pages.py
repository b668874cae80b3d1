"""How an operation pages, told from its parameters and its answer.

OpenAPI has no words for it. Here are the conventions that public descriptions follow, most certain
first: a ``Link`` header (RFC 8288), an address of the next page in the answer, a cursor that a
parameter takes, the last item's id, numbers of pages, offsets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from statewright.integrations.connectors.model import Paging, Schema

Resolve = Callable[[Schema], Schema]
Path = tuple[str, ...]

_ITEMS = (
    "data",
    "items",
    "results",
    "values",
    "entries",
    "records",
    "value",
    "objects",
    "elements",
)
_NEXT = (
    "next",
    "next_page_uri",
    "next_page_url",
    "nextlink",
    "@odata.nextlink",
    "next_url",
    "href",
)
_CURSORS = (
    "cursor",
    "page_token",
    "pagetoken",
    "next_token",
    "nexttoken",
    "continuation_token",
    "continuationtoken",
    "next_cursor",
    "start_cursor",
    "offset_token",
    "pagination_token",
    "after",
    "marker",
)
_NEXT_CURSORS = (
    "next_cursor",
    "nextcursor",
    "next_page_token",
    "nextpagetoken",
    "next_token",
    "nexttoken",
    "continuation_token",
    "continuationtoken",
    "next_marker",
    "nextmarker",
    "after",
    "cursor",
)
_LAST_ID = ("starting_after", "after_id", "after")
_PAGES = ("page", "page_number", "pagenumber", "pageno")
_OFFSETS = ("offset", "skip", "startat", "start_at", "startindex", "start_index")
_SIZES = (
    "per_page",
    "page_size",
    "pagesize",
    "limit",
    "perpage",
    "max_results",
    "maxresults",
    "count",
    "top",
    "$top",
)
_MORE = ("has_more", "hasmore", "has_next_page", "has_next", "more")
MOST_FIELDS = 400


def paging_of(inputs: Schema, result: Schema, headers: set[str], resolve: Resolve) -> Paging | None:
    """How the operation pages; None, if it does not or nothing tells.

    Args:
        inputs: names the query's parameters.
        headers: those that its answers declare, in lower case.
    """
    items = _items(result, resolve)
    if items is None:
        return None
    names = {name.lower(): name for name in inputs}
    fields = list(islice(_fields(result, resolve), MOST_FIELDS))
    size = _first(names, _SIZES)
    page = _first(names, _PAGES)
    if "link" in headers:
        return Paging("link", items, page, size=size)
    following = _named(fields, _NEXT, "string")
    if following and _is_address(following):
        return Paging("next", items, following=following, size=size)
    cursor, token = _first(names, _CURSORS), _named(fields, _NEXT_CURSORS, "string")
    if cursor and token:
        return Paging("cursor", items, cursor, token, size=size)
    more = _named(fields, _MORE, "boolean") or ()
    after = _first(names, _LAST_ID)
    if after and more:
        return Paging("last_id", items, after, ("id",), more, size)
    if page:
        return Paging("page", items, page, more=more, size=size)
    offset = _first(names, _OFFSETS)
    return Paging("offset", items, offset, more=more, size=size) if offset else None


def _first(names: dict[str, str], wanted: tuple[str, ...]) -> str:
    return next((names[name] for name in wanted if name in names), "")


def _items(result: Schema, resolve: Resolve) -> Path | None:
    """Where the answer's items are: itself, or one list among its properties."""
    whole = _object(result, resolve)
    if _is_list(whole):
        return ()
    lists = [
        name for name, inner in _properties(whole, resolve) if _is_list(_object(inner, resolve))
    ]
    named = [name for name in lists if name.lower() in _ITEMS]
    if named or len(lists) == 1:
        return ((named or lists)[0],)
    return None


def _is_list(schema: Schema) -> bool:
    return "array" in _kinds(schema)


def _kinds(schema: Schema) -> list[str]:
    kinds = schema.get("type", [])
    return kinds if isinstance(kinds, list) else [kinds]


def _object(schema: Schema, resolve: Resolve) -> Schema:
    whole = resolve(schema)
    options = whole.get("anyOf") or whole.get("oneOf") or []
    if options and "properties" not in whole and not whole.get("type"):
        found = [s for s in map(resolve, options) if s.get("type") != "null"]
        return found[0] if found else whole
    return whole


def _properties(schema: Schema, resolve: Resolve, depth: int = 0) -> Iterator[tuple[str, Schema]]:
    yield from schema.get("properties", {}).items()
    if depth < 4:
        for part in [*schema.get("allOf", []), *schema.get("anyOf", [])]:
            yield from _properties(resolve(part), resolve, depth + 1)


def _fields(schema: Schema, resolve: Resolve, at: Path = ()) -> Iterator[tuple[Path, Schema]]:
    """The fields of the answer's outer objects, not those of its items."""
    found = [
        (name, _object(s, resolve)) for name, s in _properties(_object(schema, resolve), resolve)
    ]
    for name, inner in found:
        yield (*at, name), inner
    if len(at) < 3:
        for name, inner in found:
            if not _is_list(inner):
                yield from _fields(inner, resolve, (*at, name))


def _named(fields: list[tuple[Path, Schema]], names: tuple[str, ...], kind: str) -> Path:
    for name in names:
        for path, schema in fields:
            fits = kind in _kinds(schema) or not schema.get("type")
            if path[-1].lower() == name and fits and not schema.get("properties"):
                return path
    return ()


def _is_address(path: Path) -> bool:
    """Whether a field holds an address rather than a cursor: by its name, or by where it is."""
    last = path[-1].lower()
    around = {part.lower() for part in path[:-1]}
    if last == "href":
        return "next" in around
    return last != "next" or not around or bool(around & {"links", "_links", "pages", "paging"})
