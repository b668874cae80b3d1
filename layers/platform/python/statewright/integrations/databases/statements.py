"""SQL with ``:name`` parameters, as each driver wants it; never with values inside.

Statements are written in the workflow, where no expression can change them; values go beside them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from statewright.integrations.databases.errors import DatabaseInvalidError

Dialect = Literal["postgresql", "mysql", "sqlserver", "sqlite"]
_QUOTES: dict[str, tuple[str, str]] = {
    "postgresql": ('"', '"'),
    "mysql": ("`", "`"),
    "sqlserver": ("[", "]"),
    "sqlite": ('"', '"'),
}
_NAME = re.compile(r"[^\W\d][\w$ -]{0,62}")
_SHARED = r"""--[^\n]*|/\*.*?\*/|"(?:[^"]|"")*"|`[^`]*`|::|:(?P<name>[A-Za-z_]\w*)|(?P<percent>%)"""
_TOKENS = {
    "postgresql": re.compile(
        rf"[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|{_SHARED}", re.S
    ),
    "mysql": re.compile(rf"'(?:[^'\\]|\\.|'')*'|\#[^\n]*|{_SHARED}", re.S),
    "sqlserver": re.compile(rf"'(?:[^']|'')*'|\[[^\]]*\]|{_SHARED}", re.S),
    "sqlite": re.compile(rf"'(?:[^']|'')*'|\[[^\]]*\]|{_SHARED}", re.S),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement for a driver, with its values by name."""

    sql: str
    values: dict[str, Any]


def bound(sql: str, values: Mapping[str, Any], dialect: Dialect) -> Statement:
    """A statement whose ``:names`` are the driver's parameters.

    Raises:
        DatabaseInvalidError: there is no statement, a name has no value, or a value is none that
            databases have.
    """
    if not sql.strip():
        raise DatabaseInvalidError("there is no statement")
    used: dict[str, Any] = {}

    def parameter(match: re.Match[str]) -> str:
        name = match["name"]
        if name is None:
            text = match[0]
            return text if dialect == "sqlite" else text.replace("%", "%%")
        if name not in values:
            raise DatabaseInvalidError(f"the statement's :{name} has no value")
        used[name] = value_of(values[name], name)
        return f":{name}" if dialect == "sqlite" else f"%({name})s"

    return Statement(_TOKENS[dialect].sub(parameter, sql), used)


def value_of(value: Any, name: str) -> Any:
    """A value as drivers take it: what is nested goes in as JSON text."""
    if value is None or isinstance(value, str | int | float | bool):
        if isinstance(value, str) and "\0" in value:
            raise DatabaseInvalidError(f"{name} has a NUL character")
        return value
    import json

    return json.dumps(value, ensure_ascii=False)


def quoted(name: str, dialect: Dialect) -> str:
    """A table's or a column's name, also ``schema.table``.

    Raises:
        DatabaseInvalidError: it cannot be one.
    """
    before, after = _QUOTES[dialect]
    parts = name.split(".")
    if len(parts) > 3 or not all(_NAME.fullmatch(part) for part in parts):
        raise DatabaseInvalidError(f"'{name[:100]}' is no name of a table or column")
    return ".".join(f"{before}{part}{after}" for part in parts)


def columns_of(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The columns of rows that all have the same."""
    if not rows:
        raise DatabaseInvalidError("there are no rows")
    columns = list(rows[0])
    if not columns:
        raise DatabaseInvalidError("a row has no values")
    if any(row.keys() != rows[0].keys() for row in rows):
        raise DatabaseInvalidError("all rows have to have the same columns")
    return columns


def insert(table: str, columns: Sequence[str], dialect: Dialect) -> str:
    """An INSERT of one row, with the parameters p0, p1, …"""
    names = ", ".join(quoted(column, dialect) for column in columns)
    marks = ", ".join(mark(index, dialect) for index in range(len(columns)))
    return f"INSERT INTO {quoted(table, dialect)} ({names}) VALUES ({marks})"  # noqa: S608


def mark(index: int, dialect: Dialect) -> str:
    """The parameter of a column."""
    return f":p{index}" if dialect == "sqlite" else f"%(p{index})s"


def upsert(table: str, columns: Sequence[str], key: Sequence[str], dialect: Dialect) -> str:
    """An INSERT of one row that changes the one with the same key.

    Raises:
        DatabaseInvalidError: the key is not among the columns.
    """
    if not key or not set(key) <= set(columns):
        raise DatabaseInvalidError("the key's columns have to be among the rows'")
    others = [column for column in columns if column not in key]
    match dialect:
        case "mysql":
            sets = [f"{q} = VALUES({q})" for q in (quoted(c, dialect) for c in others or key)]
            return f"{insert(table, columns, dialect)} ON DUPLICATE KEY UPDATE {', '.join(sets)}"
        case "sqlserver":
            return _merge(table, columns, key, others)
    keys = ", ".join(quoted(column, dialect) for column in key)
    sets = [f"{q} = excluded.{q}" for q in (quoted(column, dialect) for column in others)]
    action = f"UPDATE SET {', '.join(sets)}" if sets else "NOTHING"
    return f"{insert(table, columns, dialect)} ON CONFLICT ({keys}) DO {action}"


def _merge(table: str, columns: Sequence[str], key: Sequence[str], others: Sequence[str]) -> str:
    def q(column: str) -> str:
        return quoted(column, "sqlserver")

    source = ", ".join(f"%(p{i})s AS {q(column)}" for i, column in enumerate(columns))
    on = " AND ".join(f"t.{q(column)} = s.{q(column)}" for column in key)
    sets = ", ".join(f"t.{q(column)} = s.{q(column)}" for column in others)
    update = f" WHEN MATCHED THEN UPDATE SET {sets}" if sets else ""
    names = ", ".join(q(column) for column in columns)
    values = ", ".join(f"s.{q(column)}" for column in columns)
    return (
        f"MERGE {quoted(table, 'sqlserver')} WITH (HOLDLOCK) AS t USING (SELECT {source}) AS s"  # noqa: S608
        f" ON {on}{update} WHEN NOT MATCHED THEN INSERT ({names}) VALUES ({values});"
    )
