"""The wire protocol: real boto3 clients, the AWS CLI and arbitrary bytes against the server."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

import boto3
import httpx
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from hypothesis import given, settings
from hypothesis import strategies as st

from asl.api import StepFunctions
from asl.cli import MockedTasks, SystemClock
from asl.engine import Engine
from asl.memory import MemoryJournal, MemoryLog, MemoryMachines
from asl.server import LONG_POLLS, MAX_BODY, THREADS, Response, Server, Wire, listen
from tests.support.engine import text_of
from tests.support.server import ROOT, until

ROLE = "arn:aws:iam::000000000000:role/x"
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:"
MODEL = ServiceModel(Loader().load_service_model("stepfunctions", "service-2"))
COMMON_ERRORS = {"ValidationException", "SerializationException", "UnknownOperationException"}
PASS = text_of({"P": {"Type": "Pass", "Output": "{% {'got': $states.input} %}", "End": True}})
WAIT = text_of({"W": {"Type": "Wait", "Seconds": 3600, "End": True}})
BY_TOKEN = text_of(
    {
        "T": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Arguments": {"MessageBody": "{% $states.context.Task.Token %}"},
            "HeartbeatSeconds": 3600,
            "End": True,
        }
    }
)
names = (f"m{number}" for number in itertools.count())


@contextmanager
def engine() -> Iterator[StepFunctions]:
    """An engine in memory whose tasks wait for their token."""
    made = Engine(
        MemoryJournal(),
        MemoryMachines(),
        MockedTasks({}, tokens_wait=True),
        lambda batch: None,
        SystemClock(),
        MemoryLog(),
    )
    made.open()
    try:
        yield made.api
    finally:
        made.close()


@contextmanager
def served(states: Any) -> Iterator[str]:
    """The URL of a server of its own."""
    with listen("127.0.0.1", 0) as listener:
        server = Server(states, listener)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.stop()
            thread.join()


def client_of(url: str) -> Any:
    return boto3.client(
        "stepfunctions",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(
            retries={"total_max_attempts": 1}, inject_host_prefix=False, max_pool_connections=100
        ),
    )


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with engine() as states, served(states) as where:
        yield where


@pytest.fixture(scope="module")
def client(url: str) -> Any:
    return client_of(url)


def create(client: Any, definition: str = PASS) -> str:
    created = client.create_state_machine(name=next(names), definition=definition, roleArn=ROLE)
    return str(created["stateMachineArn"])


def start(client: Any, machine: str, text: str = "{}") -> str:
    return str(client.start_execution(stateMachineArn=machine, input=text)["executionArn"])


def ended(client: Any, arn: str) -> dict[str, Any]:
    def check() -> Any:
        found = client.describe_execution(executionArn=arn)
        return found if found["status"] != "RUNNING" else None

    answer: dict[str, Any] = until(check, arn, 20)
    return answer


def token_of(client: Any, arn: str) -> str:
    def check() -> Any:
        events = client.get_execution_history(executionArn=arn)["events"]
        if events[-1]["type"] != "TaskSubmitted":
            return None
        scheduled = next(event for event in events if event["type"] == "TaskScheduled")
        return json.loads(scheduled["taskScheduledEventDetails"]["parameters"])["MessageBody"]

    return str(until(check, "the task to wait for its token", 20))


# -- boto3 ----------------------------------------------------------------------------------------


def test_a_machines_life(client: Any) -> None:
    arn = create(client)
    described = client.describe_state_machine(stateMachineArn=arn)
    assert described["definition"] == PASS
    assert described["status"] == "ACTIVE"
    assert isinstance(described["creationDate"], datetime)
    assert described["ResponseMetadata"]["RequestId"]
    updated = client.update_state_machine(stateMachineArn=arn, definition=WAIT, publish=True)
    assert updated["stateMachineVersionArn"] == f"{arn}:1"
    assert client.describe_state_machine(stateMachineArn=arn)["definition"] == WAIT
    pages = client.get_paginator("list_state_machines").paginate()
    assert arn in [found["stateMachineArn"] for page in pages for found in page["stateMachines"]]
    client.delete_state_machine(stateMachineArn=arn)
    with pytest.raises(client.exceptions.StateMachineDoesNotExist):
        client.describe_state_machine(stateMachineArn=arn)


def test_a_definition_is_checked(client: Any) -> None:
    assert client.validate_state_machine_definition(definition=PASS)["result"] == "OK"
    answer = client.validate_state_machine_definition(definition='{"States":{}}')
    assert answer["result"] == "FAIL"
    assert answer["diagnostics"][0].keys() == {"severity", "code", "message", "location"}
    with pytest.raises(client.exceptions.InvalidDefinition) as refused:
        client.create_state_machine(name="bad", definition="{}", roleArn=ROLE)
    assert "Invalid State Machine Definition" in refused.value.response["Error"]["Message"]


def test_an_executions_life(client: Any) -> None:
    machine = create(client)
    before = datetime.now(UTC)
    arn = start(client, machine, '{"a":"é"}')
    answer = ended(client, arn)
    assert (answer["status"], answer["output"]) == ("SUCCEEDED", '{"got":{"a":"é"}}')
    assert 0 <= (answer["startDate"] - before).total_seconds() + 0.002 < 60
    others = [start(client, machine) for _ in range(4)]
    pages = client.get_paginator("list_executions").paginate(
        stateMachineArn=machine, statusFilter="SUCCEEDED", PaginationConfig={"PageSize": 2}
    )
    found = [execution["executionArn"] for page in pages for execution in page["executions"]]
    assert found == [*reversed(others), arn]


def test_history_is_paged_in_both_directions(client: Any) -> None:
    arn = start(client, create(client))
    ended(client, arn)
    pages = client.get_paginator("get_execution_history")
    for backwards in (False, True):
        ids = [
            event["id"]
            for page in pages.paginate(
                executionArn=arn, reverseOrder=backwards, PaginationConfig={"PageSize": 1}
            )
            for event in page["events"]
        ]
        assert ids == ([4, 3, 2, 1] if backwards else [1, 2, 3, 4])
    kinds = [event["type"] for event in client.get_execution_history(executionArn=arn)["events"]]
    assert kinds == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]
    bare = client.get_execution_history(executionArn=arn, includeExecutionData=False)["events"]
    assert "input" not in bare[0]["executionStartedEventDetails"]


def test_an_execution_is_stopped(client: Any) -> None:
    arn = start(client, create(client, WAIT))
    client.stop_execution(executionArn=arn, error="E", cause="enough")
    answer = client.describe_execution(executionArn=arn)
    assert (answer["status"], answer["error"], answer["cause"]) == ("ABORTED", "E", "enough")
    assert answer["stopDate"] >= answer["startDate"]


def test_task_tokens(client: Any) -> None:
    machine = create(client, BY_TOKEN)
    good, bad = start(client, machine), start(client, machine)
    token = token_of(client, good)
    client.send_task_heartbeat(taskToken=token)
    with pytest.raises(client.exceptions.InvalidOutput):
        client.send_task_success(taskToken=token, output="{")
    client.send_task_success(taskToken=token, output='{"done":1}')
    assert ended(client, good)["output"] == '{"done":1}'
    client.send_task_failure(taskToken=token_of(client, bad), error="Refused", cause="no")
    answer = ended(client, bad)
    assert (answer["status"], answer["error"], answer["cause"]) == ("FAILED", "Refused", "no")
    with pytest.raises(client.exceptions.TaskTimedOut):
        client.send_task_success(taskToken=token, output="{}")
    with pytest.raises(client.exceptions.InvalidToken):
        client.send_task_heartbeat(taskToken="not a token")


def test_express_executions(client: Any) -> None:
    created = client.create_state_machine(
        name=next(names), definition=PASS, roleArn=ROLE, type="EXPRESS"
    )
    machine = created["stateMachineArn"]
    answer = client.start_sync_execution(stateMachineArn=machine, name="n", input="[1]")
    assert (answer["status"], answer["output"]) == ("SUCCEEDED", '{"got":[1]}')
    assert answer["stopDate"] >= answer["startDate"]
    assert answer["billingDetails"]["billedMemoryUsedInMB"] == 64
    started = client.start_execution(stateMachineArn=machine, name="n")
    assert started["executionArn"] != answer["executionArn"]
    with pytest.raises(client.exceptions.InvalidArn):
        client.describe_execution(executionArn=started["executionArn"])
    with pytest.raises(client.exceptions.StateMachineTypeNotSupported):
        client.list_executions(stateMachineArn=machine)
    with pytest.raises(client.exceptions.StateMachineTypeNotSupported):
        client.start_sync_execution(stateMachineArn=create(client))


def test_a_stopped_execution_is_redriven(client: Any) -> None:
    arn = start(client, create(client, WAIT))
    with pytest.raises(client.exceptions.ExecutionNotRedrivable):
        client.redrive_execution(executionArn=arn)
    client.stop_execution(executionArn=arn)
    answer = client.redrive_execution(executionArn=arn)
    described = client.describe_execution(executionArn=arn)
    assert (described["status"], described["redriveCount"]) == ("RUNNING", 1)
    assert described["redriveDate"] == answer["redriveDate"]
    client.stop_execution(executionArn=arn)


def test_errors_are_the_modelled_exceptions(client: Any) -> None:
    raised = client.exceptions
    with pytest.raises(raised.StateMachineDoesNotExist):
        client.start_execution(stateMachineArn=f"{MACHINE}nobody")
    with pytest.raises(raised.InvalidArn):
        client.describe_state_machine(stateMachineArn="nonsense")
    with pytest.raises(raised.InvalidName):
        client.create_state_machine(name="a/b", definition=PASS, roleArn=ROLE)
    machine = create(client)
    with pytest.raises(raised.InvalidExecutionInput):
        client.start_execution(stateMachineArn=machine, input="{")
    client.start_execution(stateMachineArn=machine, name="once")
    with pytest.raises(raised.ExecutionAlreadyExists):
        client.start_execution(stateMachineArn=machine, name="once", input="[]")
    with pytest.raises(raised.ExecutionDoesNotExist):
        client.describe_execution(executionArn=machine.replace("stateMachine", "execution") + ":x")
    with pytest.raises(raised.InvalidToken):
        client.list_executions(stateMachineArn=machine, nextToken="not one of ours")


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"statusFilter": "SLEEPING"}, "'SLEEPING' at 'statusFilter' failed to satisfy constraint"),
        ({"maxResults": 1001}, "Member must have value less than or equal to 1000"),
        ({"nextToken": "x" * 3097}, "Member must have length less than or equal to 3096"),
    ],
)
def test_what_botocore_lets_through_is_checked(
    client: Any, parameters: dict[str, Any], says: str
) -> None:
    with pytest.raises(client.exceptions.ValidationException) as refused:
        client.list_executions(stateMachineArn=f"{MACHINE}m", **parameters)
    assert says in refused.value.response["Error"]["Message"]


def test_a_long_secret_is_not_quoted() -> None:
    with engine() as states:
        token = "secret" * 400
        response = Wire(states).answer(
            "AWSStepFunctions.SendTaskHeartbeat", json.dumps({"taskToken": token}).encode()
        )
    assert json.loads(response.body)["__type"] == "ValidationException"
    assert b"secret" not in response.body


# -- operations by introspection ------------------------------------------------------------------


class Polled:
    """An engine with two operations; one of them waits."""

    def __init__(self) -> None:
        self.work = threading.Event()
        self.waiting = threading.Semaphore(0)

    def get_activity_task(self, activityArn: str, workerName: str = "") -> dict[str, Any]:
        self.waiting.release()
        self.work.wait(30)
        return {"taskToken": "t", "input": "{}", "nobody": "knows this", "more": None}

    def list_activities(self) -> dict[str, Any]:
        activity = {"activityArn": "a", "name": "n", "creationDate": datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)}  # fmt: skip
        return {"activities": [activity]}


def test_an_operation_of_the_engine_is_there_by_itself_and_another_is_refused_by_name() -> None:
    polled: Any = Polled()
    wire = Wire(polled)
    assert wire.operations == {"GetActivityTask", "ListActivities"}
    listed = json.loads(wire.answer("AWSStepFunctions.ListActivities", b"{}").body)
    assert listed["activities"][0]["creationDate"] == 1767323045.678
    for operation in ("TestState", "StartExecution"):
        refused = json.loads(wire.answer(f"AWSStepFunctions.{operation}", b"{}").body)
        assert refused["__type"] == "UnknownOperationException"
        assert operation in refused["message"]
    refused = json.loads(wire.answer("AWSStepFunctions.ListActivities", b'{"maxResults":1}').body)
    assert refused == {
        "__type": "ValidationException",
        "message": "ListActivities does not support 'maxResults' here",
    }


def test_every_operation_of_the_engine_is_offered() -> None:
    with engine() as states:
        offered = Wire(states).operations
        public = {name for name in dir(states) if not name.startswith("_")}
    assert {xform_name(name) for name in offered} == public & {
        xform_name(name) for name in MODEL.operation_names
    }
    assert len(offered) >= 14


def test_pollers_do_not_keep_others_waiting() -> None:
    polled = Polled()
    count = THREADS + 6
    with ExitStack() as closing:
        closing.callback(polled.work.set)
        client = client_of(closing.enter_context(served(polled)))
        pollers = closing.enter_context(ThreadPoolExecutor(count))
        closing.callback(polled.work.set)
        answers = [
            pollers.submit(client.get_activity_task, activityArn="arn:x") for _ in range(count)
        ]
        for _ in range(count):
            assert polled.waiting.acquire(timeout=20)
        assert client.list_activities()["activities"][0]["name"] == "n"
        polled.work.set()
        assert {answer.result(20)["taskToken"] for answer in answers} == {"t"}


def test_a_failure_of_the_engine_is_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def list_activities(self) -> dict[str, Any]:
            raise RuntimeError("the secret of the house")

    broken: Any = Broken()
    with served(broken) as url, pytest.raises(ClientError) as failed:
        client_of(url).list_activities()
    answer = failed.value.response
    assert answer["Error"]["Code"] == "InternalFailure"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert "secret" not in str(answer)
    assert "the secret of the house" in caplog.text
    assert answer["ResponseMetadata"]["RequestId"] in caplog.text


# -- HTTP as it comes -----------------------------------------------------------------------------


def post(url: str, target: str | None, body: bytes) -> httpx.Response:
    headers = {} if target is None else {"X-Amz-Target": target}
    return httpx.post(url, content=body, headers=headers, timeout=30)


def test_an_answer_as_it_is_on_the_wire(url: str) -> None:
    body = json.dumps({"name": next(names), "definition": PASS, "roleArn": ROLE, "type": None})
    answer = post(url, "AWSStepFunctions.CreateStateMachine", body.encode())
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/x-amz-json-1.0"
    assert answer.headers["x-amzn-requestid"]
    assert isinstance(answer.json()["creationDate"], float)


@pytest.mark.parametrize(
    ("target", "body", "code"),
    [
        (None, b"{}", "UnknownOperationException"),
        ("", b"{}", "UnknownOperationException"),
        ("AWSStepFunctions", b"{}", "UnknownOperationException"),
        ("AWSStepFunctions.__init__", b"{}", "UnknownOperationException"),
        ("AWSStepFunctions._machine", b'{"arn":"x"}', "UnknownOperationException"),
        ("AWSStepFunctions.create_state_machine", b"{}", "UnknownOperationException"),
        ("DynamoDB_20120810.ListTables", b"{}", "UnknownOperationException"),
        ("AWSStepFunctions.ListStateMachines", b"{", "SerializationException"),
        ("AWSStepFunctions.ListStateMachines", b"\xff\xfe", "SerializationException"),
        ("AWSStepFunctions.ListStateMachines", b'"\\ud800"', "SerializationException"),
        ("AWSStepFunctions.ListStateMachines", b"[" * 100_000, "SerializationException"),
        ("AWSStepFunctions.ListStateMachines", b"[]", "SerializationException"),
        ("AWSStepFunctions.ListStateMachines", b'{"maxResults":"1"}', "ValidationException"),
        ("AWSStepFunctions.ListStateMachines", b'{"maxResults":true}', "ValidationException"),
        ("AWSStepFunctions.ListStateMachines", b'{"maxResults":-1}', "ValidationException"),
        ("AWSStepFunctions.DescribeExecution", b"{}", "ValidationException"),
        ("AWSStepFunctions.DescribeExecution", b'{"executionArn":null}', "ValidationException"),
        ("AWSStepFunctions.DescribeExecution", b'{"executionArn":""}', "ValidationException"),
        (
            "AWSStepFunctions.DescribeExecution",
            b'{"executionArn":' + b"[" * 1000 + b"]" * 1000 + b"}",
            "ValidationException",
        ),
        (
            "AWSStepFunctions.StartExecution",
            b'{"stateMachineArn":"x","parent":{}}',
            "ValidationException",
        ),
    ],
)
def test_a_bad_request_is_an_aws_error(
    url: str, target: str | None, body: bytes, code: str
) -> None:
    answer = post(url, target, body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/x-amz-json-1.0"
    assert answer.json()["__type"] == code
    assert "Traceback" not in answer.json()["message"]


def test_a_huge_body_is_refused_and_the_connection_lives_on(url: str) -> None:
    with httpx.Client(base_url=url, timeout=30) as http:
        answer = http.post("/", content=b" " * (MAX_BODY + 1))
        assert answer.status_code == 413
        assert answer.json()["__type"] == "RequestEntityTooLargeException"
        headers = {"X-Amz-Target": "AWSStepFunctions.ListStateMachines"}
        padded = http.post("/", content=b"{}" + b" " * (MAX_BODY - 2), headers=headers)
        assert padded.status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_another_method_is_refused(url: str, method: str) -> None:
    answer = httpx.request(method, url)
    assert answer.status_code == 400
    assert method == "HEAD" or answer.json()["__type"] == "UnknownOperationException"


# -- anything at all ------------------------------------------------------------------------------

ARNS = [f"{MACHINE}m", f"{MACHINE}m:1", f"{MACHINE}m".replace("stateMachine", "execution") + ":e"]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
TEXTS = st.text() | st.sampled_from([*ARNS, PASS, BY_TOKEN, "{}", "m", "e", "Mg==", "LTE="])


def likely(shape: Any) -> st.SearchStrategy[Any]:
    """Values of about the right kind for a parameter."""
    if shape.type_name == "string" and shape.enum:
        return st.sampled_from(shape.enum)
    if shape.type_name == "string":
        return TEXTS
    if shape.type_name in {"integer", "long"}:
        return st.integers(-1, 1001)
    if shape.type_name == "boolean":
        return st.booleans()
    return ANYTHING


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, bytes]:
    """An operation's name with parameters that are mostly its own."""
    operation = draw(st.sampled_from(sorted(set(MODEL.operation_names) - LONG_POLLS)))
    shape = MODEL.operation_model(operation).input_shape
    assert shape is not None
    parameters = {
        name: draw(likely(member))
        for name, member in shape.members.items()
        if name in shape.required_members or draw(st.integers(0, 3)) == 0
    }
    if draw(st.integers(0, 4)) == 0:
        parameters[draw(st.sampled_from([*shape.members, "x"]))] = draw(ANYTHING)
    return f"AWSStepFunctions.{operation}", json.dumps(parameters).encode()


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with engine() as states:
        states.create_state_machine("m", BY_TOKEN, ROLE, publish=True)
        states.start_execution(ARNS[0], "e")
        yield Wire(states)


