"""What must hold after any number of crashes, read from the tables. Each broken rule is a sentence."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from asl import codec
from asl.turn import Entry
from tests.crash.load import Heard
from tests.crash.machines import BY_NAME, ITEM

ENDS = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}
_STATUSES = ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")
_SCHEDULED = {"LambdaFunctionScheduled", "TaskScheduled", "ActivityScheduled"}
_SUCCEEDED = {"LambdaFunctionSucceeded", "TaskSucceeded", "ActivitySucceeded"}
_FAILED = {"LambdaFunctionFailed", "TaskFailed"}


@dataclass(frozen=True, slots=True)
class Told:
    """An execution as the database has it."""

    arn: str
    status: str
    seq: int
    entries: list[Entry]
    run: int | None = None
    """The Map run whose child it is."""

    @property
    def end(self) -> dict[str, Any]:
        return self.entries[-1][4]


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that the run left."""

    executions: dict[str, Told]
    effects: dict[str, tuple[str | None, str | None]]
    calls: list[tuple[str, bool]]
    announced: dict[str, list[tuple[str, bool]]]
    not_announced: int
    runs: list[tuple[Any, ...]]
    """Map runs: number, ARN, items read, children started, children that succeeded, status."""
    leases_taken: int
    writes_fenced: int


def read(url: str) -> Found:
    """Reads the tables."""
    with psycopg.connect(url, autocommit=True) as connection:
        histories: dict[int, list[Entry]] = defaultdict(list)
        query = "SELECT execution, entries FROM asl.journal ORDER BY execution, seq"
        for key, entries in connection.execute(query):
            histories[key] += codec.load_entries(entries)
        query = """SELECT e.key, replace(m.arn, ':stateMachine:', ':execution:')
                   || CASE WHEN e.map_run IS NULL THEN '' ELSE '/Each' END || ':' || e.name,
                   e.status, e.seq, e.map_run
                   FROM asl.executions e JOIN asl.machines m ON m.id = e.machine"""
        executions = {
            arn: Told(arn, _STATUSES[status], seq, histories[key], run)
            for key, arn, status, seq, run in connection.execute(query)
        }
        query = "SELECT key, arn, items_read, started, succeeded, status FROM asl.map_runs"
        runs = connection.execute(query).fetchall()
        announced = defaultdict(list)
        for arn, status, began in connection.execute("SELECT * FROM crash.announced"):
            announced[arn].append((status, began))
        effects = connection.execute("SELECT key, result, error FROM crash.effects")
        left = connection.execute("SELECT count(*) FROM asl.outbox").fetchone()
        taken = connection.execute("SELECT coalesce(sum(token - 1), 0) FROM asl.leases").fetchone()
        fenced = connection.execute("SELECT count(*) FROM crash.fenced").fetchone()
        return Found(
            executions,
            {key: (result, error) for key, result, error in effects},
            connection.execute("SELECT key, durable FROM crash.calls").fetchall(),
            dict(announced),
            left[0] if left else 0,
            runs,
            int(taken[0]) if taken else 0,
            fenced[0] if fenced else 0,
        )


def violations(found: Found, heard: Heard) -> list[str]:
    """Every broken rule."""
    broken = list(heard.surprises)
    broken += [f"never heard of again: {arn}" for arn in heard.started.keys() - found.executions]
    for told in found.executions.values():
        try:
            broken += [f"{told.arn}: {what}" for what in _of_execution(told, found, heard)]
        except (KeyError, IndexError, TypeError) as error:
            broken.append(f"{told.arn}: unreadable: {error!r} in {told}")
    broken += [
        f"called before it was durable: {key}" for key, durable in found.calls if not durable
    ]
    broken += _of_map_runs(found)
    broken += _of_effects(found)
    broken += [f"{found.not_announced} announcements are left"] if found.not_announced else []
    return broken


def _of_execution(told: Told, found: Found, heard: Heard) -> Iterator[str]:
    yield from _of_history(told)
    yield from _of_waits(told)
    if told.status == "RUNNING":
        return
    unheard = BY_NAME["chain"] if told.run is None else ITEM
    kind, n = heard.started.get(told.arn) or (unheard, _input(told)["n"])
    if told.status != kind.status:
        yield f"is {told.status}, not {kind.status}: {told.end}"
    elif told.status == "SUCCEEDED" and told.end["output"] != kind.output(n):
        yield f"came to {told.end['output']}, not {kind.output(n)}"
    said = found.announced.get(told.arn, [])
    if told.run is not None:
        if said:
            yield f"is an item, and was announced as {said}"
        return
    if not any(began for _, began in said):
        yield "its beginning was never announced"
    if {status for status, _ in said} - {"RUNNING"} != {told.status}:
        yield f"is {told.status} and was announced as {said}"


