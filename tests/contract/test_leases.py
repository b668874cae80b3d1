"""Several processes on one database: each looks after its own, and takes over from the dead."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from asl.adapters.postgres_journal import PostgresJournal
from asl.adapters.postgres_machines import PostgresMachines
from asl.adapters.postgres_pool import brief_transaction
from asl.errors import UnavailableError
from asl.events import TaskFailed, TimePassed
from tests.contract.test_journal import Ground
from tests.contract.test_runner import Cloud
from tests.support.engine import START, TASK
from tests.support.server import until

Process = Callable[..., Any]
STUCK = 0.0
"""A lease that has run out as soon as it was taken."""


@pytest.fixture
def grounds(pool: Any) -> Iterator[Process]:
    """Makes journals that share a database, as several processes would."""
    made: list[Any] = []

    def process(lease_seconds: float = 60) -> Ground:
        machines = PostgresMachines(pool)
        journal = PostgresJournal(pool, machines, lease_seconds=lease_seconds)
        made.append(journal)
        journal.hold()
        return Ground(journal, machines)

    yield process
    for journal in made:
        journal.close()


@pytest.fixture
def clouds(pool: Any) -> Iterator[Process]:
    """Makes engines that share a database."""
    made: list[Cloud] = []

    def process(lease_seconds: float = 60) -> Cloud:
        machines = PostgresMachines(pool)
        cloud = Cloud(PostgresJournal(pool, machines, lease_seconds=lease_seconds), machines)
        made.append(cloud)
        cloud.runner.open()
        return cloud

    yield process
    for cloud in made:
        cloud.gate.set()
        cloud.runner.close()
        cloud.journal.close()


def end_session(pool: Any, ground: Any) -> None:
    """Ends the session that holds a process's locks, as its death would."""
    pid = ground.journal._leases._connection.info.backend_pid
    with pool.connection() as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))


def test_each_process_sees_its_own_timers_and_announcements(grounds: Process) -> None:
    one, two = grounds(), grounds()
    started = one.start("x")
    due = START + 60_000
    assert (one.journal.next_due(), two.journal.next_due()) == (due, None)
    assert (one.journal.due(due, 9), two.journal.due(due, 9)) == ([started], [])
    assert (len(one.journal.announcements(9)), two.journal.announcements(9)) == (1, [])


def test_whoever_moves_an_execution_looks_after_it(grounds: Process) -> None:
    one, two = grounds(), grounds()
    started = one.start("x")
    moved = two.move(started, TimePassed(START + 60_000))
    assert one.journal.load(started.arn) == moved
    assert one.journal.next_due() is None
    assert [a.execution.arn for a in two.journal.announcements(9)] == [started.arn]


def test_a_closed_process_leaves_all_it_had(grounds: Process) -> None:
    one, two = grounds(), grounds()
    started = one.start("x")
    assert list(two.journal.hold()) == []
    one.journal.close()
    taken = two.journal.hold()
    assert len(taken) == 1
    assert two.journal.due(START + 60_000, 9) == [started]
    assert [a.execution.arn for a in two.journal.announcements(9, taken)] == [started.arn]


def test_a_dead_process_is_noticed_before_its_lease_runs_out(grounds: Process, pool: Any) -> None:
    one, two = grounds(lease_seconds=3600), grounds()
    started = one.start("x")
    end_session(pool, one)
    assert len(two.journal.hold()) == 1
    assert two.journal.due(START + 60_000, 9) == [started]


def test_a_process_that_lost_its_lease_writes_under_another(grounds: Process, pool: Any) -> None:
    one, two = grounds(lease_seconds=STUCK), grounds()
    first = one.start("first")
    assert len(two.journal.hold()) == 1  # it is stuck: its lease has run out
    assert two.journal.due(START + 60_000, 9) == [first]
    second = one.start("second")  # it goes on, and does not know yet
    assert one.journal.load(second.arn) == second
    assert two.journal.due(START + 60_000, 9) == [first]
    assert one.journal.due(START + 60_000, 9) == [second]
    with pool.connection() as connection:
        leases = connection.execute("SELECT DISTINCT lease FROM asl.executions").fetchall()
    assert len(leases) == 2


