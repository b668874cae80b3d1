"""When a task is decided."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.tasks.models import Quorum, Vote
from statewright.tasks.quorum import outcome

A, R, N = "approved", "rejected", None


@pytest.mark.parametrize(
    ("quorum", "required", "answers", "expected"),
    [
        ("any", 1, [N, N], None),
        ("any", 1, [R, N, N], R),
        ("any", 1, [N, A], A),
        ("any", 1, [N, "completed"], "completed"),
        ("all", 2, [A, N], None),
        ("all", 2, [A, A], A),
        ("all", 2, [A, R], R),
        ("all", 3, [R, N, N], R),
        ("all", 2, [A, N, A], A),  # the third has joined by escalation, in the place of the second
        ("all", 3, [A, A], A),  # the third has left
        ("some", 2, [A, N, N], None),
        ("some", 2, [A, A, N], A),
        ("some", 2, [R, N, N], None),
        ("some", 2, [R, R, N], R),  # two agreements are not possible any more
        ("some", 2, [R, A, N], None),
        ("some", 1, [R, R, R], R),
        ("some", 3, [A, A], R),  # too many have left
    ],
)
def test_outcome(
    quorum: Quorum, required: int, answers: list[Vote | None], expected: Vote | None
) -> None:
    assert outcome(quorum, required, answers) == expected


@given(
    st.sampled_from(get_args(Quorum)),
    st.lists(st.sampled_from([A, R, N]), min_size=1, max_size=5),
    st.data(),
)
def test_what_is_decided_early_stays_decided(
    quorum: Quorum, answers: list[Vote | None], data: st.DataObject
) -> None:
    """Whatever the silent ones would still say: an early decision is the one that all lead to, and
    an open one may end both ways."""
    required = len(answers)
    if quorum == "some":
        required = data.draw(st.integers(1, len(answers)))
    early = outcome(quorum, required, answers)
    silent = [index for index, answer in enumerate(answers) if answer is None]
    ends = set()
    for later in product([A, R], repeat=len(silent)):
        full = list(answers)
        for index, answer in zip(silent, later, strict=True):
            full[index] = answer
        if quorum != "any":  # there the first counts, and these lists are in order of time
            ends.add(outcome(quorum, required, full))
    if quorum == "any":
        assert (early is None) == (silent == list(range(len(answers))))
    elif early is None:
        assert ends == {A, R}
    else:
        assert ends == {early}