def assert_well_formed(target: str, response: Response) -> None:
    if response.status == 200:
        shape = MODEL.operation_model(target.partition(".")[2]).output_shape
        message = {"body": response.body, "headers": {}, "status_code": 200}
        create_parser("json").parse(message, shape)
        return
    answer = json.loads(response.body)
    assert response.status == 400, (target, answer)
    assert answer.keys() == {"__type", "message"}
    assert answer["__type"] in COMMON_ERRORS | {shape.name for shape in MODEL.error_shapes}
    assert answer["message"]


@settings(max_examples=400, deadline=None)
@given(st.text() | st.text().map("AWSStepFunctions.{}".format), st.binary())
def test_any_bytes_get_an_answer(wire: Wire, target: str, body: bytes) -> None:
    assert_well_formed(target, wire.answer(target, body))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(MODEL.operation_names), st.binary() | ANYTHING)
def test_any_json_gets_an_answer(wire: Wire, operation: str, body: Any) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    target = f"AWSStepFunctions.{operation}"
    assert_well_formed(target, wire.answer(target, raw))


@settings(max_examples=600, deadline=None)
@given(requests())
def test_any_likely_request_gets_an_answer(wire: Wire, request: tuple[str, bytes]) -> None:
    assert_well_formed(request[0], wire.answer(*request))


