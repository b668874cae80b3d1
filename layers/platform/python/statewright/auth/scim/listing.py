"""Lists of resources: filters, pages, and which attributes are shown (RFC 7644, section 3.4.2).

A filter that asks for one name, as providers do before each change, is answered by an index. Any
other is tried on every resource, of which a workspace has a bounded number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scim2_models import (
    Context,
    ListResponse,
    Resource,
    ScimFilter,
    SearchRequest,
    TooManyException,
)
from scim2_models.path import CompareOperator, Comparison

from statewright.auth.scim.protocol import MAX_RESULTS, POLICY
from statewright.db import Session
from statewright.ids import is_id

MOST_SCANNED = 20_000
EVERYTHING: dict[str, str | None] = {"id": None, "name": None, "external_id": None}
Found = tuple[list[Resource[Any]], int]


class Listing:
    """Reads the resources of one kind.

    Args:
        model: the resource.
        naming: the attribute that is its name.
        find: the query for its rows.
        count: the query for how many there are.
        read: makes a resource of a row.
    """

    def __init__(
        self,
        model: Any,
        naming: str,
        find: bytes,
        count: bytes,
        read: Callable[[dict[str, Any]], Resource[Any]],
    ):
        self._model = model
        self._columns = {"id": "id", naming: "name", "external_id": "external_id"}
        self._find = find
        self._count = count
        self._read = read

    def one(self, session: Session, resource_id: str) -> dict[str, Any] | None:
        """The row of an id."""
        if not is_id(resource_id):
            return None
        wanted = {**EVERYTHING, "id": resource_id}
        return session.one(self._find, **wanted, limit=1, offset=0)

    def page(self, session: Session, query: dict[str, str]) -> dict[str, Any]:
        """A page of a list, as it is sent.

        Raises:
            SCIMException: the filter or another parameter is not valid.
            ValidationError: the same.
        """
        asked = SearchRequest[self._model].model_validate(  # type: ignore[name-defined]
            query, scim_ctx=Context.SEARCH_REQUEST, scim_policy=POLICY
        )
        start = max(1, asked.start_index or 1)
        wanted = MAX_RESULTS if asked.count is None else asked.count
        size = min(max(0, wanted), MAX_RESULTS)
        if asked.filter is None:
            found, total = self._some(session, start - 1, size)
        else:
            matching = self._matching(session, ScimFilter[self._model](str(asked.filter)))  # type: ignore[name-defined]
            found, total = matching[start - 1 : start - 1 + size], len(matching)
        listed = ListResponse[self._model](  # type: ignore[name-defined]
            total_results=total, start_index=start, items_per_page=len(found), resources=found
        )
        document: dict[str, Any] = listed.model_dump(
            scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=asked
        )
        return {**document, "Resources": document.get("Resources", [])}

    def _some(self, session: Session, offset: int, size: int) -> Found:
        rows = session.all(self._find, **EVERYTHING, limit=size, offset=offset)
        total = session.one(self._count)
        assert total is not None  # a count is always one row
        return [self._read(row) for row in rows], int(total["total"])

    def _matching(self, session: Session, wanted: ScimFilter[Any]) -> list[Resource[Any]]:
        rows = session.all(self._find, **self._named(wanted), limit=MOST_SCANNED + 1, offset=0)
        if len(rows) > MOST_SCANNED:
            raise TooManyException(detail="Filter by a name or an id; there are too many to try.")
        found = [self._read(row) for row in rows]
        return [resource for resource in found if wanted.match(resource)]

    def _named(self, wanted: ScimFilter[Any]) -> dict[str, str | None]:
        """The columns that an index can find the filter's resources by, where it is that simple."""
        match wanted.ast:
            case Comparison(op=CompareOperator.eq, value=str(value)) as node:
                found = wanted.resolve_comparison(node.attr_path, strict=False)
                plain = found is not None and found.sub_field_name is None
                column = self._columns.get(found.field_name) if found and plain else None
                if column is None or (column == "id" and not is_id(value)):
                    return EVERYTHING
                return {**EVERYTHING, column: value}
            case _:
                return EVERYTHING
