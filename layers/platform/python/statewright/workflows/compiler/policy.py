"""The least-privilege policy of a compiled workflow: what its state machine calls, no more.

Resources are named by the placeholders that the state machine has itself.
https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from statewright.workflows.compiler import api_calls
from statewright.workflows.compiler.values import ASL

Statement = dict[str, Any]
_RULE = "StepFunctionsGetEventsForStepFunctionsExecutionRule"
_STATES = "arn:${Partition}:states:${Region}:${Account}"
_EVENTS = "arn:${Partition}:events:${Region}:${Account}"

_WRITING = (
    "s3:AbortMultipartUpload",
    "s3:GetObject",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
)


def policy_of(asl: ASL) -> dict[str, Any]:
    """An IAM policy document. A workflow that calls nothing has no statements.

    Raises:
        ValueError: the machine has an integration that is not known here.
    """
    found: dict[tuple[str, ...], set[str]] = {}
    for actions, resource in _needs(asl):
        found.setdefault(actions, set()).add(resource)
    statements = [_statement(actions, sorted(found[actions])) for actions in sorted(found)]
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(actions: tuple[str, ...], resources: list[str]) -> Statement:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resources}


def _needs(scope: ASL) -> Iterator[tuple[tuple[str, ...], str]]:
    """Actions, and a resource that they are needed on."""
    for state in scope["States"].values():
        match state["Type"]:
            case "Task":
                yield from _of_task(state["Resource"], state.get("Arguments", {}))
            case "Map":
                yield from _of_map(state)
                yield from _needs(state["ItemProcessor"])
            case "Parallel":
                for branch in state["Branches"]:
                    yield from _needs(branch)


def _of_task(resource: str, arguments: ASL) -> Iterator[tuple[tuple[str, ...], str]]:
    service, _, operation = resource.removeprefix("arn:aws:states:::").partition(":")
    match service, operation.partition(".")[0]:
        case "lambda", "invoke":
            yield ("lambda:InvokeFunction",), arguments["FunctionName"]
        case "events", "putEvents":
            for entry in arguments["Entries"]:
                yield ("events:PutEvents",), f"{_EVENTS}:event-bus/{entry['EventBusName']}"
        case "states", "startExecution":
            machine = arguments["StateMachineArn"]
            yield ("states:StartExecution",), machine
            of_it = machine.replace("${Workflow:", "${ExecutionsOf:")
            yield ("states:DescribeExecution", "states:StopExecution"), of_it
            rule = f"{_EVENTS}:rule/{_RULE}"
            yield ("events:DescribeRule", "events:PutRule", "events:PutTargets"), rule
        case "aws-sdk", _:
            name, _, call = operation.partition(":")
            for action, on in api_calls.needs(name, call.partition(".")[0], arguments):
                yield (action,), on
        case _:
            raise ValueError(f"nothing is known about what {resource} needs")


def _of_map(state: ASL) -> Iterator[tuple[tuple[str, ...], str]]:
    """https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html"""
    if state["ItemProcessor"]["ProcessorConfig"]["Mode"] != "DISTRIBUTED":
        return
    yield ("states:StartExecution",), f"{_STATES}:stateMachine:${{Machine}}"
    of_it = f"{_STATES}:execution:${{Machine}}"
    yield ("states:DescribeExecution", "states:StopExecution"), f"{of_it}:*"
    yield ("states:RedriveExecution",), f"{of_it}/*:*"
    if "ItemReader" in state:
        bucket = f"arn:${{Partition}}:s3:::{state['ItemReader']['Arguments']['Bucket']}"
        yield ("s3:GetObject",), f"{bucket}/files/${{WorkspaceId}}/*"
    if "ResultWriter" in state:
        bucket = f"arn:${{Partition}}:s3:::{state['ResultWriter']['Arguments']['Bucket']}"
        yield _WRITING, f"{bucket}/results/${{WorkspaceId}}/*"
