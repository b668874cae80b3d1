"""Recorded answers to one call: validation, refused creation, TestState, Express executions."""

from __future__ import annotations

from typing import Any

from asl.errors import ApiError
from asl.history import render
from tests.conformance.api_rig import Rig, UnsupportedError, error_of
from tests.conformance.cases import Case, definition_text, input_text
from tests.conformance.normalise import recorded
from tests.conformance.recording import Recording

MOST_SHOWN = 3


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
    }
    created = rig.call("create_state_machine", arguments)
    return {"stateMachineArn": created["stateMachineArn"], "input": input_text(case)}


def _express_sync(rig: Rig, case: Case) -> Answer:
    wanted = dict(case["expected"]["response"])
    # Bills are AWS's; the first half of the two ids in the ARN is the execution's name.
    wanted.pop("billingDetails", None)
    arguments = {**_express_machine(rig, case), "name": wanted["name"]}
    got = dict(rig.call("start_sync_execution", arguments))
    got.pop("billingDetails", None)
    wanted["executionArn"] = got.get("executionArn")
    return wanted, got


def _express_async(rig: Rig, case: Case) -> Answer:
    """The end of an Express execution as its log event says it."""
    started = rig.call("start_execution", _express_machine(rig, case))
    arn = started["executionArn"]
    rig.wait_for(lambda: getattr(rig.load(arn), "stopped_at", None) is not None)
    execution = rig.load(arn)
    if execution is None:
        raise UnsupportedError("express executions are not to be found in the journal")
    event = render(rig.journal.newest_entry(execution))
    details: dict[str, Any] = next((v for k, v in event.items() if k.endswith("EventDetails")), {})
    end = case["expected"]["end_event"]
    wanted = {name: end[name] for name in ("details", "id", "previous_event_id", "type")}
    got = {
        "details": details,
        "id": str(event["id"]),
        "previous_event_id": str(event["previousEventId"]),
        "type": event["type"],
    }
    return wanted, got


_CALLS = {
    "validate_definition": _validate,
    "create_error": _create,
    "test_state": _test_state,
    "express_sync": _express_sync,
    "express_async": _express_async,
}
