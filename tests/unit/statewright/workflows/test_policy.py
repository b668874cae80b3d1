"""The policy against what AWS says that each integration needs, written down here once more."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from statewright.workflows.compiler import Artefact, compile_definition
from statewright.workflows.definition import File, ForEach, Undo, Use, every_step
from statewright.workflows.parsing import parse_definition, read_yaml
from tests.support.definitions import http, workflow
from tests.support.server import ROOT
from tests.unit.statewright.workflows.test_golden import CONSTRUCTS, EXAMPLES

Need = tuple[str, str]
STATES, EVENTS = "arn:aws:states:us-east-1:1", "arn:aws:events:us-east-1:1"
FUNCTION = "arn:aws:lambda:us-east-1:1:function:s-steps-"
RULE = f"{EVENTS}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"
FUNCTIONS = {"human.approval": "ask-approval", "http.request": "http-request", "email.send": "send-email", "ai.agent": "use-ai"}  # fmt: skip


def value_of(name: str, argument: str | None) -> str:
    return {
        "WorkspaceId": "ws",
        "WorkflowId": "wf",
        "EventBus": "bus",
        "FilesBucket": "files",
        "Partition": "aws",
        "Region": "us-east-1",
        "Account": "1",
        "Machine": "s-wf",
        "Function": f"{FUNCTION}{argument}",
        "Workflow": f"{STATES}:stateMachine:{argument}",
        "ExecutionsOf": f"{STATES}:execution:{argument}:*",
    }[name]


def statements(artefact: Artefact) -> list[dict[str, Any]]:
    import json

    found: list[dict[str, Any]] = json.loads(artefact.deployed_policy(value_of))["Statement"]
    return found


def allowed(policy: list[dict[str, Any]], need: Need) -> bool:
    return any(
        need[0] in statement["Action"] and any(fnmatchcase(need[1], r) for r in statement["Resource"])
        for statement in policy
    )  # fmt: skip


def needs_of_action(use: str, inputs: dict[str, Any]) -> list[Need]:
    """https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html"""
    if use == "event.publish":
        return [("events:PutEvents", f"{EVENTS}:event-bus/bus")]
    if use == "workflow.run":
        child = inputs["workflow"]
        return [
            ("states:StartExecution", f"{STATES}:stateMachine:{child}"),
            ("states:DescribeExecution", f"{STATES}:execution:{child}:1"),
            ("states:StopExecution", f"{STATES}:execution:{child}:1"),
            *((f"events:{name}", RULE) for name in ("PutTargets", "PutRule", "DescribeRule")),
        ]
    function = FUNCTIONS.get(use, "send-notification")
    return [("lambda:InvokeFunction", f"{FUNCTION}{function}")]


def needs_of_loop(step: ForEach) -> list[Need]:
    """https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html"""
    if not step.distributed:
        return []
    needs = [
        ("states:StartExecution", f"{STATES}:stateMachine:s-wf"),
        ("states:DescribeExecution", f"{STATES}:execution:s-wf:1"),
        ("states:StopExecution", f"{STATES}:execution:s-wf:1"),
        ("states:RedriveExecution", f"{STATES}:execution:s-wf/label:1"),
    ]
    if isinstance(step.for_each, File):
        written = ("PutObject", "GetObject", "ListMultipartUploadParts", "AbortMultipartUpload")
        needs.append(("s3:GetObject", "arn:aws:s3:::files/files/ws/in.csv"))
        needs += [(f"s3:{name}", "arn:aws:s3:::files/results/ws/x/y.json") for name in written]
    return needs


def needs_of(source: Any) -> list[Need]:
    needs: list[Need] = []
    for _, step in every_step(parse_definition(source).steps):
        if step.disabled:
            continue
        undo = getattr(step, "undo", None)
        for call in (step, undo):
            if isinstance(call, Use | Undo):
                needs += needs_of_action(call.use, call.inputs)
                for tool in call.inputs.get("tools", {}).values():
                    needs += needs_of_action(tool["use"], tool.get("with", {}))
                    if "approval" in tool:
                        needs += needs_of_action("human.approval", {})
        if isinstance(step, ForEach):
            needs += needs_of_loop(step)
    return needs


CHILD = {"id": "child", "use": "workflow.run", "with": {"workflow": "Other"}}
SOURCES: dict[str, Any] = {
    "a child": workflow(CHILD, http("h")),
    **{f.stem: read_yaml(Path(f).read_text())["definition"] for f in CONSTRUCTS},
    **{f.stem: read_yaml(Path(f).read_text()) for f in EXAMPLES},
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_everything_needed_and_nothing_else(source: Any) -> None:
    policy = statements(compile_definition(parse_definition(source)))
    needs = needs_of(source)
    assert [need for need in needs if not allowed(policy, need)] == []
    for statement in policy:
        rest = [other for other in policy if other is not statement]
        for action in statement["Action"]:
            narrower = [
                *rest,
                {**statement, "Action": [a for a in statement["Action"] if a != action]},
            ]
            assert any(not allowed(narrower, need) for need in needs), action  # fmt: skip
        for resource in statement["Resource"]:
            narrower = [
                *rest,
                {**statement, "Resource": [r for r in statement["Resource"] if r != resource]},
            ]
            assert any(not allowed(narrower, need) for need in needs), resource  # fmt: skip


def test_no_placeholder_is_left() -> None:
    for source in SOURCES.values():
        artefact = compile_definition(parse_definition(source))
        for text in (artefact.deployed(value_of), artefact.deployed_policy(value_of)):
            assert re.findall(r"\$\{\w+(?::[^}]*)?\}", text) == []


def test_what_calls_nothing_needs_nothing() -> None:
    assert statements(compile_definition(parse_definition(workflow({"id": "a", "set": 1})))) == []


def test_the_examples_are_there() -> None:
    assert len(EXAMPLES) == len(list((ROOT / "examples").glob("*.yaml")))
