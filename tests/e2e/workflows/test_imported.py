"""State machines from elsewhere: published, run, shown, compared and exported as they are."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from tests.support.server import Client, Server, until

HOOK = [{"id": "hook", "type": "webhook"}]
DOUBLE = {"StartAt": "Double", "States": {"Double": {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, $.n)"}, "End": True}}}  # fmt: skip
MACHINE = {
    "Comment": "Written by hand, with paths",
    "StartAt": "Start",
    "States": {
        "Start": {"Type": "Pass", "ResultPath": "$.noted", "Result": "${kept as it is}", "Next": "Any?"},
        "Any?": {"Type": "Choice", "Choices": [{"Variable": "$.lines[0]", "IsPresent": True, "Next": "Each"}], "Default": "None"},
        "Each": {"Type": "Map", "ItemsPath": "$.lines", "Iterator": DOUBLE, "ResultPath": "$.lines", "Next": "Both"},
        "Both": {"Type": "Parallel", "Branches": [
            {"StartAt": "A/B", "States": {"A/B": {"Type": "Pass", "End": True}}},
            {"StartAt": "C", "States": {"C": {"Type": "Wait", "Seconds": 0, "End": True}}},
        ], "OutputPath": "$[0]", "End": True},
        "None": {"Type": "Fail", "Error": "Empty", "Cause": "There are no lines."},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "owner@imported.example").register()


def definition(asl: Any, **more: Any) -> dict[str, Any]:
    return {"name": "Imported", "triggers": HOOK, "asl": asl, **more}


def test_a_state_machine_lives_as_a_workflow_does(owner: Client) -> None:
    workflow = owner.publish(definition(MACHINE))
    started = owner.call_webhook(workflow, {"lines": [{"n": 1}, {"n": 4}]}).json()
    run = owner.ended(started["execution_id"])
    wanted = {"lines": [{"n": 2}, {"n": 8}], "noted": "${kept as it is}"}
    assert (run["status"], run["output"]) == ("succeeded", wanted)
    shown = {s["pointer"]: (s["name"], s["kind"], s["status"], s["runs"]) for s in run["steps"]}
    assert shown["/asl/States/Each/Iterator/States/Double"] == ("Double", "Pass", "succeeded", 2)
    assert shown["/asl/States/Both/Branches/0/States/A~1B"] == ("A/B", "Pass", "succeeded", 1)
    assert shown["/asl/States/None"] == ("None", "Fail", "not_reached", 0)
    failed = owner.ended(owner.call_webhook(workflow, {"lines": []}).json()["execution_id"])
    assert (failed["status"], failed["error"]) == ("failed", "Empty")
    again = owner.ok("POST", f"/v1/executions/{failed['id']}/rerun", {"input": {"lines": [{"n": 3}]}})  # fmt: skip
    assert owner.ended(again["execution_id"])["output"]["lines"] == [{"n": 6}]

    path = f"/v1/workflows/{workflow['id']}"
    changed = {**MACHINE, "States": {**MACHINE["States"], "None": {"Type": "Succeed"}}}  # type: ignore[dict-item]
    owner.ok("PUT", path, {"definition": definition(changed), "draft": 1})
    diff = owner.ok("GET", f"{path}/diff?before=live&after=draft")
    assert [entry["change"] for entry in diff["steps"]] == ["changed"]
    assert owner.request("GET", f"{path}/export?format=asl").json() == changed
    assert owner.request("GET", f"{path}/export?format=asl&version=live").json() == MACHINE


def test_the_whole_is_tried_and_no_part(owner: Client) -> None:
    draft = owner.ok("POST", "/v1/workflows", {"definition": {**definition(MACHINE), "name": "Try"}})  # fmt: skip
    path = f"/v1/workflows/{draft['id']}"
    run = owner.ok("POST", f"{path}/test-runs", {"input": {"lines": [{"n": 2}]}})
    ended = until(
        lambda: next((r for r in [owner.ok("GET", f"/v1/test-runs/{run['id']}")] if r["status"] != "running"), None),
        "the test run's end",
    )  # fmt: skip
    assert ended["output"]["lines"] == [{"n": 4}]
    assert owner.request("POST", f"{path}/test-runs", {"until": "Each"}).status_code == 409
    assert owner.request("POST", f"{path}/steps/Each/trial", {}).status_code == 409


def task(resource: str, **fields: Any) -> dict[str, Any]:
    return {"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": resource, **fields, "End": True}}}  # fmt: skip


@pytest.mark.parametrize(
    ("asl", "sentence"),
    [
        (task("arn:aws:lambda:us-east-1:000000000000:function:statewright-steps-http_request"), "into the platform itself"),
        (task("arn:aws:states:::lambda:invoke", Parameters={"FunctionName": "statewright-steps-http_request"}), "into the platform"),
        (task("arn:aws:states:::lambda:invoke", Parameters={"FunctionName": "${Function:http_request}"}), "lets no imported"),
        (task("arn:aws:states:::lambda:invoke", Parameters={"FunctionName.$": "$.f"}), "is computed"),
        (task("arn:aws:states:::aws-sdk:s3:getObject", Parameters={"Bucket": "b", "Key": "k"}), "lets no imported"),
        (task("arn:aws:states:::events:putEvents", Parameters={"Entries": []}), "into the platform"),
    ],
)  # fmt: skip
def test_calls_that_nobody_has_allowed_are_refused(owner: Client, asl: Any, sentence: str) -> None:
    draft = owner.ok("POST", "/v1/workflows", {"definition": {**definition(asl), "name": f"Calls {hash(str(asl))}"}})  # fmt: skip
    for path in ("versions", "test-runs"):
        answer = owner.request("POST", f"/v1/workflows/{draft['id']}/{path}", {})
        assert answer.status_code == 422, answer.text
        (issue,) = answer.json()["errors"]
        assert issue["pointer"] == "/asl/States/T/Resource"
        assert sentence in issue["detail"]


def test_what_step_functions_refuses_is_not_published(owner: Client) -> None:
    asl = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Nowhere"}}}
    draft = owner.ok("POST", "/v1/workflows", {"definition": {**definition(asl), "name": "Odd"}})
    answer = owner.request("POST", f"/v1/workflows/{draft['id']}/versions")
    assert answer.status_code == 422
    assert "Nowhere" in answer.json()["detail"]


def test_an_application_of_its_own_is_a_zip_file(owner: Client) -> None:
    steps = [{"id": "call", "use": "http.request", "with": {"url": "http://example.com"}}]
    draft = owner.ok("POST", "/v1/workflows", {"definition": {"name": "Exported", "steps": steps}})
    path = f"/v1/workflows/{draft['id']}"
    answer = owner.request("GET", f"{path}/export?format=sam")
    assert answer.headers.get("content-type") == "application/zip", answer.text
    with ZipFile(BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert {"template.yaml", "statemachine.asl.json", "README.md"} < set(archive.namelist())
    asking = {"use": "human.approval", "with": {"assignees": ["role:owner"], "title": "T"}}
    changed = {"name": "Exported", "steps": [{"id": "ask", **asking}]}
    owner.ok("PUT", path, {"definition": changed, "draft": 1})
    refused = owner.request("GET", f"{path}/export?format=sam")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/steps/0/use"
