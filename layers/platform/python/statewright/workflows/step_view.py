"""What an execution's history says about each step of the definition that it runs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from statewright.workflows.models import StepRun, StepStatus
from statewright.workflows.plain_steps import kind_of, states, walk

_FAILURES = frozenset({"TaskFailed", "TaskTimedOut", "EvaluationFailed", "MapStateFailed"})


@dataclass(slots=True)
class _Seen:
    """What the events so far say about one step."""

    entered: int = 0
    exited: int = 0
    failures: int = 0
    undone: int = 0
    asked: int = 0
    waiting: bool = False
    failing: bool = False
    """The newest attempt failed: if the step is left like this, ``on_error`` took over."""
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    output: Any = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A step of the definition, or a state of an imported machine, as the drawing has it."""

    pointer: str
    id: str | None
    name: str
    kind: str
    disabled: bool = False


def steps_of(definition: dict[str, Any]) -> list[Shown]:
    """Every step in the definition's order, nested ones after their parent."""
    if "asl" in definition:
        return [
            Shown(pointer, None, name, str(state["Type"]))
            for pointer, name, state in states(definition["asl"])
        ]
    return [_shown(pointer, step) for pointer, step in walk(definition["steps"])]


def _shown(pointer: str, step: dict[str, Any]) -> Shown:
    kind = kind_of(step)
    name = step.get("name") or step.get("id") or kind
    return Shown(pointer, step.get("id"), name, kind, bool(step.get("disabled")))


def step_runs(
    definition: dict[str, Any], bindings: dict[str, str], events: Iterable[dict[str, Any]]
) -> list[StepRun]:
    """One entry for each step, in the definition's order, nested steps after their parent.

    Args:
        bindings: state name → pointer of its step, with ``#role`` where it is not its own state.
    """
    steps = steps_of(definition)
    ids = {step.pointer: step.id for step in steps}
    seen: dict[str, _Seen] = {}
    states_by_event: dict[int, str] = {}
    ended = failed = False
    for event in events:
        state = _state_of(event, states_by_event)
        pointer, _, role = bindings.get(state, "").partition("#")
        ended = ended or (
            event["type"].startswith("Execution") and event["type"] != "ExecutionStarted"
        )
        failed = failed or event["type"] in {
            "ExecutionFailed",
            "ExecutionTimedOut",
            "ExecutionAborted",
        }
        if pointer in ids and role == "undo":
            seen.setdefault(pointer, _Seen()).undone += event["type"] == "TaskStateEntered"
        elif pointer in ids:
            _note(seen.setdefault(pointer, _Seen()), event, role, ids[pointer])
    runs = [
        _run(step, seen.get(step.pointer, _Seen()), ended=ended, failed=failed) for step in steps
    ]
    return [_of_its_steps(run, runs) if run.kind == "try" else run for run in runs]


def _state_of(event: dict[str, Any], known: dict[int, str]) -> str:
    """The state that an event belongs to: its own, or that of the event before it."""
    details = event.get("stateEnteredEventDetails") or event.get("stateExitedEventDetails")
    failed = event.get("evaluationFailedEventDetails")
    if details is not None:
        state = str(details["name"])
    elif failed is not None:
        state = str(failed["state"])
    else:
        state = known.get(event["previousEventId"], "")
    known[event["id"]] = state
    return state


def _note(seen: _Seen, event: dict[str, Any], role: str, step_id: str | None) -> None:
    kind, at = event["type"], event["timestamp"]
    own = role in {"", "when"}
    if kind.endswith("StateEntered") and own:
        seen.started_at = seen.started_at or at
        seen.asked += 1
        if not role:
            seen.entered += 1
            seen.waiting = kind == "WaitStateEntered"
    elif kind.endswith("StateExited"):
        _note_exit(seen, event, role, step_id)
    elif kind == "TaskSubmitted":
        seen.waiting = True
    elif kind in {"TaskSucceeded", "MapStateSucceeded", "ParallelStateSucceeded"}:
        seen.failing = seen.waiting = False
    elif kind in _FAILURES:
        seen.failures += 1
        seen.failing = True
        seen.waiting = False
        seen.stopped_at = at
        seen.error = _error(event)


def _note_exit(seen: _Seen, event: dict[str, Any], role: str, step_id: str | None) -> None:
    details = event["stateExitedEventDetails"]
    assigned = details.get("assignedVariables") or {}
    if step_id in assigned:
        seen.output = json.loads(assigned[step_id])
    elif not role and "output" in details and not event["type"].startswith("Choice"):
        seen.output = json.loads(details["output"])
    if not role:
        seen.stopped_at = event["timestamp"]
        seen.exited += 1
        seen.waiting = False


def _error(event: dict[str, Any]) -> str | None:
    details: dict[str, Any] = next((v for k, v in event.items() if k.endswith("EventDetails")), {})
    parts = [details.get("error"), details.get("cause")]
    return ": ".join(str(part) for part in parts if part) or None


def _run(step: Shown, seen: _Seen, *, ended: bool, failed: bool) -> StepRun:
    return StepRun(
        pointer=step.pointer,
        id=step.id,
        name=step.name,
        kind=step.kind,
        status=_status(step, seen, ended=ended, failed=failed),
        runs=seen.entered,
        failures=seen.failures,
        undone=seen.undone,
        started_at=seen.started_at,
        stopped_at=seen.stopped_at,
        output=seen.output,
        error=seen.error if seen.failures else None,
    )


def _status(step: Shown, seen: _Seen, *, ended: bool, failed: bool) -> StepStatus:
    if not seen.asked:
        return "not_reached"
    if not seen.entered or step.disabled:
        return "skipped"
    if seen.exited >= seen.entered:
        return "failed" if seen.failing else "succeeded"
    if ended:
        return "failed" if failed else "succeeded"
    return "waiting" if seen.waiting else "running"


def _of_its_steps(run: StepRun, runs: list[StepRun]) -> StepRun:
    """A ``try`` has no state of its own: what became of it is what became of its steps."""
    inside = [other for other in runs if other.pointer.startswith(f"{run.pointer}/try/")]
    reached = [other for other in inside if other.status not in {"not_reached", "skipped"}]
    if not reached:
        return run
    handled = any("/try/catch/" in other.pointer[len(run.pointer) :] for other in reached)
    order: tuple[StepStatus, ...] = ("running", "waiting", *(() if handled else ("failed",)))
    found = {other.status for other in reached}
    status = next((status for status in order if status in found), "succeeded")
    started = [other.started_at for other in reached if other.started_at is not None]
    stopped = [other.stopped_at for other in reached if other.stopped_at is not None]
    return run.model_copy(
        update={
            "status": status,
            "runs": 1,
            "started_at": min(started, default=None),
            "stopped_at": max(stopped, default=None) if status in {"succeeded", "failed"} else None,
        }
    )
