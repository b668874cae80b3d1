"""Step Functions' limits, as far as a definition shows that it would meet them.

https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""

from __future__ import annotations

import json
from typing import Any

from statewright.workflows.checks.findings import Findings
from statewright.workflows.checks.surroundings import Surroundings
from statewright.workflows.definition import (
    INLINE_CONCURRENCY,
    AgentTool,
    Definition,
    File,
    ForEach,
    Repeat,
    Step,
    Stop,
    Undo,
    Use,
    Wait,
    active_steps,
    calls_of,
    contains,
    seconds,
)

MAX_PAYLOAD = 262_144
MAX_EVENTS = 25_000
EXPRESS_SECONDS = 300
_EVENTS = {"use": 5, "wait": 2}
"""Events of a history that a step of a kind adds at least, roughly; 2 for the others."""
_WAITING = frozenset({"callback", "workflow"})


def check_limits(findings: Findings, definition: Definition, surroundings: Surroundings) -> None:
    """What is too large, too long, or not to be had in the chosen mode."""
    express = definition.settings.mode == "express"
    undoes = contains(definition.steps, lambda step: getattr(step, "undo", None) is not None)
    for at, step in active_steps(definition.steps):
        _payload(findings, step, at)
        _events(findings, step, at)
        _heartbeat(findings, step, at)
        if isinstance(step, ForEach) and isinstance(step.for_each, File):
            _file_loop(findings, step, at)
        if express:
            _express(findings, step, at, surroundings)
    limit = definition.settings.timeout
    if express and limit is not None and seconds(limit) > EXPRESS_SECONDS:
        detail = "an express workflow runs for five minutes at the most"
        findings.error("express", "/settings/timeout", detail)
    if undoes and limit is not None:
        detail = "when this time is up, the workflow ends at once and nothing is undone"
        findings.note("no-undo", "/settings/timeout", detail)


def _payload(findings: Findings, step: Step, at: str) -> None:
    value: Any = step.inputs if isinstance(step, Use) else getattr(step, "set", None)
    size = len(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    if size > MAX_PAYLOAD:
        field = "with" if isinstance(step, Use) else "set"
        detail = f"has {size:,} bytes: a state's data may have {MAX_PAYLOAD:,}"
        findings.error("payload", f"{at}/{field}", detail)
    if isinstance(step, ForEach) and step.output is None and isinstance(step.steps[-1], Use):
        detail = (
            "the results of all rounds together may have 256 KiB: an `output` that keeps only "
            "what is needed makes room for more"
        )
        findings.note("payload", at, detail)


def _events(findings: Findings, step: Step, at: str) -> None:
    """A Standard execution's history may have 25,000 events."""
    if isinstance(step, Repeat):
        rounds, inside = step.repeat.max, step.repeat.steps
    elif isinstance(step, ForEach) and isinstance(step.for_each, list):
        rounds, inside = (0 if step.distributed else len(step.for_each)), step.steps
    else:
        return
    events = rounds * (2 + sum(_EVENTS.get(_kind(s), 2) for _, s in active_steps(inside)))
    if events > MAX_EVENTS:
        detail = (
            f"{rounds:,} rounds would write some {events:,} events: an execution has room for "
            f"{MAX_EVENTS:,}"
        )
        suggestion = "put the steps into a workflow of their own and use `workflow.run`"
        findings.warn("events", at, detail, suggestion)


def _kind(step: Step) -> str:
    return "use" if isinstance(step, Use) else "wait" if isinstance(step, Wait) else ""


def _heartbeat(findings: Findings, step: Step, at: str) -> None:
    if not isinstance(step, Use):
        return
    if step.use.startswith("human."):
        for option in ("heartbeat", "timeout"):
            if getattr(step, option) is not None:
                detail = "fails the step whatever people do: `expires` in `with` is for them"
                findings.warn("human-time", f"{at}/{option}", detail)
    if step.heartbeat is None or step.timeout is None:
        return
    if seconds(step.heartbeat) >= seconds(step.timeout):
        findings.error("heartbeat", f"{at}/heartbeat", "must be shorter than `timeout`")


def _file_loop(findings: Findings, step: ForEach, at: str) -> None:
    """Its results are in a file, so nothing that they would report comes out of it."""
    if contains(step.steps, lambda inner: getattr(inner, "undo", None) is not None):
        detail = "steps in a loop over a file cannot be undone: use `workflow.run` in it"
        findings.error("file-loop", at, detail)
    if contains(step.steps, lambda inner: isinstance(inner, Stop)):
        findings.error("file-loop", at, "a loop over a file cannot stop the workflow")


def _express(findings: Findings, step: Step, at: str, surroundings: Surroundings) -> None:
    for call in calls_of(step):
        action = surroundings.actions.get(call.use)
        asked = not isinstance(call, Undo) and call.inputs.get("wait") is True
        asked = asked or (isinstance(call, AgentTool) and call.approval is not None)
        if action is not None and (action.integration in _WAITING or asked):
            detail = f"an express workflow cannot wait for {call.use}"
            findings.error("express", f"{at}/use", detail, "set `mode: standard`")
    if isinstance(step, Wait) and step.wait.for_ and seconds(step.wait.for_) > EXPRESS_SECONDS:
        findings.error("express", f"{at}/wait/for", "an express workflow has five minutes in all")
    if isinstance(step, ForEach) and step.distributed:
        detail = (
            f"an express workflow has no distributed loops: at most {INLINE_CONCURRENCY} at once"
        )
        findings.error("express", at, detail)