def _of_history(told: Told) -> Iterator[str]:
    ids = [entry[0] for entry in told.entries]
    if ids != list(range(1, told.seq + 1)):
        yield f"its history's ids are {ids}, its last one should be {told.seq}"
    if any(entry[1] >= entry[0] for entry in told.entries):
        yield "an event follows a later one"
    if any(a[2] > b[2] for a, b in zip(told.entries, told.entries[1:], strict=False)):
        yield "its history's times go back"
    ends = [entry[3] for entry in told.entries if entry[3] in ENDS]
    expected = [] if told.status == "RUNNING" else [told.status]
    if [ENDS[end] for end in ends] != expected or told.status == "RUNNING":
        yield f"is {told.status} with the ends {ends}"
    elif ends and told.entries[-1][3] not in ENDS:
        yield "goes on after its end"


def _of_waits(told: Told) -> Iterator[str]:
    """Each Wait is left once, and not before its time."""
    entered = Counter(e[4]["name"] for e in told.entries if e[3] == "WaitStateEntered")
    left = Counter(e[4]["name"] for e in told.entries if e[3] == "WaitStateExited")
    if told.status == "SUCCEEDED" and entered != left:
        yield f"its waits were entered {entered} and left {left}"
    before = {e[0]: e for e in told.entries}
    for entry in told.entries:
        if entry[3] == "WaitStateExited" and entry[4]["name"] == "W" and _input(told)["n"] % 5:
            waited = entry[2] - before[entry[1]][2]
            least = 120 if ":fan:" in told.arn else (_input(told)["n"] % 5) * 150
            if waited < least:
                yield f"waited {waited} ms, not {least}"


def _input(told: Told) -> dict[str, Any]:
    return dict(told.entries[0][4]["input"])


def _of_map_runs(found: Found) -> Iterator[str]:
    """Each item is in one child, each child counts once, and each run has ended."""
    inputs: dict[int, list[int]] = defaultdict(list)
    for told in found.executions.values():
        if told.run is not None:
            inputs[told.run].append(_input(told)["n"])
    for key, arn, *counts, status in found.runs:
        given = sorted(inputs.pop(key, []))
        if given != list(range(1, len(given) + 1)):
            yield f"{arn}: its items went into children as {given}"
        if counts != [len(given)] * 3 or status != 1:
            yield f"{arn}: has {counts} for {len(given)} children, and the status {status}"
    yield from (f"children of no Map run: {key}" for key in inputs)


def _of_effects(found: Found) -> Iterator[str]:
    """Each effect belongs to one attempt in a history, and each recorded result is its effect's."""
    attempts: dict[str, Entry | None] = {}
    for told in found.executions.values():
        try:
            made = dict(_attempts(told))
        except KeyError as error:
            yield f"{told.arn}: an event follows {error}, which is not there"
            continue
        yield from (f"two attempts have the key {key}" for key in made.keys() & attempts)
        attempts |= made
    for key in found.effects.keys() - attempts.keys():
        yield f"an effect that no history knows: {key}"
    for key, outcome in attempts.items():
        if outcome is None or key not in found.effects:
            if outcome is not None and outcome[3].startswith("Lambda"):
                yield f"a result without an effect: {key}"
            continue
        result, error = found.effects[key]
        recorded = outcome[4].get("output"), outcome[4].get("error")
        if recorded != (None if result is None else json.loads(result), error):
            yield f"the effect of {key} was {(result, error)}, recorded is {recorded}"
    called = {key for key, _ in found.calls}
    for key, outcome in attempts.items():
        if outcome is not None and ":activity:" not in key and key not in called:
            yield f"a task that was never called: {key}"


def _attempts(told: Told) -> Iterator[tuple[str, Entry | None]]:
    """The idempotency key of each attempt in a history, and how it ended."""
    following = {entry[1]: entry for entry in told.entries if entry[3] not in ENDS}
    by_id = {entry[0]: entry for entry in told.entries}
    tries: Counter[int] = Counter()
    for entry in told.entries:
        if entry[3] not in _SCHEDULED:
            continue
        entered = entry
        while not entered[3].endswith("StateEntered"):
            entered = by_id[entered[1]]
        outcome: Entry | None = entry
        while outcome is not None and outcome[3] not in _SUCCEEDED | _FAILED:
            outcome = following.get(outcome[0])
            if outcome is not None and outcome[3].endswith("TimedOut"):
                outcome = None
        place = "/".join([*_path(told, entered), entered[4]["name"]])
        yield f"{told.arn}/{place}@{entered[0]}#{tries[entered[0]]}", outcome
        tries[entered[0]] += 1


def _path(told: Told, entered: Entry) -> list[str]:
    """Where in the tree of frames a state of the fan is: its branch, and the iteration's index."""
    if ":fan:" not in told.arn:
        return []
    if entered[4]["name"] != "B":
        return ["0"]
    by_id = {entry[0]: entry for entry in told.entries}
    begun = by_id[entered[1]]
    return ["2", str(begun[4]["index"])]
