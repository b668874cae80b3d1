"""Express executions: waited for or not, limited, logged, forgotten, and what is refused them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from asl.engine import Engine
from asl.errors import ApiError
from asl.execution import Parent
from asl.memory import ManualClock, MemoryJournal, MemoryLog, MemoryMachines
from asl.payload import Payload
from asl.ports import Succeeded, TaskError
from tests.support.engine import TASK, text_of
from tests.support.server import until

PREFIX = "arn:aws:states:us-east-1:000000000000"
ARN = f"{PREFIX}:stateMachine:m"
GROUP = "arn:aws:logs:us-east-1:000000000000:log-group:g:*"
ECHO = {"A": {"Type": "Pass", "Output": "{% {'got': $states.input} %}", "End": True}}
FAIL = {"A": {"Type": "Fail", "Error": "Broken", "Cause": "by design"}}
WAIT = {"A": {"Type": "Wait", "Seconds": 100_000, "End": True}}
NOT_FOR_THIS_TYPE = (
    "StateMachineTypeNotSupported",
    "This operation is not supported by this type of state machine",
)


class Account:
    """An engine whose tasks the test answers and whose time the test moves."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.log = MemoryLog([GROUP])
        self.outcomes: list[Any] = []
        self.gate = threading.Event()
        self.draws: list[float] = []
        self.engine = Engine(
            MemoryJournal(),
            MemoryMachines(),
            self.call,
            lambda batch: None,
            self.clock,
            self.log,
            chance=lambda: self.draws.pop(0),
        )
        self.api = self.engine.api

    def call(self, dispatch: Any) -> Any:
        assert self.gate.wait(20)
        return self.outcomes.pop(0)

    def create(self, states: Any = ECHO, level: str = "ALL", **more: Any) -> None:
        destinations = [{"cloudWatchLogsLogGroup": {"logGroupArn": GROUP}}]
        logging = {"level": level, "includeExecutionData": True, "destinations": destinations}
        top = more.pop("top", {})
        self.api.create_state_machine(
            "m",
            text_of(states, **top),
            "role",
            "EXPRESS",
            **{"loggingConfiguration": logging, **more},
        )

    def later(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.engine.express.runner.fire_due()

    def events(self) -> list[Any]:
        return self.log.events.get(GROUP, [])

    def kinds(self) -> list[str]:
        return [event["type"] for event in self.events()]


@pytest.fixture
def account() -> Iterator[Account]:
    made = Account()
    yield made
    made.gate.set()
    made.engine.close()


@pytest.fixture
def caller() -> Iterator[ThreadPoolExecutor]:
    """Who waits for an execution, while the test goes on."""
    with ThreadPoolExecutor() as threads:
        yield threads


def refused(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(ApiError) as error:
        call()
    return error.value.code, error.value.message


# -- waited for -----------------------------------------------------------------------------------


def test_a_synchronous_execution_answers_with_its_output(account: Account) -> None:
    account.create()
    answer = account.api.start_sync_execution(ARN, "n", '{"a":1}', "Root=1-2-3")
    assert re.fullmatch(rf"{PREFIX}:express:m:n:[0-9a-f-]{{36}}", answer.pop("executionArn"))
    started = answer.pop("startDate")
    assert answer == {
        "stateMachineArn": ARN,
        "name": "n",
        "stopDate": started,
        "status": "SUCCEEDED",
        "input": '{"a":1}',
        "inputDetails": {"included": True},
        "output": '{"got":{"a":1}}',
        "outputDetails": {"included": True},
        "traceHeader": "Root=1-2-3",
        "billingDetails": {"billedMemoryUsedInMB": 64, "billedDurationInMilliseconds": 100},
    }


def test_a_failure_is_an_answer_too(account: Account) -> None:
    account.create(FAIL)
    answer = account.api.start_sync_execution(ARN)
    assert (answer["status"], answer["error"], answer["cause"]) == ("FAILED", "Broken", "by design")
    assert not {"output", "outputDetails"} & answer.keys()


def test_metadata_only_leaves_the_data_out(account: Account) -> None:
    account.create()
    answer = account.api.start_sync_execution(ARN, includedData="METADATA_ONLY")
    assert not {"input", "output"} & answer.keys()
    assert answer["inputDetails"] == answer["outputDetails"] == {"included": False}


def test_a_name_may_be_used_again_and_again(account: Account) -> None:
    account.create()
    arns = {account.api.start_sync_execution(ARN, "same")["executionArn"] for _ in range(3)}
    arns |= {account.api.start_execution(ARN, "same")["executionArn"] for _ in range(3)}
    assert len(arns) == 6


def test_tasks_are_called_and_retried(account: Account, caller: ThreadPoolExecutor) -> None:
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 7}]
    account.create({"A": {**TASK, "Retry": retry, "End": True}})
    account.outcomes = [TaskError("E", "first"), Succeeded(Payload({"Payload": 5}))]
    account.gate.set()
    waiting = caller.submit(account.api.start_sync_execution, ARN)
    until(account.engine.express.journal.next_due, "the first attempt to fail", 20)
    until(lambda: "LambdaFunctionFailed" in account.kinds() or "TaskFailed" in account.kinds(), "")
    account.later(7)
    answer = waiting.result(20)
    assert answer["output"] == '{"Payload":5}'
    assert answer["billingDetails"]["billedDurationInMilliseconds"] == 7000


