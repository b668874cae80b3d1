"""Tables and their rows."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from psycopg.types.json import Jsonb

from statewright import world
from statewright.db import Session, load_queries, tenant
from statewright.errors import ConflictError, InvalidError, Issue, NotFoundError
from statewright.http.paging import Page, decode_cursor, encode_cursor
from statewright.ids import parse_id
from statewright.integrations.tables.models import Condition, NewTable, Row, Table, TableChange
from statewright.integrations.tables.values import checked, conditions_of, key_of

MAX_CHANGED = 10_000
"""The most rows that one update touches."""
_NAMESPACE = uuid.UUID("6f2a8c1e-9d53-4b0e-8a77-2f3c5d1e4b90")
_sql = load_queries(__package__, "tables.sql")


def create(workspace_id: str, new: NewTable) -> Table:
    """Makes a table."""
    with tenant(workspace_id) as session:
        session.run(
            _sql.insert_table,
            id=world.new_id(),
            name=new.name,
            columns=Jsonb(new.model_dump()["columns"]),
            key=new.key,
            now=world.now(),
        )
        return _table(session, new.name)


def list_all(workspace_id: str) -> list[Table]:
    """The workspace's tables."""
    with tenant(workspace_id) as session:
        return [Table.model_validate(row) for row in session.all(_sql.list_tables, name=None)]


def get(workspace_id: str, name: str) -> Table:
    """A table."""
    with tenant(workspace_id) as session:
        return _table(session, name)


def change(workspace_id: str, name: str, wanted: TableChange) -> Table:
    """Adds columns.

    Raises:
        ConflictError: there is a column of that name.
        InvalidError: a new column is required.
    """
    with tenant(workspace_id) as session:
        table = _table(session, name, lock=True)
        known = sorted(wanted.add.keys() & table.columns.keys())
        if known:
            raise ConflictError(f"There is a column '{known[0]}' already.")
        for column, content in wanted.add.items():
            if content.required:
                issue = Issue(f"/add/{column}/required", "cannot be, where rows are there already")
                raise InvalidError("A new column cannot be required.", (issue,))
        columns = {**table.columns, **wanted.add}
        stored = {column: content.model_dump() for column, content in columns.items()}
        session.run(_sql.set_columns, id=table.id, columns=Jsonb(stored), now=world.now())
        return _table(session, name)


def delete(workspace_id: str, name: str) -> None:
    """Removes a table with its rows."""
    with tenant(workspace_id) as session:
        if not session.run(_sql.delete_table, name=name):
            raise NotFoundError("There is no such table.")


def insert(
    workspace_id: str, name: str, rows: Sequence[dict[str, Any]], once: str | None = None
) -> list[str]:
    """Adds rows, all or none; returns their ids.

    Args:
        once: rows added under the same text before are not added again.

    Raises:
        ConflictError: a row of the same key is there.
    """
    with tenant(workspace_id) as session:
        table = _table(session, name)
        new: list[dict[str, Any]] = []
        for index, values in enumerate(rows):
            at = f"/rows/{index}"
            kept = checked(table, values, at, whole=True)
            row_id = world.new_id() if once is None else _id_once(table, once, index)
            new.append({"id": row_id, "key": key_of(table, kept, at), "values": kept})
        session.run(_sql.insert_rows, table_id=table.id, rows=Jsonb(new), now=world.now())
    return [row["id"] for row in new]


def _id_once(table: Table, once: str, index: int) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{table.id}\n{once}\n{index}"))


def upsert(workspace_id: str, name: str, values: dict[str, Any]) -> Row:
    """Adds a row, or changes the one of its key: values that are not given stay.

    Raises:
        InvalidError: the table has no key.
    """
    with tenant(workspace_id) as session:
        table = _table(session, name)
        kept = checked(table, values, "/values", whole=True)
        key = key_of(table, kept, "/values")
        if key is None:
            raise InvalidError("The table has no key to find a row by.")
        row = session.one(
            _sql.upsert_row,
            id=world.new_id(),
            table_id=table.id,
            key=key,
            values=Jsonb(kept),
            now=world.now(),
        )
        return Row.model_validate(row)


def find(
    workspace_id: str,
    name: str,
    where: list[Condition],
    order_by: str | None = None,
    *,
    descending: bool = False,
    limit: int = 100,
    cursor: str | None = None,
) -> Page[Row]:
    """Rows that fulfil all conditions. There are further pages in the order of making only."""
    with tenant(workspace_id) as session:
        table = _table(session, name)
        if order_by is not None and order_by not in table.columns:
            issue = Issue("/order_by", "is no column of the table")
            raise InvalidError(f"There is no column '{order_by}'.", (issue,))
        rows = session.all(
            _sql.find_rows,
            table_id=table.id,
            conditions=Jsonb(conditions_of(table, where)),
            order_by=order_by,
            descending=descending,
            after=None if cursor is None else decode_cursor(cursor, uuid.UUID)[0],
            limit=limit + 1,
        )
    items = [Row.model_validate(row) for row in rows[:limit]]
    more = len(rows) > limit and order_by is None
    return Page(items=items, next=encode_cursor(items[-1].id) if more else None)


def update(
    workspace_id: str,
    name: str,
    where: list[Condition],
    values: dict[str, Any],
    row_id: str | None = None,
) -> int:
    """Changes rows; returns how many. Values that are not given stay.

    Raises:
        ConflictError: more rows than one change may touch, or two would have one key.
    """
    with tenant(workspace_id) as session:
        table = _table(session, name)
        kept = checked(table, values, "/values", whole=False)
        found = session.all(
            _sql.lock_rows,
            table_id=table.id,
            conditions=Jsonb(conditions_of(table, where)),
            id=row_id,
            limit=MAX_CHANGED + 1,
        )
        if len(found) > MAX_CHANGED:
            raise ConflictError(f"More than {MAX_CHANGED:,} rows: narrow the conditions.")
        rows = [{"id": row["id"], "values": {**row["values"], **kept}} for row in found]
        changed = [{**row, "key": key_of(table, row["values"], "/values")} for row in rows]
        session.run(_sql.put_values, table_id=table.id, rows=Jsonb(changed), now=world.now())
        return len(changed)


def remove(workspace_id: str, name: str, where: list[Condition], row_id: str | None = None) -> int:
    """Deletes rows; returns how many."""
    with tenant(workspace_id) as session:
        table = _table(session, name)
        conditions = Jsonb(conditions_of(table, where))
        return session.run(_sql.delete_rows, table_id=table.id, conditions=conditions, id=row_id)


def change_row(workspace_id: str, name: str, row_id: str, values: dict[str, Any]) -> None:
    """Changes one row."""
    if not update(workspace_id, name, [], values, parse_id(row_id, "row")):
        raise NotFoundError("There is no such row.")


def remove_row(workspace_id: str, name: str, row_id: str) -> None:
    """Deletes one row."""
    if not remove(workspace_id, name, [], parse_id(row_id, "row")):
        raise NotFoundError("There is no such row.")


def _table(session: Session, name: str, *, lock: bool = False) -> Table:
    row = session.one(_sql.lock_table if lock else _sql.list_tables, name=name)
    if row is None:
        raise NotFoundError(f"There is no table '{name[:63]}'.")
    return Table.model_validate(row)
