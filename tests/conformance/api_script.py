"""Recorded conversations with the API: each answer is compared, in order."""

from __future__ import annotations

import json
import re
from typing import Any

from asl.errors import ApiError
from tests.conformance.api_rig import Rig, UnsupportedError, error_of
from tests.conformance.cases import Case, is_client_side
from tests.conformance.normalise import recorded
from tests.conformance.recording import Recording

_REFERENCE = re.compile(r"\{\{(\d+)\.([\w.\[\]]+)\}\}")
_ENDED = {"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"}
MOST_SHOWN = 3


def judge(case: Case, recording: Recording, outcomes: list[dict[str, Any]] | None) -> str:
    """Runs an ``api_script`` case; returns why it fails, or nothing."""
    rig = Rig(case, outcomes)
    answers: list[dict[str, Any]] = []
    try:
        for number, step in enumerate(case["steps"]):
            reason = _perform(rig, case, recording, step, answers)
            if reason:
                return f"step {number}: {reason}"
    except UnsupportedError as unsupported:
        return str(unsupported)
    finally:
        rig.close()
    return ""


def _perform(
    rig: Rig, case: Case, recording: Recording, step: Any, answers: list[dict[str, Any]]
) -> str:
    arguments = _filled(step["args"], answers)
    if "await" in step:
        answers.append({})
        return _await(rig, case, step["await"], arguments)
    expect = step.get("expect", {})
    refusal = expect.get("error")
    if is_client_side(refusal):
        answers.append({})
        return ""
    operation = step["op"]
    try:
        answer = rig.call(operation, arguments)
    except ApiError as error:
        answers.append({})
        if refusal is None:
            return f"{operation} refused: {error.code}: {error.message}"
        wanted = {name: refusal.get(name) for name in ("code", "message")}
        return _told(operation, recording.differences(wanted, recorded(error_of(error))))
    answers.append(answer)
    if refusal is not None:
        return f"{operation} succeeded, expected {refusal['code']}: {refusal['message']}"
    if "response" in expect:
        found = recording.differences(recorded(expect["response"]), recorded(answer))
        return _told(operation, found)
    return ""


def _told(operation: str, found: list[str]) -> str:
    return "; ".join(f"{operation} {line}" for line in found[:MOST_SHOWN])


def _filled(value: Any, answers: list[dict[str, Any]]) -> Any:
    """Arguments with ``{{3.executionArn}}`` replaced by that field of step 3's answer."""
    if isinstance(value, dict):
        return {key: _filled(item, answers) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, answers) for item in value]
    if isinstance(value, str):
        return _REFERENCE.sub(lambda match: _field(answers, match), value)
    return value


def _field(answers: list[dict[str, Any]], match: re.Match[str]) -> str:
    value: Any = answers[int(match[1])]
    for name in match[2].replace("[", ".").replace("]", "").split("."):
        value = value[int(name)] if isinstance(value, list) else value.get(name, "")
    return str(value)


def _await(rig: Rig, case: Case, condition: str, arguments: dict[str, Any]) -> str:
    """Waits for a condition of the recorded test by its name."""
    given = [*arguments.pop("pos", []), *arguments.values()]
    workers = [a for a in (case.get("mocks") or {}).get("actors", []) if "consumer" in a["type"]]

    def holds() -> bool:
        while workers:
            _work(rig, workers.pop()["args"])
        return _holds(rig, condition, given)

    return "" if rig.wait_for(holds) else f"{condition} did not come true"


def _holds(rig: Rig, condition: str, given: list[Any]) -> bool:
    match condition:
        case "await_execution_terminated":
            return _status(rig, given[0]) in _ENDED
        case "await_execution_success":
            return _status(rig, given[0]) == "SUCCEEDED"
        case "await_list_execution_status":
            return _status(rig, given[1]) == str(given[2])
        case "await_execution_lists_terminated":
            return _all_ended(rig, given[0])
    listings = {
        "state_machine_version": ("list_state_machine_versions", "stateMachineVersions"),
        "state_machine": ("list_state_machines", "stateMachines"),
    }
    for name, (operation, field) in listings.items():
        if condition in {f"await_{name}_listed", f"await_{name}_not_listed"}:
            about = {"stateMachineArn": given[0]} if "version" in name else {}
            found = json.dumps(rig.call(operation, about)[field], default=str)
            return (f'"{given[-1]}"' in found) is not condition.endswith("not_listed")
    if condition.startswith("await_state_machine_alias_is_"):
        found = json.dumps(
            rig.call("list_state_machine_aliases", {"stateMachineArn": given[0]}), default=str
        )
        return (f'"{given[-1]}"' in found) is condition.endswith("created")
    raise UnsupportedError(f"the harness does not know the condition {condition}")


def _status(rig: Rig, arn: str) -> str:
    execution = rig.load(arn)
    return "" if execution is None else execution.status.value


def _all_ended(rig: Rig, machine: str) -> bool:
    executions = rig.call("list_executions", {"stateMachineArn": machine})["executions"]
    return all(execution["status"] in _ENDED for execution in executions)


def _work(rig: Rig, consumer: dict[str, Any]) -> None:
    """Takes an activity's task and does with it what the recorded consumer machine did."""
    states = consumer["template"]["States"]
    name = states["GetActivityTask"]["Parameters"].get("WorkerName")
    asked = {"activityArn": consumer["activity"], **({"workerName": name} if name else {})}
    task = rig.call("get_activity_task", asked)
    state = states["TaskReceived"]
    while True:
        rig.clock.advance(state.get("Seconds", 0))
        action = state.get("Resource", "").rpartition(":")[2]
        token = {"taskToken": task["taskToken"]}
        if action == "sendTaskSuccess":
            rig.call("send_task_success", {**token, "output": task["input"]})
        elif action == "sendTaskFailure":
            error = state["Parameters"]["Error"]
            rig.call("send_task_failure", {**token, "error": error, "cause": task["input"]})
        elif action == "sendTaskHeartbeat":
            rig.call("send_task_heartbeat", token)
        if "Next" not in state:
            return
        state = states[state["Next"]]
