"""The whole API, asked what schemathesis makes up: no crash, no lie of the description, no leak.

The same requests every time; ``make fuzz`` sends many more, and others each time.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.fuzzing import Fuzzer, Tally, operations
from tests.support.planting import Planted
from tests.support.server import Server, until

SEED = 10
EXAMPLES = 1
"""So many requests of each kind to each operation."""


@pytest.fixture(scope="module")
def document(fuzzed: Server, mine: Planted) -> dict[str, Any]:
    from statewright_cli import openapi

    def fresh() -> Any:
        return None if openapi.is_stale() else mine.owner.ok("GET", "/openapi.json")

    found: dict[str, Any] = until(fresh, "the description of this version of the code")
    return found


def test_no_request_crashes_it_or_shows_what_is_others(
    document: dict[str, Any], fuzzed: Server, mine: Planted, stranger: Planted
) -> None:
    tally = Tally()
    fuzzer = Fuzzer(fuzzed.url, mine, stranger, SEED, EXAMPLES, tally, thorough=False)
    asked = operations(document)
    for operation in asked:
        fuzzer.attack(operation)
    assert not tally.wrong, "\n".join(tally.wrong)
    assert len(tally.reached) > len(asked) / 2, "most requests were refused at the door"
