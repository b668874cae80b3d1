"""SQL: which ``:names`` are parameters, and what names of tables cannot be."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.integrations.databases import mongodb, statements
from statewright.integrations.databases.errors import DatabaseInvalidError, DatabaseRefusedError
from statewright.integrations.databases.values import shown


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        ("postgresql", "SELECT :a, ':a', \":a\" -- :a\n", "SELECT %(a)s, ':a', \":a\" -- :a\n"),
        ("postgresql", "SELECT :a::int, x::text LIKE '50%'", "SELECT %(a)s::int, x::text LIKE '50%%'"),
        ("postgresql", "SELECT 5 % :a, E'\\':a', $x$ :a $x$", "SELECT 5 %% %(a)s, E'\\':a', $x$ :a $x$"),
        ("postgresql", "/* :a */ SELECT 'it''s :a', :a", "/* :a */ SELECT 'it''s :a', %(a)s"),
        ("mysql", "SELECT :a, 'it\\'s :a', `:a` # :a", "SELECT %(a)s, 'it\\'s :a', `:a` # :a"),
        ("sqlserver", "SELECT [:a], :a", "SELECT [:a], %(a)s"),
        ("sqlite", "SELECT :a, ':a', 5 % 2", "SELECT :a, ':a', 5 % 2"),
    ],
)  # fmt: skip
def test_parameters_are_found_outside_of_texts_and_comments(
    dialect: Any, sql: str, expected: str
) -> None:
    found = statements.bound(sql, {"a": 1, "unused": 2}, dialect)
    assert found.sql == expected
    assert found.values == {"a": 1}


def test_a_parameter_needs_a_value_that_databases_have() -> None:
    with pytest.raises(DatabaseInvalidError, match=":b has no value"):
        statements.bound("SELECT :b", {}, "sqlite")
    with pytest.raises(DatabaseInvalidError, match="NUL"):
        statements.bound("SELECT :b", {"b": "\0"}, "sqlite")
    assert statements.bound("SELECT :b", {"b": {"x": [1]}}, "sqlite").values == {"b": '{"x": [1]}'}


@given(st.text(max_size=30), st.sampled_from(["postgresql", "mysql", "sqlserver", "sqlite"]))
def test_a_name_is_quoted_or_refused(name: str, dialect: Any) -> None:
    try:
        quoted = statements.quoted(name, dialect)
    except DatabaseInvalidError:
        return
    inner = quoted[1:-1].replace(f"{quoted[-1]}.{quoted[0]}", "")
    assert not set(inner) & set("\"`[];'\\\0\n")


def test_upserts_name_their_key() -> None:
    assert statements.upsert("s.t", ["id", "a b"], ["id"], "postgresql") == (
        'INSERT INTO "s"."t" ("id", "a b") VALUES (%(p0)s, %(p1)s)'
        ' ON CONFLICT ("id") DO UPDATE SET "a b" = excluded."a b"'
    )
    assert "MERGE [t] WITH (HOLDLOCK)" in statements.upsert("t", ["id", "v"], ["id"], "sqlserver")
    with pytest.raises(DatabaseInvalidError):
        statements.upsert("t", ["v"], ["id"], "sqlite")
    for rows in ([], [{}], [{"a": 1}, {"b": 1}]):
        with pytest.raises(DatabaseInvalidError):
            statements.columns_of(rows)


def test_values_become_json_without_losing_digits() -> None:
    values = [
        2**60,
        Decimal("0.1"),
        Decimal("12345678901234567890.5"),
        float("nan"),
        b"\xff",
        Decimal(5),
    ]
    assert [shown(value) for value in values] == [str(2**60), 0.1, "12345678901234567890.5", None, "/w==", 5]  # fmt: skip


@pytest.mark.parametrize("name", ["$where", "$function", "$accumulator", "$out", "$merge"])
def test_mongodb_runs_no_code(name: str) -> None:
    with pytest.raises(DatabaseRefusedError):
        mongodb.checked({"a": [{"$or": [{name: "1"}]}]})
    assert str(mongodb.checked({"_id": {"$oid": "0" * 24}})["_id"]) == "0" * 24
    with pytest.raises(DatabaseInvalidError):
        mongodb.checked({"$oid": "x"})
