"""What a webhook's caller gets of an execution: its result, a step's value, or where to ask again.

API Gateway gives an answer 29 seconds. A workflow that takes longer is answered with 202 and a
link, where the same answer can be fetched later.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from statewright import world
from statewright.aws import states
from statewright.db import load_queries, lookup
from statewright.errors import NotFoundError, StatewrightError
from statewright.logs import note_start
from statewright.settings import settings
from statewright.workflows.models import Started
from statewright.workflows.starting import EXPRESS
from statewright.workflows.step_view import step_runs
from statewright.workflows.triggers.targets import Target

PATIENCE = timedelta(seconds=24)
"""How long a caller is kept waiting: 29 seconds less a cold start and some room."""
MAX_BODY = 5_000_000
_SHORTEST, _LONGEST, _GROWTH = 0.02, 1.0, 1.4
_KEPT_BACK = ("set-cookie", "content-security-policy", "content-length", "transfer-encoding")
"""Headers that are not a workflow's to set: the address is ours, and so are its cookies."""
_SAFE = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
_sql = load_queries(__package__)


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    status: int
    content_type: str
    body: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Receipt:
    """What a call has started, known as soon as it has, whatever comes after."""

    execution_id: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far an execution has come, as its caller sees it. ``ready``: there is a result."""

    execution_id: str
    ready: bool
    status: str = "RUNNING"
    value: Any = None
    error: str | None = None


class WorkflowFailedError(StatewrightError):
    """The workflow that a call started has failed (nobody's fault in particular)."""

    kind, title, status = "workflow-failed", "The workflow failed", 500


def accepted(started: Started, headers: dict[str, str] | None = None) -> Reply:
    """202: it has begun."""
    return Reply(202, "application/json", started.model_dump_json(), headers or {})


def spoken(status: int, content_type: str, body: str) -> Reply:
    """An answer in words of ours, which no browser takes for a page."""
    return Reply(status, content_type, body, dict(_SAFE))


def begun(target: Target, started: Started) -> Reply:
    """202 with where to ask for the result; Express executions cannot be asked for."""
    if target.mode == EXPRESS:
        return accepted(started)
    return accepted(started, {"Location": link(target, started.execution_id)})


def wait(target: Target, started: Started, facts: dict[str, Any]) -> Reply:
    """The result, once there is one; else where to ask for it."""
    arn = execution_arn(target, started.execution_id)
    until, pause = world.now() + PATIENCE, _SHORTEST
    while True:
        outcome = _outcome(target, arn, started.execution_id)
        if outcome.ready:
            return _answer(target.settings, outcome, facts)
        if world.now() >= until:
            return _later(target, started)
        world.pause(pause)
        pause = min(pause * _GROWTH, _LONGEST)


def look(
    target: Target, execution_id: str, may_see: Callable[[dict[str, Any]], bool] = lambda _: True
) -> Reply:
    """The result of an execution that the trigger started, or that there is none yet.

    Args:
        may_see: whether whoever asks may see what was started with these facts.
    """
    arn = execution_arn(target, execution_id)
    facts = states.describe(arn)["input"].get("trigger", {})
    of_trigger = (facts.get("type"), facts.get("id")) == (target.type, target.trigger_id)
    if not of_trigger or not may_see(facts):
        raise NotFoundError("There is no such execution.")
    outcome = _outcome(target, arn, execution_id)
    if outcome.ready:
        return _answer(target.settings, outcome, facts)
    url = f"{settings().base_url}/v1/executions/{execution_id}"
    return _later(target, Started(execution_id=execution_id, url=url))


def run(target: Target, execution_id: str, text: str, facts: dict[str, Any]) -> Reply:
    """Runs an Express execution, and answers with its result."""
    found = states.start_sync(target.machine_arn, execution_id, text)
    note_start(execution_id, target.workflow_id)
    if found["status"] == "RUNNING":
        url = f"{settings().base_url}/v1/executions/{execution_id}"
        return accepted(Started(execution_id=execution_id, url=url))
    value = json.loads(found["output"]) if found.get("output") else None
    outcome = Outcome(execution_id, True, found["status"], value, found.get("error"))
    return _answer(target.settings, outcome, facts)


def execution_arn(target: Target, execution_id: str) -> str:
    """The ARN of an execution that a trigger has started."""
    machine = target.machine_arn.split(":")[6]
    home = f"{settings().region}:{settings().account}"
    return f"arn:aws:states:{home}:execution:{machine}:{execution_id}"


def link(target: Target, execution_id: str) -> str:
    """Where a caller asks what has become of an execution."""
    return f"{settings().base_url}{target.results_path}/{execution_id}"


def _later(target: Target, started: Started) -> Reply:
    place = link(target, started.execution_id)
    return accepted(started, {"Location": place, "Retry-After": "5"})


def _outcome(target: Target, arn: str, execution_id: str) -> Outcome:
    described = states.describe(arn)
    status, respond = described["status"], target.settings["respond"]
    at_end = respond in {"when_finished", "immediately"}
    if status != "RUNNING":
        if status == "SUCCEEDED" and not at_end:
            return Outcome(execution_id, True, status, _value_of(described, arn, respond).output)
        value, error = described.get("output"), described.get("error")
        return Outcome(execution_id, True, status, value, error or status)
    if at_end:
        return Outcome(execution_id, False)
    step = _value_of(described, arn, respond)
    return Outcome(execution_id, step.status == "succeeded", "RUNNING", step.output)


def _value_of(described: dict[str, Any], arn: str, step_id: str) -> Any:
    version = described.get("stateMachineVersionArn") or ""
    row = lookup(_sql.find_compiled, machine_arn=version)
    if row is None:
        raise NotFoundError("There is no such execution.")
    runs = step_runs(row["definition"], row["bindings"], states.history(arn))
    return next(run for run in runs if run.id == step_id)


def _answer(settings_: dict[str, Any], outcome: Outcome, facts: dict[str, Any]) -> Reply:
    """The trigger's response, made of the result.

    Raises:
        WorkflowFailedError: there is none.
    """
    from statewright.workflows.triggers.evaluation import evaluate

    if outcome.status not in {"SUCCEEDED", "RUNNING"}:
        words = f"The execution {outcome.execution_id} ended with {outcome.error}."
        raise WorkflowFailedError(words)
    execution = {"id": outcome.execution_id, "status": outcome.status.lower()}
    names = {"output": outcome.value, "trigger": facts, "execution": execution}
    found = evaluate(settings_["response"], names)
    status, body = found["status"], found["body"]
    if not isinstance(status, int | float) or not 200 <= status <= 599:
        raise WorkflowFailedError(f"'{str(status)[:50]}' is not an HTTP status from 200 to 599.")
    return _reply(int(status), found["headers"], body)


def _reply(status: int, headers: dict[str, Any], body: Any) -> Reply:
    kept = {
        _line(name): _line(str(value))
        for name, value in headers.items()
        if value is not None and name.lower() not in _KEPT_BACK
    }
    given = next((v for name, v in kept.items() if name.lower() == "content-type"), None)
    kept = {name: v for name, v in kept.items() if name.lower() != "content-type"}
    plain = isinstance(body, str)
    kind = given or ("text/plain; charset=utf-8" if plain else "application/json")
    text = body if plain else json.dumps(body, ensure_ascii=False)
    if len(text.encode("utf-8", "replace")) > MAX_BODY:
        raise WorkflowFailedError("The result is larger than a response can be.")
    return Reply(status, kind, text, {**kept, **_SAFE})


def _line(text: str) -> str:
    """Text as one line of a header: what is no visible Latin-1 character is left out."""
    return "".join(c for c in text if " " <= c <= "~" or "\xa0" <= c <= "\xff")[:4000]
