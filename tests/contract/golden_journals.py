"""Records journals as an engine wrote them, and takes recorded ones to their end.

    python -m tests.contract.golden_journals tests/contract/golden/journals-N.json

writes the present format: the schema, every row as stored, and what each execution comes to. Do so
when the format changes; a recording is never changed afterwards.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg import sql
from psycopg_pool import ConnectionPool

from asl import turn
from asl.adapters import postgres_journal
from asl.adapters.postgres_journal import PostgresJournal, create_schema
from asl.adapters.postgres_machines import PostgresMachines
from asl.engine import Engine
from asl.errors import ApiError
from asl.execution import ForTask, Parent, Status, leaves
from asl.memory import ManualClock, MemoryLog
from asl.payload import Payload
from asl.ports import Accepted, Query, Succeeded, TaskError
from tests.support.engine import START
from tests.support.server import until

_PREFIX = "arn:aws:states:us-east-1:000000000000:"
_ROLE = "arn:aws:iam::000000000000:role/golden"
_FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:"
_ACTIVITY = _PREFIX + "activity:work"


def _one(state: dict[str, Any], name: str = "A", **top: Any) -> dict[str, Any]:
    return {"StartAt": name, "States": {name: {"End": True, **state}}, **top}


def _jsonata(state: dict[str, Any], **top: Any) -> dict[str, Any]:
    return _one(state, QueryLanguage="JSONata", **top)


def _call(function: str, **fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": _FUNCTION + function, **fields}


def _then(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    states = {"A": {**first, "Next": "B"}, "B": {"End": True, **second}}
    return {"QueryLanguage": "JSONata", "StartAt": "A", "States": states}


_TOKEN = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
    "Arguments": {"FunctionName": "ask", "Payload": {"token": "{% $states.context.Task.Token %}"}},
    "HeartbeatSeconds": 600,
}
_INVOKE = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "held", "Payload.$": "$"},
    "ResultSelector": {"said.$": "$.Payload"},
    "ResultPath": "$.result",
    "TimeoutSeconds": 900,
}
_WAIT = {"Type": "Wait", "Seconds": 3600}
_ACTIVITY_TASK = {"Type": "Task", "Resource": _ACTIVITY, "TimeoutSeconds": 7200}
_CHILD = {
    "Type": "Task",
    "Resource": "arn:aws:states:::states:startExecution.sync:2",
    "Arguments": {"StateMachineArn": _PREFIX + "stateMachine:child", "Input": {"of": "parent"}},
    "Output": "{% $states.result.Output %}",
}
_ITEMS = {
    "Type": "Map",
    "Items": ["{% $x[0] %}", 2, 3],
    "MaxConcurrency": 1,
    "ItemProcessor": _one(_call("held"), "Item"),
}
_NEST = _then(
    {"Type": "Pass", "Assign": {"x": [1, "ü", None]}},
    {
        "Type": "Parallel",
        "Branches": [_one(_WAIT, "W"), _one(_ITEMS, "M"), _one(_TOKEN, "T")],
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "A"}],
    },
)
_DISTRIBUTED = {
    "Type": "Map",
    "Items": [1, 2, 3, 4],
    "MaxConcurrency": 2,
    "ToleratedFailureCount": 1,
    "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        **_one(_call("held"), "Item"),
    },
}
_LOOP = {
    "QueryLanguage": "JSONata",
    "StartAt": "Begin",
    "States": {
        "Begin": {"Type": "Pass", "Assign": {"n": 0}, "Next": "Turn"},
        "Turn": {"Type": "Pass", "Assign": {"n": "{% $n + 1 %}"}, "Next": "More"},
        "More": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $n < 20 %}", "Next": "Turn"}],
            "Default": "End",
        },
        "End": {"Type": "Succeed", "Output": "{% $n %}"},
    },
}
_RETRY = [{"ErrorEquals": ["E"], "IntervalSeconds": 30, "MaxAttempts": 3, "JitterStrategy": "FULL"}]
MACHINES: dict[str, dict[str, Any]] = {
    "wait": _then(_WAIT, {"Type": "Pass"}),
    "wait-until": _one({"Type": "Wait", "TimestampPath": "$.at"}),
    "retry": _jsonata(_call("flaky", Retry=_RETRY)),
    "function": _jsonata(_call("held", TimeoutSeconds=900)),
    "invoke": _one(_INVOKE),
    "token": _jsonata(_TOKEN),
    "heartbeat": _jsonata(_TOKEN),
    "silent": _jsonata({**_TOKEN, "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "B"}]}),
    "taken": _jsonata(_ACTIVITY_TASK),
    "offered": _jsonata(_ACTIVITY_TASK),
    "child": _jsonata(_WAIT),
    "parent": _jsonata(_CHILD),
    "nest": _NEST,
    "distributed": _jsonata(_DISTRIBUTED),
    "loop": _LOOP,
    "overdue": _jsonata({"Type": "Wait", "Seconds": 86_400}, TimeoutSeconds=7200),
    "succeeds": {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}},
    "fails": {"StartAt": "A", "States": {"A": {"Type": "Fail", "Error": "E", "Cause": "of old"}}},
    "stopped": _jsonata(_WAIT),
}
MACHINES["silent"]["States"]["B"] = {"Type": "Pass", "End": True}
_HELD = {"function", "invoke", "nest", "distributed", "offered", "taken"}
"""The machines with tasks that are not answered while recording."""
_HELD_CALLS = 5
"""Of function, invoke, nest, and the two items of distributed that may run at once."""
_UNANSWERED = {"silent"}
"""Those whose token nobody ever answers."""


class _Held(Exception):
    """The function does not answer: the process ends first."""


class World:
    """An engine on a database, moved by hand: no thread but that of its tasks."""

    def __init__(self, url: str, now: int, *, answers: bool):
        self.clock = ManualClock(now)
        self.pool: ConnectionPool[Any] = ConnectionPool(
            url, min_size=1, max_size=4, kwargs={"autocommit": True}, open=True
        )
        machines = PostgresMachines(self.pool)
        self.journal = PostgresJournal(self.pool, machines)
        if answers:
            self.journal.hold()
        self._answers = answers
        self.called: list[str] = []
        self.held: list[str] = []
        self._engine = Engine(
            self.journal, machines, self._call, lambda _: None, self.clock, MemoryLog(),
            workers=1, report=self._report, poll_seconds=0.01,
        )  # fmt: skip
        self.runner = self._engine.runner
        self.states = self._engine.api

    def close(self) -> None:
        self._engine.close()
        self.journal.close()
        self.pool.close()

    def _report(self, error: Exception) -> None:
        if not isinstance(error, _Held):
            raise error

    def _call(self, dispatch: Any) -> Any:
        self.called.append(dispatch.key)
        parameters = dispatch.parameters.value
        if dispatch.resource.service == "states":
            parent = Parent(dispatch.execution_arn, dispatch.path, dispatch.id, "sync2")
            text = json.dumps(parameters["Input"])
            self.states.start_execution(parameters["StateMachineArn"], "born", text, parent=parent)
            return Accepted(Payload({}))
        if dispatch.resource.pattern == "token":
            return Accepted(Payload({}))
        if dispatch.resource.arn.endswith("flaky") and dispatch.key.endswith("#0"):
            return TaskError("E", "not the first time")
        if not self._answers:
            self.held.append(dispatch.key)
            raise _Held
        if dispatch.resource.direct_lambda:
            return Succeeded(Payload({"got": parameters}))
        return Succeeded(Payload({"Payload": {"got": parameters["Payload"]}}))

    def executions(self) -> list[Any]:
        """Every execution, by its ARN."""
        found = [e for name in MACHINES for e in self.journal.select(Query(_machine(name)))]
        return sorted(found, key=lambda execution: execution.arn)

    def settled(self) -> bool:
        """Whether each task that will be answered is."""
        flying = self.journal.with_tasks_in_flight()
        waiting = {arn.split(":")[6].partition("/")[0] for arn in flying}
        return waiting <= {"offered", "taken"} | (set() if self._answers else _HELD)


def _machine(name: str) -> str:
    return f"{_PREFIX}stateMachine:{name}"


# -- recording ------------------------------------------------------------------------------------


def begin(world: World) -> None:
    """Starts an execution of each machine and leaves each where it waits."""
    turn.MAX_WALK = 30  # the loop is to be broken off
    states = world.states
    states.create_activity("work")
    for name, definition in MACHINES.items():
        states.create_state_machine(name, json.dumps(definition), _ROLE)
    states.publish_state_machine_version(_machine("wait"))
    for name in MACHINES:
        at = "2026-01-01T03:00:00Z"
        text = json.dumps({"name": name, "at": at, "long": "x" * 100})
        states.start_execution(_machine(name), name, text)
        # Before the next: so that tasks are in the order of their executions.
        until(world.settled, f"{name} to wait")
        if name in {"offered", "taken"}:
            until(lambda: _rows(world.pool, "activity_tasks"), "the offer")
        if name == "taken":
            assert _take_activity(world)
    until(lambda: len(world.held) == _HELD_CALLS, "the calls that are not answered")
    states.start_execution(_machine("wait") + ":1", "versioned", "{}")
    world.clock.advance(10)
    states.stop_execution(f"{_PREFIX}execution:stopped:stopped", "Enough", "of this")
    heartbeat = world.journal.load(f"{_PREFIX}execution:heartbeat:heartbeat")
    assert heartbeat is not None
    for frame in leaves(heartbeat.root):
        states.send_task_heartbeat(frame.waiting.token)  # type: ignore[union-attr]


def _take_activity(world: World) -> dict[str, Any]:
    task: dict[str, Any] = world.states.get_activity_task(_ACTIVITY, "worker")
    return task


def _rows(pool: ConnectionPool[Any], table: str) -> int:
    with pool.connection() as connection:
        query = sql.SQL("SELECT count(*) FROM asl.{}").format(sql.Identifier(table))
        row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


@dataclass(frozen=True, slots=True)
class Recording:
    """A database of the engine, as text."""

    now: int
    schema: str
    tables: dict[str, Any]
    """Table → columns and rows, as COPY writes them."""
    sequences: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def dump(world: World) -> Recording:
    """Reads every row."""
    schema = Path(postgres_journal.__file__).with_name("schema.sql").read_text()
    columns = """SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position)
                 FROM information_schema.columns WHERE table_schema = 'asl' GROUP BY 1"""
    sequences = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'asl'"
    tables = {}
    with world.pool.connection() as connection:
        connection.execute("SET bytea_output = 'escape'")  # JSON that can be read in a diff
        for table, names in connection.execute(columns).fetchall():
            query = sql.SQL("COPY asl.{} ({}) TO STDOUT").format(
                sql.Identifier(table), sql.SQL(",").join(map(sql.Identifier, names))
            )
            with connection.cursor().copy(query) as copy:
                rows = b"".join(copy).decode().splitlines()
            if rows:
                tables[table] = {"columns": names, "rows": sorted(rows)}
        left = {n: v for n, v in connection.execute(sequences).fetchall() if v is not None}
    return Recording(world.clock.now(), schema, tables, left)


def restore(pool: ConnectionPool[Any], recording: Recording) -> None:
    """Makes the database that was recorded, with the schema that it had."""
    with pool.connection() as connection:
        connection.execute("DROP SCHEMA IF EXISTS asl CASCADE")
        connection.execute(recording.schema.encode())
        for table in sorted(
            recording.tables, key=lambda name: (name != "machines", name != "revisions")
        ):
            data = recording.tables[table]
            query = sql.SQL("COPY asl.{} ({}) FROM STDIN").format(
                sql.Identifier(table), sql.SQL(",").join(map(sql.Identifier, data["columns"]))
            )
            connection.execute(sql.SQL("TRUNCATE asl.{} CASCADE").format(sql.Identifier(table)))
            with connection.cursor().copy(query) as copy:
                copy.write("".join(row + "\n" for row in data["rows"]))
        for name, value in recording.sequences.items():
            connection.execute("SELECT setval(%s, %s)", (f"asl.{name}", value))


# -- to the end -----------------------------------------------------------------------------------


def finish(world: World) -> dict[str, Any]:
    """Recovers, then lets happen whatever is awaited, until all have ended; what they came to."""
    world.runner.recover()
    while any(e.status is Status.RUNNING for e in world.executions()):
        until(world.settled, "the tasks' results")
        _answer_everything(world)
        _announce(world)
        due = world.journal.next_due()
        if due is not None:
            world.clock.advance(max(0, due - world.clock.now()) / 1000)
            world.runner.fire_due()
    _announce(world)
    return {execution.arn: _outcome(world, execution) for execution in world.executions()}


def _announce(world: World) -> None:
    announcements = world.journal.announcements(500)
    world.runner.announce(announcements)
    world.journal.clear(announcements)


def _answer_everything(world: World) -> None:
    while task := _take_activity(world):
        world.states.send_task_success(task["taskToken"], '"worked"')
    for execution in world.executions():
        if execution.arn.split(":")[6] in _UNANSWERED | {"parent"}:
            continue
        for frame in leaves(execution.root):
            if isinstance(frame.waiting, ForTask) and frame.waiting.submitted:
                try:
                    world.states.send_task_success(frame.waiting.token, '"answered"')
                except ApiError as error:
                    raise AssertionError(f"{execution.arn}: {error}") from None


def _outcome(world: World, execution: Any) -> dict[str, Any]:
    described = world.states.describe_execution(execution.arn)
    kept = ("status", "output", "error", "cause", "stateMachineVersionArn")
    entries = world.journal.history(execution, 0, 25_000)
    assert [entry[0] for entry in entries] == list(range(1, execution.seq + 1))
    return {
        **{name: described[name] for name in kept if name in described},
        "stopped_at": execution.stopped_at,
        "events": " ".join(entry[3] for entry in entries),
    }


def histories(world: World) -> dict[str, Any]:
    """Each history so far, as the API tells it."""
    told = {}
    for execution in world.executions():
        answer = world.states.get_execution_history(execution.arn, maxResults=1000)
        told[execution.arn] = json.loads(json.dumps(answer["events"], default=str))
    return told


def main(target: Path) -> None:
    from localcloud.database import EmbeddedDatabase

    with tempfile.TemporaryDirectory(prefix="statewright-golden-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL does not run as root
        database = EmbeddedDatabase(Path(folder) / "postgres")
        url = database.start()
        try:
            first = World(url, START, answers=False)
            create_schema(first.pool)
            begin(first)
            recording = dump(first)
            first.close()
            second = World(url, recording.now, answers=True)
            restore(second.pool, recording)
            recorded = {
                **recording.as_json(),
                "held": sorted(first.held),
                "histories": histories(second),
                "ends": finish(second),
            }
            second.close()
        finally:
            database.stop()
    target.write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