def test_who_stopped_in_the_middle_of_a_write_does_not_stop_others(
    grounds: Process, pool: Any
) -> None:
    one, two = grounds(lease_seconds=3600), grounds()
    started = one.start("x")
    lease = one.journal._leases.current()
    with pool.connection() as connection, connection.transaction():
        connection.execute("SELECT FROM asl.leases WHERE id = %s FOR SHARE", (lease.id,))
        end_session(pool, one)
        assert list(two.journal.hold()) == []  # at once: it does not wait for the write
    assert list(two.journal.hold()) == [lease.id]
    assert two.journal.due(START + 60_000, 9) == [started]


def test_a_transaction_in_which_nothing_happens_is_undone(pool: Any, database: str) -> None:
    def stop_in_the_middle() -> None:
        with pool.connection() as connection, brief_transaction(connection, 0.05):
            connection.execute("SELECT pg_advisory_xact_lock(1, 1)")
            until(lambda: _can_be_locked(database), "the lock to be given up")
            connection.execute("SELECT 1")

    with pytest.raises(UnavailableError):
        stop_in_the_middle()
    with pool.connection() as connection:  # others may take their time, as a queue's batch does
        limit = connection.execute("SHOW idle_in_transaction_session_timeout").fetchone()
    assert limit == ("0",)


def _can_be_locked(database: str) -> bool:
    with psycopg.connect(database, autocommit=True) as connection:
        row = connection.execute("SELECT pg_try_advisory_xact_lock(1, 1)").fetchone()
        return row is not None and bool(row[0])


def test_leases_are_few_however_often_processes_restart(grounds: Process, pool: Any) -> None:
    for _ in range(5):
        ground = grounds()
        ground.journal.close()
    with pool.connection() as connection:
        assert connection.execute("SELECT count(*) FROM asl.leases").fetchone() == (1,)


def test_a_lease_is_kept_while_the_database_restarts_the_session(
    grounds: Process, pool: Any
) -> None:
    one = grounds()
    end_session(pool, one)
    with pytest.raises(Exception, match="terminat"):
        one.journal.hold()
    assert list(one.journal.hold()) == []  # renewed, not taken: nothing in flight is lost
    two = grounds()
    assert one.journal._leases.held != two.journal._leases.held


def test_a_dead_process_s_task_is_called_again_by_another(clouds: Process, pool: Any) -> None:
    one, two = clouds(lease_seconds=3600), clouds()
    machine = one.machine("m", {"A": {**TASK, "End": True}})
    one.gate.clear()
    arn = one.start(machine, "x")
    until(lambda: one.calls, "the first call")
    end_session(pool, one)
    two.runner.take_over()
    assert two.ended(arn)["status"] == "SUCCEEDED"
    assert [call.key for call in two.calls] == [call.key for call in one.calls]
    one.gate.set()  # its answer comes too late, and changes nothing
    one.runner.close()
    events = two.states.get_execution_history(arn)["events"]
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert sum(event["type"] == "TaskSucceeded" for event in events) == 1


def test_a_dead_process_s_task_is_called_again_though_another_moved_the_execution_meanwhile(
    clouds: Process, pool: Any
) -> None:
    """By then the execution is under the other's lease, which knows nothing of the task."""
    one, two = clouds(lease_seconds=3600), clouds()
    branches = [{"A": {**TASK, "End": True}}, {"W": {"Type": "Wait", "Seconds": 60, "End": True}}]
    parallel = {
        "Type": "Parallel",
        "Branches": [{"StartAt": next(iter(states)), "States": states} for states in branches],
        "End": True,
    }
    one.gate.clear()
    arn = one.start(one.machine("m", {"P": parallel}), "x")
    until(lambda: one.calls, "the first call")
    two.runner.deliver(arn, TimePassed(START + 60_000))
    end_session(pool, one)
    two.runner.take_over()
    assert two.ended(arn)["status"] == "SUCCEEDED"
    assert [call.key for call in two.calls] == [call.key for call in one.calls]


