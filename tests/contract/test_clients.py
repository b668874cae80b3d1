"""Every operation through AWS's own clients, boto3 and the AWS CLI, and how they are refused."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name

from asl.server import Wire
from tests.contract.test_wire_server import BY_TOKEN, PASS, ROLE, WAIT, engine, served
from tests.support.callers import ENVIRONMENT, Boto3, Caller, CommandLine, RefusedError
from tests.support.engine import text_of
from tests.support.server import until

PREFIX = "arn:aws:states:us-east-1:000000000000"
FAIL = text_of({"F": {"Type": "Fail", "Error": "Broken"}})
names = (f"c{number}" for number in itertools.count())


@pytest.fixture(scope="module")
def states() -> Iterator[Any]:
    with engine() as made:
        yield made


@pytest.fixture(scope="module")
def url(states: Any) -> Iterator[str]:
    with served(states) as where:
        yield where


class Noting:
    """A client that remembers which operations were called."""

    def __init__(self, caller: Caller):
        self._caller = caller
        self.called: set[str] = set()

    def __call__(self, operation: str, **parameters: Any) -> Any:
        self.called.add(operation)
        return self._caller(operation, **parameters)


@pytest.fixture(scope="module", params=[Boto3, CommandLine])
def call(request: pytest.FixtureRequest, url: str) -> Any:
    return request.param(url)


def create(call: Caller, definition: str = PASS, **more: Any) -> str:
    machine = {"name": next(names), "definition": definition, "roleArn": ROLE, **more}
    return str(call("create_state_machine", **machine)["stateMachineArn"])


def start(call: Caller, machine: str, **more: Any) -> str:
    return str(call("start_execution", stateMachineArn=machine, **more)["executionArn"])


def status(call: Caller, arn: str) -> str:
    return str(call("describe_execution", executionArn=arn)["status"])


# -- what works -----------------------------------------------------------------------------------


def machines(call: Caller) -> None:
    checked = call("validate_state_machine_definition", definition='{"StartAt": "A"}')
    assert checked["result"] == "FAIL"
    tags = [{"key": "a", "value": "1"}]
    machine = create(call, tags=tags, tracingConfiguration={"enabled": True})
    described = call("describe_state_machine", stateMachineArn=machine)
    assert (described["definition"], described["tracingConfiguration"]) == (PASS, {"enabled": True})
    call("update_state_machine", stateMachineArn=machine, definition=FAIL, publish=False)
    assert call("describe_state_machine", stateMachineArn=machine)["definition"] == FAIL
    listed = call("list_state_machines")["stateMachines"]
    assert machine in [one["stateMachineArn"] for one in listed]
    call("tag_resource", resourceArn=machine, tags=[{"key": "b", "value": "2"}])
    call("untag_resource", resourceArn=machine, tagKeys=["a"])
    left = call("list_tags_for_resource", resourceArn=machine)["tags"]
    assert left == [{"key": "b", "value": "2"}]
    call("delete_state_machine", stateMachineArn=machine)
    assert machine not in json.dumps(call("list_state_machines"), default=str)


def versions_and_aliases(call: Caller) -> None:
    machine = create(call, publish=True, versionDescription="first")
    call("update_state_machine", stateMachineArn=machine, definition=WAIT)
    published = call("publish_state_machine_version", stateMachineArn=machine)
    assert published["stateMachineVersionArn"] == f"{machine}:2"
    versions = call("list_state_machine_versions", stateMachineArn=machine)
    assert len(versions["stateMachineVersions"]) == 2
    routes = [{"stateMachineVersionArn": f"{machine}:2", "weight": 100}]
    alias = call("create_state_machine_alias", name="live", routingConfiguration=routes)
    alias_arn = alias["stateMachineAliasArn"]
    described = call("describe_state_machine_alias", stateMachineAliasArn=alias_arn)
    assert described["routingConfiguration"] == routes
    execution = start(call, alias_arn, input="[1]")
    told = call("describe_execution", executionArn=execution)
    assert (told["stateMachineAliasArn"], told["status"]) == (alias_arn, "RUNNING")
    call("stop_execution", executionArn=execution, error="E", cause="enough")
    aliased = call("list_executions", stateMachineArn=alias_arn)["executions"]
    assert [one["executionArn"] for one in aliased] == [execution]
    routes[0]["stateMachineVersionArn"] = f"{machine}:1"
    call("update_state_machine_alias", stateMachineAliasArn=alias_arn, routingConfiguration=routes)
    call("delete_state_machine_version", stateMachineVersionArn=f"{machine}:2")
    aliases = call("list_state_machine_aliases", stateMachineArn=machine)["stateMachineAliases"]
    assert [one["stateMachineAliasArn"] for one in aliases] == [alias_arn]
    call("delete_state_machine_alias", stateMachineAliasArn=alias_arn)
    left = call("list_state_machine_aliases", stateMachineArn=machine)["stateMachineAliases"]
    assert left == []


def executions(call: Caller) -> None:
    machine = create(call)
    arn = start(call, machine, name="one", input='{"a": 1}', traceHeader="Root=1-2-3")
    told = call("describe_execution", executionArn=arn)
    assert (told["output"], told["traceHeader"]) == ('{"got":{"a":1}}', "Root=1-2-3")
    about = call("describe_state_machine_for_execution", executionArn=arn)
    assert about["stateMachineArn"] == machine
    events = call("get_execution_history", executionArn=arn, reverseOrder=True)["events"]
    assert events[0]["type"] == "ExecutionSucceeded"
    failed = start(call, create(call, FAIL))
    assert status(call, failed) == "FAILED"
    call("redrive_execution", executionArn=failed, clientToken="again")
    assert call("describe_execution", executionArn=failed)["redriveCount"] == 1


def express_executions(call: Caller) -> None:
    machine = create(call, type="EXPRESS")
    answer = call("start_sync_execution", stateMachineArn=machine, input="[1]")
    assert (answer["status"], answer["output"]) == ("SUCCEEDED", '{"got":[1]}')
    assert answer["billingDetails"]["billedMemoryUsedInMB"] == 64


def token_of(call: Caller, arn: str) -> str:
    def check() -> Any:
        events = call("get_execution_history", executionArn=arn)["events"]
        if events[-1]["type"] != "TaskSubmitted":
            return None
        scheduled = next(event for event in events if event["type"] == "TaskScheduled")
        return json.loads(scheduled["taskScheduledEventDetails"]["parameters"])["MessageBody"]

    return str(until(check, "the task to wait for its token", 20))


def task_tokens(call: Caller) -> None:
    machine = create(call, BY_TOKEN)
    first, second = start(call, machine), start(call, machine)
    token = token_of(call, first)
    assert not {"events"} & call("send_task_heartbeat", taskToken=token).keys()
    call("send_task_success", taskToken=token, output='{"ok": true}')
    assert call("describe_execution", executionArn=first)["output"] == '{"ok": true}'
    call("send_task_failure", taskToken=token_of(call, second), error="E", cause="c")
    assert call("describe_execution", executionArn=second)["error"] == "E"


def activities(call: Caller) -> None:
    activity = call("create_activity", name=next(names))["activityArn"]
    described = call("describe_activity", activityArn=activity)
    assert described["activityArn"] == activity
    listed = call("list_activities")["activities"]
    assert activity in [one["activityArn"] for one in listed]
    work = text_of({"T": {"Type": "Task", "Resource": activity, "End": True}})
    arn = start(call, create(call, work), input="[5]")
    task = call("get_activity_task", activityArn=activity, workerName="w")
    assert task["input"] == "[5]"
    call("send_task_success", taskToken=task["taskToken"], output="6")
    assert call("describe_execution", executionArn=arn)["output"] == "6"
    call("delete_activity", activityArn=activity)


def a_state_is_tried(call: Caller) -> None:
    definition = '{"Type": "Pass", "Result": {"a": 1}, "End": true}'
    answer = call("test_state", definition=definition, roleArn=ROLE, inspectionLevel="DEBUG")
    assert (answer["status"], json.loads(answer["output"])) == ("SUCCEEDED", {"a": 1})
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Retry": [{"ErrorEquals": ["Boom"], "IntervalSeconds": 2}],
        "End": True,
    }
    tried = call(
        "test_state",
        definition=json.dumps(task),
        input='{"a": 1}',
        mock={"errorOutput": {"error": "Boom", "cause": "why"}},
        stateConfiguration={"retrierRetryCount": 1},
        inspectionLevel="DEBUG",
    )
    assert (tried["status"], tried["error"]) == ("RETRIABLE", "Boom")
    details = {"retryIndex": 0, "retryBackoffIntervalSeconds": 4}
    assert tried["inspectionData"]["errorDetails"] == details


def map_runs(call: Caller) -> None:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "W",
        "States": {"W": {"Type": "Wait", "Seconds": 600, "End": True}},
    }
    each = {"Type": "Map", "ItemProcessor": processor, "MaxConcurrency": 1, "End": True}
    arn = start(call, create(call, text_of({"Each": each})), input="[1, 2, 3]")
    (run,) = call("list_map_runs", executionArn=arn)["mapRuns"]
    name = run["mapRunArn"]
    call("update_map_run", mapRunArn=name, maxConcurrency=2, toleratedFailurePercentage=5.5)

    def running(number: int) -> Any:
        told = call("describe_map_run", mapRunArn=name)
        return told if told["executionCounts"]["running"] == number else None

    told = until(lambda: running(2), "two children", 20)
    assert (told["maxConcurrency"], told["toleratedFailurePercentage"]) == (2, 5.5)
    assert (told["itemCounts"]["pending"], told["status"]) == (1, "RUNNING")
    children = call("list_executions", mapRunArn=name, statusFilter="RUNNING")["executions"]
    assert [one["itemCount"] for one in children] == [1, 1]
    child = call("describe_execution", executionArn=children[1]["executionArn"])
    assert (child["mapRunArn"], child["input"]) == (name, "1")
    call("stop_execution", executionArn=arn)
    assert until(lambda: running(0), "the children's end", 20)["itemCounts"]["aborted"] == 2


def lists_come_in_pages(call: Caller) -> None:
    machine = create(call)
    started = [start(call, machine) for _ in range(3)]
    page = call("list_executions", stateMachineArn=machine, maxResults=2)
    assert [one["executionArn"] for one in page["executions"]] == started[:0:-1]
    rest = call(
        "list_executions", stateMachineArn=machine, maxResults=2, nextToken=page["nextToken"]
    )
    assert [one["executionArn"] for one in rest["executions"]] == started[:1]
    assert "nextToken" not in rest


STORIES = [
    machines,
    versions_and_aliases,
    executions,
    express_executions,
    task_tokens,
    activities,
    a_state_is_tried,
    map_runs,
    lists_come_in_pages,
]


@pytest.mark.parametrize("story", STORIES)
def test_the_client_drives_the_engine(call: Caller, story: Callable[[Caller], None]) -> None:
    story(call)


def test_every_operation_has_its_story(url: str, states: Any) -> None:
    noting = Noting(Boto3(url))
    for story in STORIES:
        story(noting)
    offered = {xform_name(name) for name in Wire(states).operations}
    assert offered - noting.called == set()


# -- what is refused ------------------------------------------------------------------------------

NOBODY = f"{PREFIX}:stateMachine:nobody"
NOTHING = f"{PREFIX}:execution:nobody:nothing"
NO_RUN = f"{PREFIX}:mapRun:nobody/Each:nothing"
TOKEN = "bm90IGEgdG9rZW4="
REFUSALS: list[tuple[str, dict[str, Any], str]] = [
    ("create_activity", {"name": "a b"}, "InvalidName"),
    (
        "create_state_machine",
        {"name": "m", "definition": "{", "roleArn": ROLE},
        "InvalidDefinition",
    ),
    ("create_state_machine", {"name": "a b", "definition": PASS, "roleArn": ROLE}, "InvalidName"),
    (
        "create_state_machine_alias",
        {
            "name": "7",
            "routingConfiguration": [{"stateMachineVersionArn": f"{NOBODY}:1", "weight": 100}],
        },
        "ValidationException",
    ),
    (
        "create_state_machine_alias",
        {
            "name": "a",
            "routingConfiguration": [{"stateMachineVersionArn": f"{NOBODY}:1", "weight": 100}],
        },
        "ResourceNotFound",
    ),
    ("delete_activity", {"activityArn": NOBODY}, "InvalidArn"),
    ("delete_state_machine", {"stateMachineArn": "x"}, "InvalidArn"),
    ("delete_state_machine_alias", {"stateMachineAliasArn": "x"}, "InvalidArn"),
    ("delete_state_machine_version", {"stateMachineVersionArn": "x"}, "InvalidArn"),
    ("describe_activity", {"activityArn": f"{PREFIX}:activity:nobody"}, "ActivityDoesNotExist"),
    ("describe_execution", {"executionArn": NOTHING}, "ExecutionDoesNotExist"),
    ("describe_map_run", {"mapRunArn": NO_RUN}, "ResourceNotFound"),
    ("describe_state_machine", {"stateMachineArn": NOBODY}, "StateMachineDoesNotExist"),
    ("describe_state_machine_alias", {"stateMachineAliasArn": f"{NOBODY}:a"}, "ResourceNotFound"),
    ("describe_state_machine_for_execution", {"executionArn": NOTHING}, "ExecutionDoesNotExist"),
    ("get_activity_task", {"activityArn": f"{PREFIX}:activity:nobody"}, "ActivityDoesNotExist"),
    ("get_execution_history", {"executionArn": NOTHING}, "ExecutionDoesNotExist"),
    ("list_activities", {"nextToken": TOKEN}, "InvalidToken"),
    ("list_executions", {"stateMachineArn": NOBODY}, "StateMachineDoesNotExist"),
    ("list_map_runs", {"executionArn": NOTHING}, "ExecutionDoesNotExist"),
    ("list_state_machine_aliases", {"stateMachineArn": NOBODY}, "StateMachineDoesNotExist"),
    ("list_state_machine_versions", {"stateMachineArn": NOBODY}, "StateMachineDoesNotExist"),
    ("list_state_machines", {"nextToken": TOKEN}, "InvalidToken"),
    ("list_tags_for_resource", {"resourceArn": NOBODY}, "ResourceNotFound"),
    ("publish_state_machine_version", {"stateMachineArn": NOBODY}, "StateMachineDoesNotExist"),
    ("redrive_execution", {"executionArn": NOTHING}, "ExecutionDoesNotExist"),
    ("send_task_failure", {"taskToken": TOKEN}, "InvalidToken"),
    ("send_task_heartbeat", {"taskToken": TOKEN}, "InvalidToken"),
    ("send_task_success", {"taskToken": TOKEN, "output": "1"}, "InvalidToken"),
    ("send_task_success", {"taskToken": TOKEN, "output": "{"}, "InvalidOutput"),
    ("start_execution", {"stateMachineArn": NOBODY}, "StateMachineDoesNotExist"),
    ("start_sync_execution", {"stateMachineArn": NOBODY}, "StateMachineDoesNotExist"),
    ("stop_execution", {"executionArn": NOTHING}, "ExecutionDoesNotExist"),
    ("tag_resource", {"resourceArn": NOBODY, "tags": []}, "ResourceNotFound"),
    ("test_state", {"definition": "{}"}, "InvalidDefinition"),
    ("untag_resource", {"resourceArn": NOBODY, "tagKeys": ["a"]}, "ResourceNotFound"),
    ("update_map_run", {"mapRunArn": NO_RUN, "maxConcurrency": 1}, "ResourceNotFound"),
    (
        "update_state_machine",
        {"stateMachineArn": NOBODY, "roleArn": ROLE},
        "StateMachineDoesNotExist",
    ),
    (
        "update_state_machine_alias",
        {"stateMachineAliasArn": f"{NOBODY}:a", "description": "x"},
        "ResourceNotFound",
    ),
    (
        "validate_state_machine_definition",
        {"definition": PASS, "maxResults": 101},
        "ValidationException",
    ),
]


@pytest.mark.parametrize(
    ("operation", "parameters", "code"), REFUSALS, ids=[f"{o}-{c}" for o, _, c in REFUSALS]
)
def test_refusals(call: Caller, operation: str, parameters: dict[str, Any], code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        call(operation, **parameters)
    assert refused.value.code == code
    assert refused.value.message


def test_every_operation_is_refused_in_some_way(states: Any) -> None:
    offered = {xform_name(name) for name in Wire(states).operations}
    assert offered - {operation for operation, _, _ in REFUSALS} == set()


# -- the command itself ---------------------------------------------------------------------------


def test_the_aws_command(url: str, tmp_path: Path) -> None:
    """As a user types it: a process of its own, a definition from a file."""
    file = tmp_path / "machine.asl.json"
    file.write_text(PASS)

    def aws(*words: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("aws")), "stepfunctions", *words]
        where = ["--endpoint-url", url, "--region", "us-east-1"]
        return subprocess.run(
            [*command, *where],
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    definition = ("--definition", f"file://{file}", "--role-arn", ROLE)
    created = aws("create-state-machine", "--name", next(names), *definition)
    assert created.returncode == 0, created.stderr
    machine = json.loads(created.stdout)["stateMachineArn"]
    started = aws("start-execution", "--state-machine-arn", machine, "--input", "[1]")
    assert started.returncode == 0, started.stderr
    refused = aws("describe-state-machine", "--state-machine-arn", NOBODY)
    assert refused.returncode != 0
    assert "(StateMachineDoesNotExist)" in refused.stderr
