"""300 seeded mistakes in the examples: ``python -m tests.support.mutations`` prints the rates."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import mutations
from tests.support.definitions import findings_of


@pytest.fixture(scope="module")
def rates() -> dict[str, tuple[int, int]]:
    return mutations.rates(300)


@pytest.mark.parametrize("kind", [kind.__name__ for kind in mutations.MISSPELT])
def test_misspelt_names_are_always_found(kind: str, rates: dict[str, tuple[int, int]]) -> None:
    found, planted = rates[kind]
    assert planted >= 10
    assert found == planted


def test_nine_of_ten_other_mistakes_are_found(rates: dict[str, tuple[int, int]]) -> None:
    others = [rates[kind.__name__] for kind in mutations.OTHERS]
    assert sum(found for found, _ in others) >= 0.9 * sum(planted for _, planted in others)


@pytest.mark.parametrize("name", mutations.originals())
def test_no_false_alarm(name: str) -> None:
    source: Any = mutations.originals()[name]
    assert [found for found in findings_of(source) if found.severity != "note"] == []


def test_three_hundred_mistakes_are_three_hundred(rates: dict[str, tuple[int, int]]) -> None:
    assert sum(planted for _, planted in rates.values()) == 300