def test_an_activity_s_task_that_a_dead_process_had_taken_is_offered_again(
    clouds: Process, pool: Any
) -> None:
    """It died before it had noted that a worker has the task."""
    one, two = clouds(), clouds(lease_seconds=3600)
    activity = one.states.create_activity("work")["activityArn"]
    machine = one.machine("m", {"A": {"Type": "Task", "Resource": activity, "End": True}})
    one.start(machine, "x")
    taken = until(lambda: two.runner._machines.activities.take(activity), "the task")
    end_session(pool, two)
    one.runner.take_over()
    offered = until(lambda: one.runner._machines.activities.take(activity), "the task again")
    assert offered == taken


def test_a_new_process_calls_nothing_of_those_that_live(clouds: Process) -> None:
    one = clouds(lease_seconds=3600)
    one.gate.clear()
    one.start(one.machine("m", {"A": {**TASK, "End": True}}), "x")
    until(lambda: one.calls, "the call")
    two = clouds(lease_seconds=3600)
    assert two.journal.with_tasks_in_flight(two.runner._leases) == []


def test_what_one_process_remembers_does_not_hide_what_another_did(clouds: Process) -> None:
    """A task fails in the first and is tried again in the second: the first has an old copy."""
    one, two = clouds(), clouds()
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    machine = one.machine("m", {"A": {**TASK, "Retry": retry, "End": True}})
    one.gate.clear()
    arn = one.start(machine, "x")
    until(lambda: one.calls, "the first call")
    two.gate.clear()
    first = one.calls[0]
    two.runner.deliver(arn, TaskFailed(START, first.path, first.id, "E", None))
    two.clock.advance(1)
    two.runner.fire_due()
    until(lambda: two.calls, "the second call")
    second = two.calls[0]
    one.runner.deliver(arn, TaskFailed(START, second.path, second.id, "Last", None))
    assert two.ended(arn)["error"] == "Last"