@pytest.mark.parametrize(("top", "seconds"), [({}, 300), ({"TimeoutSeconds": 20}, 20)])
def test_five_minutes_are_the_most(
    account: Account, caller: ThreadPoolExecutor, top: dict[str, Any], seconds: int
) -> None:
    account.create(WAIT, top=top)
    waiting = caller.submit(account.api.start_sync_execution, ARN)
    until(account.engine.express.journal.next_due, "the execution to wait", 20)
    account.later(seconds - 1)
    assert not waiting.done()
    account.later(1)
    answer = waiting.result(20)
    assert (answer["status"], answer["error"]) == ("TIMED_OUT", "States.Timeout")
    assert answer["billingDetails"]["billedDurationInMilliseconds"] == seconds * 1000


def test_who_waits_is_told_that_the_engine_stops(
    account: Account, caller: ThreadPoolExecutor
) -> None:
    account.create(WAIT)
    waiting = caller.submit(account.api.start_sync_execution, ARN)
    until(account.engine.express.journal.next_due, "the execution to wait", 20)
    account.engine.close()
    stopping = ("ServiceUnavailable", "The engine is being stopped")
    assert refused(lambda: waiting.result(20)) == stopping
    assert refused(lambda: account.api.start_sync_execution(ARN)) == stopping


# -- not waited for -------------------------------------------------------------------------------


def test_an_asynchronous_execution_goes_on_by_itself(account: Account) -> None:
    account.create({"A": {"Type": "Wait", "Seconds": 60, "End": True}})
    started = account.api.start_execution(ARN, "n", '{"a":1}')
    assert set(started) == {"executionArn", "startDate"}
    assert account.kinds() == ["ExecutionStarted", "WaitStateEntered"]
    account.later(60)
    at = account.clock.now()
    assert account.kinds()[2:] == ["WaitStateExited", "ExecutionSucceeded"]
    assert account.events()[-1] == {
        "id": "4",
        "type": "ExecutionSucceeded",
        "details": {"output": '{"a":1}', "outputDetails": {"truncated": False}},
        "redrive_count": "0",
        "previous_event_id": "3",
        "event_timestamp": str(at),
        "execution_arn": started["executionArn"],
    }


def test_what_has_ended_is_forgotten(account: Account) -> None:
    account.create()
    account.api.start_execution(ARN)
    account.api.start_sync_execution(ARN)
    journal = account.engine.express.journal
    assert (journal._executions, journal._entries, journal._announcements) == ({}, {}, {})


def test_what_only_standard_executions_have_is_refused(account: Account) -> None:
    account.create(WAIT)
    arn = account.api.start_execution(ARN)["executionArn"]
    api = account.api
    assert refused(lambda: api.list_executions(ARN)) == NOT_FOR_THIS_TYPE
    for operation in (
        api.describe_execution,
        api.describe_state_machine_for_execution,
        api.get_execution_history,
        api.stop_execution,
    ):
        assert refused(lambda operation=operation: operation(arn)) == (
            "InvalidArn",
            "Invalid Arn: 'Resource type not valid in this context: express'",
        )
    parent = Parent("arn", (), 1, "sync")
    assert refused(lambda: api.start_execution(ARN, parent=parent)) == NOT_FOR_THIS_TYPE


def test_versions_and_aliases_lead_to_express_machines(account: Account) -> None:
    account.create(publish=True)
    account.api.update_state_machine(ARN, text_of(FAIL), publish=True)
    routes = [{"stateMachineVersionArn": f"{ARN}:{number}", "weight": 50} for number in (1, 2)]
    account.api.create_state_machine_alias("live", routes)
    account.draws = [0.4, 0.6]
    answers = [
        account.api.start_sync_execution(arn)["status"]
        for arn in (ARN, f"{ARN}:1", f"{ARN}:live", f"{ARN}:live")
    ]
    assert answers == ["FAILED", "SUCCEEDED", "SUCCEEDED", "FAILED"]
    described = account.api.describe_state_machine(f"{ARN}:1")
    assert (described["type"], described["definition"]) == ("EXPRESS", text_of(ECHO))


# -- the language ---------------------------------------------------------------------------------


def test_the_context_has_no_redrive_count(account: Account) -> None:
    account.create({"A": {"Type": "Pass", "Output": "{% $states.context %}", "End": True}})
    answer = account.api.start_sync_execution(ARN, "n")
    context = Payload.parse(answer["output"]).value
    assert context["Execution"].keys() == {"Id", "Input", "Name", "RoleArn", "StartTime"}
    assert context["Execution"]["Id"] == answer["executionArn"]
    assert context["Execution"]["Name"] == "n"


