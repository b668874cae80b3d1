"""The journal's contract, on the in-memory twin and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from asl.errors import ConflictError
from asl.events import Redriven, Started, StopRequested, TimePassed
from asl.execution import Execution, Parent, Redrives, Status
from asl.memory import MemoryJournal, MemoryMachines
from asl.payload import Payload
from asl.ports import Commit, ExecutionExistsError, Query
from asl.registry import MachineRecord
from asl.step import step
from tests.support.engine import START, machine_of, text_of

ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:m"
STATES: dict[str, Any] = {
    "A": {"Type": "Pass", "Assign": {"x": 1}, "Next": "W"},
    "W": {"Type": "Wait", "Seconds": 60, "End": True},
}


class Ground:
    """A journal with a machine in it."""

    def __init__(self, journal: Any, machines: Any):
        self.journal = journal
        self.machines = machines
        record = MachineRecord(ARN, "m", "STANDARD", "role", text_of(STATES), 0, START)
        self.record = machines.create(record)
        self.machine = machine_of(STATES)

    def start(self, name: str, parent: Parent | None = None, **more: Any) -> Execution:
        execution = Execution(
            arn=f"{ARN.replace('stateMachine', 'execution')}:{name}",
            machine_arn=ARN,
            role_arn="role",
            input=Payload({"name": name}),
            started_at=START,
            secret="secret",
            key=self.journal.new_key(),
            revision=self.record.revision,
            parent=parent,
            **more,
        )
        moved, entries, _ = step(self.machine, execution, Started(START))
        self.journal.append(lambda: Commit(moved, entries, 0))
        return moved

    def move(self, execution: Execution, event: Any) -> Execution:
        moved, entries, _ = step(self.machine, execution, event)
        self.journal.append(lambda: Commit(moved, entries, execution.turn))
        return moved


@pytest.fixture(params=["memory", "postgres"])
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    if request.param == "memory":
        yield Ground(MemoryJournal(), MemoryMachines())
        return
    from asl.adapters.postgres_journal import PostgresJournal
    from asl.adapters.postgres_machines import PostgresMachines

    pool = request.getfixturevalue("pool")
    machines = PostgresMachines(pool)
    journal = PostgresJournal(pool, machines)
    yield Ground(journal, machines)
    journal.close()


def test_what_was_appended_is_loaded(ground: Ground) -> None:
    started = ground.start("one", Parent("arn:parent", (1, 2), 7, "sync2"))
    assert ground.journal.load(started.arn) == started
    assert ground.journal.load(started.arn + "x") is None


def test_a_name_is_started_once(ground: Ground) -> None:
    first = ground.start("one")
    with pytest.raises(ExecutionExistsError):
        ground.start("one")
    assert ground.journal.load(first.arn) == first


def test_of_many_at_once_with_one_name_one_wins(ground: Ground) -> None:
    def attempt(number: int) -> bool:
        try:
            ground.start("same" if number % 2 else f"other-{number}")
        except ExecutionExistsError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(attempt, range(40)))
    assert results.count(True) == 21


def test_a_stale_writer_is_refused_and_changes_nothing(ground: Ground) -> None:
    started = ground.start("one")
    ended = ground.move(started, TimePassed(START + 60_000))
    with pytest.raises(ConflictError):
        ground.move(started, StopRequested(START, None, None))
    assert ground.journal.load(started.arn) == ended
    entries = ground.journal.history(ended, 0, 100)
    assert [entry[0] for entry in entries] == list(range(1, ended.seq + 1))


def test_a_refused_writer_does_not_harm_its_group(ground: Ground) -> None:
    stale = ground.start("stale")
    ground.move(stale, TimePassed(START + 60_000))

    def attempt(number: int) -> str:
        try:
            if number % 3 == 0:
                ground.move(stale, StopRequested(START, None, None))
            else:
                ground.start(f"n-{number}")
        except ConflictError:
            return "refused"
        return "done"

    with ThreadPoolExecutor(12) as threads:
        results = list(threads.map(attempt, range(60)))
    assert results.count("refused") == 20
    assert len(ground.journal.select(Query(ARN))) == 41


def test_the_end_is_loaded_with_output_or_failure(ground: Ground) -> None:
    done = ground.move(ground.start("done"), TimePassed(START + 60_000))
    stopped = ground.move(ground.start("stopped"), StopRequested(START + 1, "E", "c"))
    assert ground.journal.load(done.arn) == done
    assert done.output == Payload({"name": "done"})
    assert ground.journal.load(stopped.arn) == stopped
    assert stopped.failure is not None
    assert (stopped.failure.error, stopped.failure.cause) == ("E", "c")


def test_a_redrive_is_kept_with_what_it_changes(ground: Ground) -> None:
    started = ground.start("one", due=START + 100_000)
    stopped = ground.move(started, StopRequested(START + 1, "E", "c"))
    assert stopped.unfinished is not None
    assert ground.journal.load(stopped.arn) == stopped
    assert ground.journal.select(Query(ARN)) == [replace(stopped, unfinished=None)]
    redriven = ground.move(stopped, Redriven(START + 5000, "token"))
    assert ground.journal.load(redriven.arn) == redriven
    assert (redriven.status, redriven.due) == (Status.RUNNING, None)
    assert redriven.redrives == Redrives(1, START + 5000, (("token", START + 5000),))
    assert ground.journal.next_due() == START + 65_000
    ended = ground.move(redriven, TimePassed(START + 65_000))
    assert ground.journal.load(ended.arn) == ended
    assert ended.output == Payload({"name": "one"})
    began = [(a.began, a.execution.status) for a in ground.journal.announcements(10)]
    assert [each for each, _ in began] == [True, False, True, False]
    entries = ground.journal.history(ended, 0, 100)
    assert [entry[0] for entry in entries] == list(range(1, ended.seq + 1))


def test_history_pages(ground: Ground) -> None:
    done = ground.move(ground.start("one"), TimePassed(START + 60_000))
    everything = ground.journal.history(done, 0, 100)
    assert [entry[3] for entry in everything][-2:] == ["WaitStateExited", "ExecutionSucceeded"]
    paged = ground.journal.history(done, 0, 3) + ground.journal.history(done, 3, 100)
    assert paged == everything


def test_of_two_steps_of_one_execution_at_once_one_is_written(ground: Ground) -> None:
    first, other = ground.start("one"), ground.start("other")
    steps = [(first, TimePassed(START + 60_000)), (first, StopRequested(START, None, None))]
    steps.append((other, TimePassed(START + 60_000)))
    commits = []
    for execution, event in steps:
        moved, entries, _ = step(ground.machine, execution, event)
        commits.append(Commit(moved, entries, execution.turn))
    results = ground.journal.append_all(commits)
    assert [isinstance(each, ConflictError) for each in results] == [False, True, False]
    for execution in (first, other):
        found = ground.journal.load(execution.arn)
        assert found.status is Status.SUCCEEDED
        history = ground.journal.history(found, 0, 100)
        assert [entry[0] for entry in history] == list(range(1, found.seq + 1))


def test_due_and_next_due(ground: Ground) -> None:
    assert ground.journal.next_due() is None
    first = ground.start("one")
    assert ground.journal.next_due() == START + 60_000
    assert ground.journal.due(START + 59_999, 10) == []
    assert ground.journal.due(START + 60_000, 10) == [first]
    ground.move(first, TimePassed(START + 60_000))
    assert ground.journal.next_due() is None


def test_select_filters_and_pages(ground: Ground) -> None:
    keys = [ground.start(f"n-{number}").key for number in range(5)]
    ended = ground.journal.select(Query(ARN))[0]
    ground.move(ended, TimePassed(START + 60_000))
    assert [e.key for e in ground.journal.select(Query(ARN))] == keys[::-1]
    assert [e.key for e in ground.journal.select(Query(ARN, Status.SUCCEEDED))] == [ended.key]
    page = ground.journal.select(Query(ARN, limit=2))
    assert [e.key for e in ground.journal.select(Query(ARN, before=page[-1].key))] == keys[2::-1]


def test_select_by_version_and_by_alias(ground: Ground) -> None:
    ground.start("plain")
    one = ground.start("one", version=1, alias="live")
    two = ground.start("two", version=2, alias="live")
    direct = ground.start("direct", version=2)
    assert ground.journal.load(one.arn) == one
    assert (one.version_arn, one.alias_arn) == (f"{ARN}:1", f"{ARN}:live")
    assert (direct.version_arn, direct.alias_arn) == (f"{ARN}:2", None)
    assert ground.journal.select(Query(ARN, alias="live")) == [two, one]
    assert ground.journal.select(Query(ARN, version=2)) == [direct, two]
    assert ground.journal.select(Query(ARN, version=2, before=direct.key, limit=1)) == [two]
    assert ground.journal.select(Query(ARN, Status.RUNNING, version=1, alias="live")) == [one]
    assert ground.journal.select(Query(ARN, Status.FAILED, alias="live")) == []
    assert ground.journal.select(Query(f"{ARN}x", alias="live")) == []


def test_announcements_stay_until_cleared(ground: Ground) -> None:
    done = ground.move(ground.start("one"), TimePassed(START + 60_000))
    began, ended = ground.journal.announcements(10)
    assert (began.began, ended.began) == (True, False)
    assert ended.execution == done
    ground.journal.clear([began])
    assert ground.journal.announcements(10) == [ended]


def test_machines_keep_revisions_and_versions(ground: Ground) -> None:
    machines = ground.machines
    first = machines.publish(ARN, "one", START)
    assert machines.publish(ARN, "again", START).version == first.version == 1
    changed = machines.update(ARN, text_of({"Z": {"Type": "Succeed"}}), "role", START)
    assert machines.update(ARN, changed.definition, "role", START) == changed
    second = machines.publish(ARN, "two", START)
    assert [v.version for v in machines.versions(ARN)] == [2, 1]
    assert machines.get(f"{ARN}:1") == first
    assert machines.revision(first.revision).definition == text_of(STATES)
    machines.delete(second.version_arn)
    assert machines.get(second.version_arn) is None
    assert [record.arn for record in machines.all()] == [ARN]
    machines.delete(ARN)
    assert machines.get(ARN) is None


def test_executions_keep_the_definition_that_they_began_with(ground: Ground) -> None:
    started = ground.start("one")
    ground.machines.update(ARN, text_of({"Z": {"Type": "Succeed"}}), "role", START)
    loaded = ground.journal.load(started.arn)
    assert loaded is not None
    assert loaded == replace(started, revision=ground.record.revision)