# -- as a process ---------------------------------------------------------------------------------


class Process:
    """``python -m asl serve`` on a free port."""

    def __init__(self, *arguments: str):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "asl", "serve", "--port", "0", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()
        self.url = self.line.split(",", maxsplit=1)[0].rpartition(" ")[2]

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        with self.process:
            return self.process.wait(30)


def test_the_command_serves_until_it_is_interrupted() -> None:
    process = Process()
    try:
        client = client_of(process.url)
        assert ended(client, start(client, create(client)))["status"] == "SUCCEEDED"
    finally:
        code = process.end(signal.SIGINT)
    assert code == 0
    assert "data in memory" in process.line


@pytest.mark.usefixtures("pool")
def test_a_killed_server_goes_on_where_it_was(database: str) -> None:
    first = Process("--database-url", database)
    try:
        client = client_of(first.url)
        arn = start(client, create(client, BY_TOKEN))
        token = token_of(client, arn)
    finally:
        first.end(signal.SIGKILL)
    second = Process("--database-url", database)
    try:
        client = client_of(second.url)
        client.send_task_success(taskToken=token, output='"later"')
        assert ended(client, arn)["output"] == '"later"'
    finally:
        code = second.end(signal.SIGINT)
    assert code == 0
    assert "PostgreSQL" in second.line


