"""Rows of a file become rows of a table: some thousand at a time, those that do not fit told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from psycopg.types.json import Jsonb

from statewright import world
from statewright.db import Session, load_queries, tenant
from statewright.errors import InvalidError, Issue
from statewright.http.caller import Caller
from statewright.integrations.files import keeping
from statewright.integrations.files import rows as files
from statewright.integrations.files.errors import FileError
from statewright.integrations.files.formats import ROWS, format_of
from statewright.integrations.tables import rows as tables
from statewright.integrations.tables.cells import value_of
from statewright.integrations.tables.models import Import, NewImport, Table, WrongCell
from statewright.integrations.tables.values import checked, key_of

MAX_TOLD = 100
_sql = load_queries(__package__, "tables.sql")


@dataclass(slots=True)
class _Part:
    """What has been found in some of a file's rows."""

    table: Table
    wanted: NewImport
    header: int
    read: int = 0
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    """Those that fit, by their number in the file."""
    wrong: dict[int, list[WrongCell]] = field(default_factory=dict)

    def take(self, row: Any) -> None:
        """Looks at the next row."""
        number = self.wanted.skip + self.read + 1 + self.header
        self.read += 1
        try:
            values, issues = _values(self.table, self.wanted.columns, row)
            if not issues:
                kept = checked(self.table, values, "", whole=True)
                self.rows[number] = {"key": key_of(self.table, kept, ""), "values": kept}
        except InvalidError as error:
            issues = list(error.issues) or [Issue("", error.detail)]
        if issues:
            self.refuse(number, issues)

    def refuse(self, number: int, issues: list[Issue]) -> None:
        """Leaves a row out."""
        self.rows.pop(number, None)
        self.wrong[number] = [
            WrongCell(row=number, column=issue.pointer[1:] or None, detail=issue.detail)
            for issue in issues
        ]

    def told(self, kept: int, *, more: bool) -> Import:
        """What the caller hears of it."""
        errors = [cell for number in sorted(self.wrong) for cell in self.wrong[number]]
        reached = self.wanted.skip + self.read
        return Import(
            read=self.read,
            kept=kept,
            wrong=len(self.wrong),
            errors=errors[:MAX_TOLD],
            next=reached if more else None,
        )


def run(caller: Caller, name: str, wanted: NewImport) -> Import:
    """Takes some of a file's rows into a table, or only says how they fit.

    Raises:
        NotFoundError: there is no such table, or no such file.
        InvalidError: the file has no rows, or what is wanted does not go with the table.
    """
    caller.require("files:read")
    table = tables.get(caller.workspace_id, name)
    _check(table, wanted)
    part, more = _read(caller.workspace_id, table, wanted)
    with tenant(caller.workspace_id) as session:
        _single(session, part)
        if part.rows and not wanted.check:
            _keep(session, part)
    return part.told(len(part.rows), more=more)


def _check(table: Table, wanted: NewImport) -> None:
    for column in wanted.columns:
        if column not in table.columns:
            issue = Issue(f"/columns/{column}", "is no column of the table")
            raise InvalidError(f"There is no column '{column}'.", (issue,))
    if wanted.mode == "update" and not table.key:
        issue = Issue("/mode", "needs a table with a key")
        raise InvalidError("The table has no key to find rows by.", (issue,))


def _read(workspace_id: str, table: Table, wanted: NewImport) -> tuple[_Part, bool]:
    try:
        kind = format_of(wanted.file, None, ROWS)
        keeping.required(workspace_id, wanted.file)
        part = _Part(table, wanted, 1 if kind in {"csv", "xlsx"} else 0)
        with files.opened(workspace_id, {"file": wanted.file}) as found:
            for row in _some(found, wanted):
                part.take(row)
            return part, next(found, None) is not None
    except FileError as error:
        issue = Issue("/file", str(error))
        raise InvalidError(f"The file cannot be read: {error}.", (issue,)) from None


def _some(found: Iterator[Any], wanted: NewImport) -> Iterator[Any]:
    return islice(found, wanted.skip, wanted.skip + wanted.limit)


def _values(
    table: Table, columns: Mapping[str, str], row: Any
) -> tuple[dict[str, Any], list[Issue]]:
    """A row's values by the table's columns, and what is wrong with its cells."""
    if not isinstance(row, dict):
        return {}, [Issue("", "is no row with named columns")]
    values: dict[str, Any] = {}
    issues: list[Issue] = []
    for column, source in columns.items():
        try:
            values[column] = value_of(row.get(source), table.columns[column].type)
        except ValueError as error:
            issues.append(Issue(f"/{column}", str(error)))
    return values, issues


def _single(session: Session, part: _Part) -> None:
    """Sees to it that no key comes twice: a second row of one is refused, or changes the first."""
    if not part.table.key:
        return
    keys = [row["key"] for row in part.rows.values()]
    there: set[str] = set()
    if part.wanted.mode == "add":
        known = session.all(_sql.known_keys, table_id=part.table.id, keys=keys)
        there = {row["key"] for row in known}
    first: dict[str, int] = {}
    for number, row in list(part.rows.items()):
        if row["key"] in there:
            part.refuse(number, [Issue("", "a row of this key is in the table already")])
        elif part.wanted.mode == "add" and row["key"] in first:
            part.refuse(number, [Issue("", f"has the same key as row {first[row['key']]}")])
        first.setdefault(row["key"], number)


def _keep(session: Session, part: _Part) -> None:
    statement = _sql.insert_rows
    rows = [{"id": world.new_id(), **row} for row in part.rows.values()]
    if part.wanted.mode == "update":
        statement = _sql.upsert_rows
        merged: dict[str, dict[str, Any]] = {}
        for row in rows:
            before = merged.setdefault(row["key"], {**row, "values": {}})
            before["values"] = {**before["values"], **row["values"]}
        rows = list(merged.values())
    session.run(statement, table_id=part.table.id, rows=Jsonb(rows), now=world.now())
