"""The public shapes of tables."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator

from statewright.integrations.connection_kinds import Strict

ColumnName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")]
TableName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
ColumnType = Literal["text", "number", "boolean", "date", "datetime", "json"]
Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "contains", "starts_with", "empty"]


class Column(Strict):
    """A column."""

    type: ColumnType
    required: bool = False


class NewTable(Strict):
    """A table to make. No two rows have the same values in the columns of ``key``."""

    name: TableName
    columns: Annotated[dict[ColumnName, Column], Field(min_length=1, max_length=100)]
    key: Annotated[list[ColumnName], Field(max_length=5)] = []

    @model_validator(mode="after")
    def _key_is_there(self) -> NewTable:
        missing = [name for name in self.key if name not in self.columns]
        if missing:
            raise ValueError(f"the key's column '{missing[0]}' is not among the columns")
        return self


class TableChange(Strict):
    """Columns to add; a new one cannot be required, since rows are there already."""

    add: Annotated[dict[ColumnName, Column], Field(min_length=1, max_length=100)]


class Table(BaseModel):
    """A table."""

    id: str
    name: str
    columns: dict[str, Column]
    key: list[str]
    rows: int
    created_at: datetime
    updated_at: datetime


class Condition(Strict):
    """What a row has to fulfil."""

    column: ColumnName
    op: Operator = "="
    value: Any = None


class NewRows(Strict):
    """Rows to add, all or none."""

    rows: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=1000)]


class RowValues(Strict):
    """A row's values. At an update, those not given stay."""

    values: dict[str, Any]


class Row(BaseModel):
    """A row."""

    id: str
    values: dict[str, Any]
    created_at: datetime
    updated_at: datetime


class NewImport(Strict):
    """Rows of a file to take into a table, so many from a place on.

    ``columns`` says which column of the file each column of the table is filled from. With
    ``check``, nothing is kept. ``add`` takes new rows only; ``update`` changes those of a key that
    is there. Rows that do not fit are left out, and told.
    """

    file: Annotated[str, Field(min_length=1, max_length=500)]
    columns: Annotated[dict[ColumnName, str], Field(min_length=1, max_length=100)]
    mode: Literal["add", "update"] = "add"
    check: bool = False
    skip: Annotated[int, Field(ge=0, le=100_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=5000)] = 1000


class WrongCell(BaseModel):
    """What is wrong with a row. ``row`` counts as spreadsheets do: the header is the first."""

    row: int
    column: str | None
    detail: str


class Import(BaseModel):
    """What became of some of a file's rows; ``next`` is how many to ``skip`` for those after."""

    read: int
    kept: int
    wrong: int
    errors: list[WrongCell]
    next: int | None