def test_a_state_is_tried_through_boto3(client: Any) -> None:
    answer = client.test_state(
        definition=json.dumps(
            {
                "Type": "Map",
                "ItemProcessor": {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}},
                "ToleratedFailurePercentage": 12.5,
                "Next": "N",
            }
        ),
        input="[1, 2]",
        mock={"result": "[3, 4]"},
        inspectionLevel="DEBUG",
    )
    assert (answer["status"], answer["nextState"], answer["output"]) == ("SUCCEEDED", "N", "[3, 4]")
    shown = answer["inspectionData"]
    assert (shown["input"], shown["afterItemsPath"]) == ("[1, 2]", "[1,2]")
    assert (shown["maxConcurrency"], shown["toleratedFailurePercentage"]) == (0, 12.5)


@pytest.mark.parametrize(
    ("request_", "code", "message"),
    [
        ({"mock": {"result": "1"}}, "ValidationException", "State type 'Pass' is not supported"),
        ({"stateName": "Nobody"}, "ValidationException", "State not found in definition"),
        ({"definition": "{}"}, "InvalidDefinition", "These fields are required: [Type]"),
        ({"input": "{"}, "InvalidExecutionInput", "Unexpected end-of-input"),
        ({"roleArn": "x" * 257}, "ValidationException", "length less than or equal to 256"),
        ({"inspectionLevel": "ALL"}, "ValidationException", "[INFO, DEBUG, TRACE]"),
    ],
)
def test_a_trial_is_refused_through_boto3(
    client: Any, request_: dict[str, Any], code: str, message: str
) -> None:
    definition = '{"Type": "Pass", "End": true}'
    if "stateName" in request_:
        definition = PASS
    with pytest.raises(ClientError) as refused:
        client.test_state(**{"definition": definition, **request_})
    assert refused.value.response["Error"]["Code"] == code
    assert message in refused.value.response["Error"]["Message"]


def test_without_a_mock_the_server_says_that_it_performs_no_tasks(client: Any) -> None:
    definition = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}
    answer = client.test_state(definition=json.dumps(definition), roleArn=ROLE)
    assert (answer["status"], answer["error"]) == ("FAILED", "States.Runtime")
    assert "asl performs no tasks by itself" in answer["cause"]
