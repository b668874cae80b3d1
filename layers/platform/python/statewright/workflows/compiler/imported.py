"""An imported state machine as an artefact: as it is, behind one state that hands it its input.

Executions are started with the trigger around their input. What was imported expects the input
alone, as it had it where it came from; the state in front is all that is added.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from statewright.workflows.compiler.report import EXPRESS_REQUEST, TRANSITION, Report
from statewright.workflows.compiler.values import ASL, expression
from statewright.workflows.definition import Settings, seconds
from statewright.workflows.imported_calls import callee
from statewright.workflows.plain_steps import states

_API_CALL = re.compile(r"arn:aws:states:::(?:aws-sdk:)?([^:]+):([^:]+)")
_LEAST = 2
"""States that are entered at least: the one in front, and its first."""


def deployed_form(asl: ASL, settings: Settings) -> ASL:
    """The state machine with the state in front that takes the input out of the trigger."""
    first = _free_name("Start", {name for _, name, _ in states(asl)})
    start = {
        "Type": "Pass",
        "QueryLanguage": "JSONata",
        "Comment": "Hands over what started the workflow",
        "Output": expression("$states.input.trigger.body"),
        "Next": asl["StartAt"],
    }
    return {
        **asl,
        **_limit(asl, settings),
        "StartAt": first,
        "States": {first: start, **asl["States"]},
    }


def _limit(asl: ASL, settings: Settings) -> ASL:
    """The shorter of the two times that a run may take, where there is one."""
    if settings.timeout is None:
        return {}
    own = asl.get("TimeoutSeconds")
    limit = seconds(settings.timeout)
    return {"TimeoutSeconds": min(limit, own) if isinstance(own, int) else limit}


def _free_name(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted} {number}"
    return name


def bindings_of(asl: ASL) -> dict[str, str]:
    """State name → where the state stands in the definition."""
    return {name: pointer for pointer, name, _ in states(asl)}


def policy_of(asl: ASL) -> dict[str, Any]:
    """What the calls that can be seen need; resources of API calls stand in their arguments."""
    needed = sorted(set(_needs(asl)))
    statements = [{"Effect": "Allow", "Action": [a], "Resource": [r]} for a, r in needed]
    return {"Version": "2012-10-17", "Statement": statements}


def _needs(asl: ASL) -> Iterator[tuple[str, str]]:
    for _, _, state in states(asl):
        if state["Type"] != "Task":
            continue
        called = callee(state["Resource"], state.get("Arguments", state.get("Parameters")))
        operation = None if called is None else _API_CALL.fullmatch(called)
        if operation is not None:
            name = operation[2]
            yield f"{operation[1]}:{name[:1].upper()}{name[1:]}", "*"
        elif called is not None and ":lambda:" in called:
            yield "lambda:InvokeFunction", called
        elif called is not None and ":stateMachine:" in called:
            yield "states:StartExecution", called


def report_of(asl: ASL, settings: Settings) -> Report:
    """What is known without running it: only its size; loops may be anything."""
    express = settings.mode == "express"
    each = EXPRESS_REQUEST if express else _LEAST * TRANSITION
    limit = asl.get("TimeoutSeconds")
    return Report(
        states=sum(1 for _ in states(asl)),
        transitions=(_LEAST, None),
        invocations=(0, None),
        worst=None,
        seconds=limit if isinstance(limit, int) else None,
        cost=(round(1000 * each, 6), None),
        express=None if express else "whether it can be Express is not known of what is imported",
    )
