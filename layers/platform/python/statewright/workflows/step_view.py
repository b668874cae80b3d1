"""What an execution's history says about each step of the definition that it runs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from statewright.workflows.definition import KINDS
from statewright.workflows.models import StepRun


@dataclass(slots=True)
class _Seen:
    """What the events so far say about one step."""

    entered: int = 0
    exited: int = 0
    failures: int = 0
    asked: int = 0
    waiting: bool = False
    failing: bool = False
    """The newest attempt failed: if the step is left like this, ``on_error`` took over."""
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    output: Any = None
    error: str | None = None


def step_runs(
    definition: dict[str, Any], bindings: dict[str, str], events: Iterable[dict[str, Any]]
) -> list[StepRun]:
    """One entry for each step, in the definition's order, nested steps after their parent."""
    steps = list(walk(definition["steps"], "/steps"))
    guards = {f"{step.get('name') or step.get('id')}?" for _, step in steps if "when" in step}
    seen: dict[str, _Seen] = {}
    states_by_event: dict[int, str] = {}
    ended = failed = False
    for event in events:
        state = _state_of(event, states_by_event)
        pointer = bindings.get(state)
        ended = ended or (
            event["type"].startswith("Execution") and event["type"] != "ExecutionStarted"
        )
        failed = failed or event["type"] in {
            "ExecutionFailed",
            "ExecutionTimedOut",
            "ExecutionAborted",
        }
        if pointer is not None:
            _note(seen.setdefault(pointer, _Seen()), event, state, is_guard=state in guards)
    return [
        _run(pointer, step, seen.get(pointer, _Seen()), ended=ended, failed=failed)
        for pointer, step in steps
    ]


def walk(steps: list[dict[str, Any]], at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every step of a definition with its pointer, parents before their children."""
    for index, step in enumerate(steps):
        here = f"{at}/{index}"
        yield here, step
        for number, case in enumerate(step.get("choose", [])):
            name = "steps" if "steps" in case else "otherwise"
            yield from walk(case[name], f"{here}/choose/{number}/{name}")
        if "for_each" in step:
            yield from walk(step["steps"], f"{here}/steps")
        for name, branch in step.get("parallel", {}).items():
            yield from walk(branch, f"{here}/parallel/{name}")
        if isinstance(step.get("on_error"), dict):
            yield from walk(step["on_error"]["steps"], f"{here}/on_error/steps")


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


def _note(seen: _Seen, event: dict[str, Any], state: str, *, is_guard: bool) -> None:
    kind, at = event["type"], event["timestamp"]
    inner = kind.startswith("PassState") and ": " in state
    if kind.endswith("StateEntered") and not inner:
        seen.started_at = seen.started_at or at
        seen.asked += 1
        if not is_guard:
            seen.entered += 1
            seen.waiting = kind == "WaitStateEntered"
    elif kind.endswith("StateExited") and not inner:
        seen.stopped_at = at
        if not is_guard:
            seen.exited += 1
            seen.waiting = False
            if not kind.startswith("Choice"):
                seen.output = _output(event["stateExitedEventDetails"])
    elif kind == "TaskSubmitted":
        seen.waiting = True
    elif kind in {"TaskSucceeded", "MapStateSucceeded", "ParallelStateSucceeded"}:
        seen.failing = False
    elif kind in {"TaskFailed", "TaskTimedOut", "EvaluationFailed", "MapStateFailed"}:
        seen.failures += 1
        seen.failing = True
        seen.waiting = False
        seen.stopped_at = at
        details: dict[str, Any] = next(
            (v for k, v in event.items() if k.endswith("EventDetails")), {}
        )
        seen.error = _error(details)


def _output(details: dict[str, Any]) -> Any:
    assigned = details.get("assignedVariables") or {}
    if len(assigned) == 1:
        return json.loads(next(iter(assigned.values())))
    return json.loads(details["output"]) if "output" in details else None


def _error(event: dict[str, Any]) -> str | None:
    details: dict[str, Any] = next((v for k, v in event.items() if k.endswith("EventDetails")), {})
    parts = [details.get("error"), details.get("cause")]
    return ": ".join(str(part) for part in parts if part) or None


def _run(pointer: str, step: dict[str, Any], seen: _Seen, *, ended: bool, failed: bool) -> StepRun:
    kind = next(kind for kind in KINDS if kind in step)
    return StepRun(
        pointer=pointer,
        id=step.get("id"),
        name=step.get("name") or step.get("id") or kind,
        kind=kind,
        status=_status(seen, ended=ended, failed=failed),  # type: ignore[arg-type]
        runs=seen.entered,
        failures=seen.failures,
        started_at=seen.started_at,
        stopped_at=seen.stopped_at,
        output=seen.output,
        error=seen.error if seen.failures else None,
    )


def _status(seen: _Seen, *, ended: bool, failed: bool) -> str:
    if not seen.asked:
        return "not_reached"
    if not seen.entered:
        return "skipped"
    if seen.exited >= seen.entered:
        return "failed" if seen.failing else "succeeded"
    if ended:
        return "failed" if failed else "succeeded"
    return "waiting" if seen.waiting else "running"
