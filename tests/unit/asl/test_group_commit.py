"""Group commit: everyone hears of their own item, and one cannot harm another."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from asl.adapters.group_commit import GroupCommitter
from asl.errors import UnavailableError


class Store:
    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.gate = threading.Event()

    def write(self, group: Sequence[int]) -> list[int | Exception]:
        self.gate.wait(10)
        if -2 in group:
            self.groups.append(list(group))  # and then the connection was lost
            raise UnavailableError("lost")
        if -1 in group:
            raise RuntimeError("the whole group")
        self.groups.append(list(group))
        return [KeyError(item) if item % 10 == 7 else item * 2 for item in group]


@pytest.fixture
def store() -> Store:
    return Store()


def committer(store: Store) -> GroupCommitter[int, int]:
    return GroupCommitter(store.write, 50, "test")


def attempt(writer: GroupCommitter[int, int], number: int) -> Any:
    try:
        return writer.submit(lambda: number)
    except (KeyError, RuntimeError, UnavailableError) as error:
        return type(error)


def test_each_caller_gets_its_own_result_or_error(store: Store) -> None:
    writer = committer(store)
    with ThreadPoolExecutor(20) as threads:
        answers = threads.map(lambda n: attempt(writer, n), range(20))
        store.gate.set()
        found = list(answers)
    assert found == [KeyError if n % 10 == 7 else n * 2 for n in range(20)]
    assert len(store.groups) < 20, "what came while the first was written went together"
    writer.close()


def test_many_of_one_caller_are_written_together_while_more_are_made(store: Store) -> None:
    writer = committer(store)

    def items() -> Iterator[int]:
        yield 0
        yield 7
        store.gate.set()
        yield from (2, 3)

    found = writer.submit_all(items())
    assert [type(each) if isinstance(each, Exception) else each for each in found] == [
        0, KeyError, 4, 6,
    ]  # fmt: skip
    assert sorted(item for group in store.groups for item in group) == [0, 2, 3, 7]
    assert len(store.groups) <= 3
    assert writer.submit_all(iter(())) == []
    writer.close()


def test_what_may_have_been_written_is_not_written_again(store: Store) -> None:
    writer = committer(store)
    with ThreadPoolExecutor(20) as threads:
        answers = [threads.submit(attempt, writer, n) for n in (1, 2, -2, 3)]
        store.gate.set()
        found = [answer.result() for answer in answers]
    written = [item for group in store.groups for item in group]
    assert sorted(written) == [-2, 1, 2, 3]
    assert UnavailableError in found
    writer.close()


def test_an_item_that_cannot_be_prepared_or_written_harms_no_other(store: Store) -> None:
    writer = committer(store)

    def broken() -> int:
        raise KeyError("preparing")

    with ThreadPoolExecutor(20) as threads:
        bad = threads.submit(writer.submit, broken)
        answers = [threads.submit(attempt, writer, n) for n in [1, -1, 2]]
        store.gate.set()
        assert [answer.result() for answer in answers] == [2, RuntimeError, 4]
        with pytest.raises(KeyError):
            bad.result()
    writer.close()
    with pytest.raises(RuntimeError, match="closed"):
        writer.submit(lambda: 1)
