"""What stands in a file's cells, as values of a table's columns."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.integrations.tables.cells import value_of
from statewright.integrations.tables.models import ColumnType


@pytest.mark.parametrize(
    ("cell", "kind", "value"),
    [
        (" ", "number", None),
        (None, "text", None),
        ("12", "number", 12),
        (" 1.50 ", "number", 1.5),
        ("1e3", "number", 1000.0),
        (12.5, "number", 12.5),
        (12.0, "text", "12"),
        (True, "text", "true"),
        (" a ", "text", " a "),
        ("Yes", "boolean", True),
        (0, "boolean", False),
        (False, "boolean", False),
        ("2026-11-23", "date", "2026-11-23"),
        ("2026-11-23T00:00:00", "date", "2026-11-23"),
        ("2026-11-23 09:00", "datetime", "2026-11-23T09:00:00+00:00"),
        ("2026-11-23T09:00:00Z", "datetime", "2026-11-23T09:00:00+00:00"),
        ('{"a": 1}', "json", {"a": 1}),
        (7, "json", 7),
    ],
)
def test_what_fits(cell: Any, kind: ColumnType, value: Any) -> None:
    assert value_of(cell, kind) == value


@pytest.mark.parametrize(
    ("cell", "kind", "why"),
    [
        ("12,5", "number", "“12,5” is no number such as 12.5"),
        ("x" * 50, "number", f"“{'x' * 39}…” is no number such as 12.5"),
        ("1e999", "number", "“1e999” is too large a number"),
        ("nan", "number", "“nan” is no number such as 12.5"),
        (True, "number", "“true” is no number such as 12.5"),
        ("maybe", "boolean", "“maybe” is neither yes nor no"),
        ("23.11.2026", "date", "“23.11.2026” is no day such as 2026-11-23"),
        ("2026-11-23T09:00", "date", "“2026-11-23T09:00” is a moment, not a day"),
        ("soon", "datetime", "“soon” is no moment such as 2026-11-23T09:00:00Z"),
        ("{a", "json", "“{a” is no JSON"),
        ("NaN", "json", "“NaN” is no JSON"),
    ],
)
def test_what_does_not_fit_is_told_in_words(cell: Any, kind: ColumnType, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)) as caught:
        value_of(cell, kind)
    assert str(caught.value) == why


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15))
def test_numbers_come_back_from_text(number: float) -> None:
    assert math.isclose(value_of(str(number), "number"), number)