def test_a_long_execution_has_no_limit_of_events(account: Account) -> None:
    condition = "{% $n < 7000 %}"
    account.create(
        {
            "Zero": {"Type": "Pass", "Assign": {"n": 0}, "Next": "More"},
            "More": {
                "Type": "Choice",
                "Choices": [{"Condition": condition, "Next": "One"}],
                "Default": "Done",
            },
            "One": {"Type": "Pass", "Assign": {"n": "{% $n + 1 %}"}, "Next": "More"},
            "Done": {"Type": "Succeed", "Output": "{% $n %}"},
        },
        level="OFF",
    )
    account.engine.express.open()  # a walk this long is done in turns
    assert account.api.start_sync_execution(ARN)["output"] == "7000"
    assert account.events() == []


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (
            {**TASK, "Resource": TASK["Resource"] + ".waitForTaskToken", "End": True},
            "Express state machine does not support '.waitForTaskToken' service integration  at "
            "/States/A/Resource",
        ),
        (
            {
                "Type": "Task",
                "Resource": "arn:aws:states:::states:startExecution.sync:2",
                "End": True,
            },
            "Express state machine does not support '.sync:2' service integration at "
            "/States/A/Resource",
        ),
        (
            {"Type": "Task", "Resource": f"{PREFIX}:activity:a", "End": True},
            "Express state machine does not support Activity ARN at /States/A/Resource",
        ),
        (
            {
                "Type": "Map",
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                    "StartAt": "B",
                    "States": {"B": {"Type": "Succeed"}},
                },
                "End": True,
            },
            "Express state machine does not support 'DISTRIBUTED' Map states at "
            "/States/A/ItemProcessor/ProcessorConfig/Mode",
        ),
    ],
)
def test_what_waits_for_others_is_refused_at_creation(
    account: Account, state: dict[str, Any], message: str
) -> None:
    code, told = refused(lambda: account.create({"A": state}))
    assert code == "InvalidDefinition"
    assert message in told


# -- requests and logs ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"input": "{"}, "InvalidExecutionInput"),
        ({"input": '"' + "x" * 300_000 + '"'}, "ValidationException"),
        ({"name": "a b"}, "InvalidName"),
        ({"name": "x" * 81}, "ValidationException"),
        ({"traceHeader": "x" * 257}, "ValidationException"),
        ({"traceHeader": "\u00e9"}, "ValidationException"),
        ({"includedData": "SOME"}, "ValidationException"),
        ({"stateMachineArn": f"{ARN}x"}, "StateMachineDoesNotExist"),
        ({"stateMachineArn": "x"}, "InvalidArn"),
    ],
)
def test_requests_are_checked(account: Account, arguments: dict[str, Any], code: str) -> None:
    account.create()
    assert (
        refused(lambda: account.api.start_sync_execution(**{"stateMachineArn": ARN, **arguments}))[
            0
        ]
        == code
    )
    assert account.events() == []


@pytest.mark.parametrize(
    ("level", "kinds"),
    [
        ("ALL", ["ExecutionStarted", "FailStateEntered", "ExecutionFailed"]),
        ("ERROR", ["FailStateEntered", "ExecutionFailed"]),
        ("FATAL", ["ExecutionFailed"]),
        ("OFF", []),
    ],
)
def test_the_level_says_what_is_logged(account: Account, level: str, kinds: list[str]) -> None:
    account.create(FAIL, level)
    account.api.start_sync_execution(ARN)
    assert account.kinds() == kinds


def test_standard_machines_are_logged_too_and_data_only_if_wanted(account: Account) -> None:
    destinations = [{"cloudWatchLogsLogGroup": {"logGroupArn": GROUP}}]
    logging = {"level": "ALL", "destinations": destinations}
    account.api.create_state_machine("m", text_of(ECHO), "role", loggingConfiguration=logging)
    arn = account.api.start_execution(ARN)["executionArn"]
    assert [(event["type"], event["details"]) for event in account.events()] == [
        ("ExecutionStarted", {"roleArn": "role"}),
        ("PassStateEntered", {"name": "A"}),
        ("PassStateExited", {"name": "A"}),
        ("ExecutionSucceeded", {}),
    ]
    assert {event["execution_arn"] for event in account.events()} == {arn}


def test_a_log_group_must_be_there(account: Account) -> None:
    gone = [{"cloudWatchLogsLogGroup": {"logGroupArn": GROUP + "x"}}]
    logging = {"level": "ALL", "destinations": gone}
    not_found = (
        "InvalidLoggingConfiguration",
        "Invalid Logging Configuration: Log Destination not found.",
    )
    assert refused(lambda: account.create(loggingConfiguration=logging)) == not_found
    account.create()
    update = account.api.update_state_machine
    assert refused(lambda: update(ARN, loggingConfiguration=logging)) == not_found