def test_timers_of_a_process_that_was_paused_fire_once(
    clouds: Process, pool: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It had read and stepped what was due, was paused, and goes on after another took over."""
    one, two = clouds(lease_seconds=3600), clouds(lease_seconds=3600)
    wait = {"Type": "Wait", "Seconds": 60, "Next": "A"}
    machine = one.machine("m", {"W": wait, "A": {**TASK, "End": True}})
    arns = [one.start(machine, f"x{number}") for number in range(30)]
    append_all = one.journal.append_all

    def paused(commits: Any) -> Any:
        made = list(commits)
        with pool.connection() as connection:
            connection.execute("UPDATE asl.leases SET expires_at = now()")
        two.runner.take_over()
        two.clock.advance(60)
        assert two.runner.fire_due() == 30
        return append_all(made)

    monkeypatch.setattr(one.journal, "append_all", paused)
    one.clock.advance(60)
    one.runner.fire_due()
    for arn in arns:
        assert two.ended(arn)["status"] == "SUCCEEDED"
        events = two.states.get_execution_history(arn)["events"]
        assert [event["id"] for event in events] == list(range(1, len(events) + 1))
        assert sum(event["type"] == "WaitStateExited" for event in events) == 1
    assert (len(one.calls), len(two.calls)) == (0, 30)


def test_a_map_run_of_an_earlier_version_is_redriven(clouds: Process, pool: Any) -> None:
    cloud = clouds()
    wait = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": True}}}
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **wait}
    machine = cloud.machine("m", {"M": {"Type": "Map", "ItemProcessor": processor, "End": True}})
    arn = cloud.start(machine, "x", "[1, 2]")
    until(cloud.journal.next_due, "the children")
    cloud.states.stop_execution(arn)
    run = cloud.states.list_map_runs(arn)["mapRuns"][0]["mapRunArn"]
    until(lambda: cloud.states.describe_map_run(run)["status"] == "ABORTED", "the run's end")
    with pool.connection() as connection:
        connection.execute("UPDATE asl.map_runs SET redrives = NULL")
    cloud.states.redrive_execution(arn)
    until(lambda: len(cloud.journal.due(START + 10**9, 9)) == 2, "the children again")
    cloud.clock.advance(60)
    cloud.runner.fire_due()
    assert cloud.ended(arn)["output"] == "[1,2]"


def test_large_ones_are_read_few_at_a_time(
    clouds: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = clouds()
    monkeypatch.setattr("asl.adapters.postgres_journal.DUE_BYTES", 250_000)
    machine = cloud.machine("m", {"W": {"Type": "Wait", "Seconds": 60, "End": True}})
    for number in range(4):
        cloud.start(machine, f"x{number}", json.dumps("a" * 100_000))
    cloud.clock.advance(60)
    assert [cloud.runner.fire_due() for _ in range(3)] == [3, 1, 0]


def test_an_activity_s_worker_may_ask_any_process(clouds: Process) -> None:
    one, two = clouds(), clouds()
    activity = one.states.create_activity("work")["activityArn"]
    states = {"A": {"Type": "Task", "Resource": activity, "End": True}}
    arn = one.start(one.machine("m", states), "x")
    task = two.states.get_activity_task(activity)
    two.states.send_task_success(task["taskToken"], '"done"')
    assert one.ended(arn)["output"] == '"done"'


# -- Map runs -------------------------------------------------------------------------------------


def each_item(items: int, most: int) -> dict[str, Any]:
    """A Distributed Map whose items call a task each."""
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "T",
        "States": {"T": {**TASK, "Output": "{% $states.input %}", "End": True}},
    }
    state = {"Type": "Map", "Items": list(range(items)), "ItemProcessor": processor, "End": True}
    return {"Each": {**state, "MaxConcurrency": most}}


def counts(cloud: Cloud, arn: str) -> dict[str, int]:
    (run,) = cloud.states.list_map_runs(arn)["mapRuns"]
    told = cloud.states.describe_map_run(run["mapRunArn"])["executionCounts"]
    return {name: number for name, number in told.items() if number}


def test_a_dead_process_s_map_run_goes_on_in_another(clouds: Process, pool: Any) -> None:
    one, two = clouds(lease_seconds=3600), clouds()
    one.gate.clear()
    arn = one.start(one.machine("m", each_item(5, 2)), "x")
    until(lambda: len(one.calls) == 2, "two children")
    end_session(pool, one)
    two.runner.take_over()
    assert two.ended(arn)["output"] == "[0,1,2,3,4]"
    one.gate.set()
    one.runner.close()
    assert counts(two, arn) == {"succeeded": 5, "total": 5, "resultsWritten": 5}


def test_whoever_ends_an_item_goes_on_with_its_map_run(clouds: Process) -> None:
    one, two = clouds(), clouds()
    one.gate.clear()
    arn = one.start(one.machine("m", each_item(4, 1)), "x")
    until(lambda: one.calls, "the first child")
    (run,) = two.states.list_map_runs(arn)["mapRuns"]
    (child,) = two.states.list_executions(mapRunArn=run["mapRunArn"])["executions"]
    two.states.stop_execution(child["executionArn"])
    assert two.ended(arn)["status"] == "SUCCEEDED"
    assert len(two.calls) == 3
    assert counts(two, arn) == {"aborted": 1, "succeeded": 3, "total": 4, "resultsWritten": 4}


def test_a_process_that_lost_its_lease_makes_no_item_twice(clouds: Process) -> None:
    """Both go on with the run: the one because it lives, the other because it took the lease."""
    one, two = clouds(lease_seconds=STUCK), clouds()
    one.gate.clear()
    arn = one.start(one.machine("m", each_item(40, 4)), "x")
    until(lambda: len(one.calls) == 4, "four children")
    two.runner.take_over()
    one.gate.set()
    assert two.ended(arn)["output"] == str(list(range(40))).replace(" ", "")
    assert len({call.key for call in [*one.calls, *two.calls]}) == 40
    assert counts(one, arn) == {"succeeded": 40, "total": 40, "resultsWritten": 40}
