"""Recorded answers to one call: validation, refused creation, TestState, Express executions."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asl.errors import ApiError
from tests.conformance.api_rig import PATIENCE, Rig, UnsupportedError, error_of
from tests.conformance.cases import Case, definition_text, input_text
from tests.conformance.normalise import recorded
from tests.conformance.recording import Recording

MOST_SHOWN = 3
LOG_GROUP = "arn:aws:logs:us-east-1:111111111111:log-group:conformance:*"
ENDS = {"ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut"}


def judge(case: Case, recording: Recording) -> str:
    """Runs a case of one call; returns why it fails, or nothing."""
    refusal = case["expected"].get("error_response")
    rig = Rig(case)
    try:
        answer = _CALLS[case["kind"]](rig, case)
    except UnsupportedError as unsupported:
        return str(unsupported)
    except ApiError as error:
        if refusal is None:
            return f"refused: {error.code}: {error.message}"
        wanted = {name: refusal.get(name) for name in ("code", "message")}
        return "; ".join(recording.differences(wanted, recorded(error_of(error))))
    finally:
        rig.close()
    if refusal is not None:
        return f"succeeded, expected {refusal['code']}: {refusal['message']}"
    wanted, got = answer
    return "; ".join(recording.differences(recorded(wanted), recorded(got))[:MOST_SHOWN])


Answer = tuple[Any, Any]


def _validate(rig: Rig, case: Case) -> Answer:
    arguments = {"definition": definition_text(case), **case["request"]}
    answer = rig.call("validate_state_machine_definition", arguments)
    return case["expected"].get("response"), answer


def _create(rig: Rig, case: Case) -> Answer:
    arguments = {"definition": definition_text(case), **case["request"]}
    return case["expected"].get("response"), rig.call("create_state_machine", arguments)


def _test_state(rig: Rig, case: Case) -> Answer:
    arguments = {"definition": definition_text(case), **case["request"]}
    if "input" in case:
        arguments["input"] = input_text(case)
    return case["expected"].get("response"), rig.call("test_state", arguments)


def _express_machine(rig: Rig, case: Case) -> dict[str, Any]:
    machine = case["state_machine"]
    arguments = {
        "name": machine["name"],
        "definition": definition_text(case),
        "roleArn": machine["role_arn"],
        "type": machine["type"],
        "loggingConfiguration": {
            "level": "ALL",
            "includeExecutionData": True,
            "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": LOG_GROUP}}],
        },
    }
    created = rig.call("create_state_machine", arguments)
    return {"stateMachineArn": created["stateMachineArn"], "input": input_text(case)}


def _express_sync(rig: Rig, case: Case) -> Answer:
    wanted = dict(case["expected"]["response"])
    arguments = {**_express_machine(rig, case), "name": wanted["name"]}
    with ThreadPoolExecutor(1) as caller:  # who waits, while time passes here
        answer = caller.submit(rig.call, "start_sync_execution", arguments)
        rig.wait_for(answer.done)
        got = dict(answer.result(timeout=PATIENCE))
    # The bill is for the time that it took in the recording; the memory is not.
    for bill in (wanted["billingDetails"], got["billingDetails"]):
        bill.pop("billedDurationInMilliseconds")
    return _same_execution(wanted, got, wanted["executionArn"], got["executionArn"])


def _express_async(rig: Rig, case: Case) -> Answer:
    """The end of an Express execution as its log says it."""
    arn = rig.call("start_execution", _express_machine(rig, case))["executionArn"]

    def events() -> list[Any]:
        return [dict(event) for event in rig.log.events[LOG_GROUP]]

    rig.wait_for(lambda: events()[-1]["type"] in ENDS)
    wanted = dict(case["expected"]["end_event"])
    return _same_execution(wanted, events()[-1], wanted["execution_arn"], arn)


def _same_execution(wanted: Any, got: Any, recorded_arn: str, arn: str) -> Answer:
    """Both answers, with the recorded execution's ARN in ours: its last part is a new id."""
    _, name, number = recorded_arn.rsplit(":", 2)
    _, own_name, own_number = arn.rsplit(":", 2)
    text = json.dumps(got, default=str)
    return wanted, json.loads(text.replace(f"{own_name}:{own_number}", f"{name}:{number}"))


_CALLS = {
    "validate_definition": _validate,
    "create_error": _create,
    "test_state": _test_state,
    "express_sync": _express_sync,
    "express_async": _express_async,
}
