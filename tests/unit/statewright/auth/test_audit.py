"""The chain of the audit log, as whoever exported it verifies it."""

from __future__ import annotations

import hashlib

import pytest

from statewright.auth.audit import ChainedEvent, first_break


def chain(records: list[str]) -> list[ChainedEvent]:
    events, before = [], b""
    for number, record in enumerate(records, 1):
        before = hashlib.sha256(before + f"{number}:{record}".encode()).digest()
        events.append(ChainedEvent(sequence=number, record=record, hash=before.hex()))
    return events


WHOLE = chain(['{"action": "a"}', '{"action": "b"}', '{"action": "ü"}'])


def test_a_whole_chain_has_no_break() -> None:
    assert first_break([]) is None
    assert first_break(WHOLE) is None


@pytest.mark.parametrize(
    ("events", "broken"),
    [
        ([WHOLE[0], WHOLE[1].model_copy(update={"record": "{}"}), WHOLE[2]], 2),
        ([WHOLE[0], WHOLE[2]], 2),
        (WHOLE[1:], 1),
        ([WHOLE[0], WHOLE[0], *WHOLE[1:]], 2),
        ([*WHOLE[:2], WHOLE[2].model_copy(update={"hash": "00"})], 3),
        ([WHOLE[0], *chain(["x", "y"])[1:]], 2),
    ],
)
def test_whatever_is_changed_taken_out_or_put_in_is_found(
    events: list[ChainedEvent], broken: int
) -> None:
    assert first_break(events) == broken
