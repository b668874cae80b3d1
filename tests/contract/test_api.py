"""The Step Functions operations on both stores: what they answer and how they refuse."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from asl.engine import Engine
from asl.errors import ApiError
from asl.memory import ManualClock, MemoryJournal, MemoryLog, MemoryMachines
from asl.payload import Payload
from asl.ports import Accepted
from asl.registry import ActivityTask
from tests.support.engine import TASK, text_of
from tests.support.server import until

PREFIX = "arn:aws:states:us-east-1:000000000000"
ARN = f"{PREFIX}:stateMachine:m"
ACTIVITY = f"{PREFIX}:activity:a"
SUCCEED = {"A": {"Type": "Succeed"}}
FAIL = {"A": {"Type": "Fail", "Error": "Broken", "Cause": "by design"}}
WAIT = {"A": {"Type": "Wait", "Seconds": 60, "End": True}}
TOKEN_TASK = {**TASK, "Resource": TASK["Resource"] + ".waitForTaskToken", "End": True}
NO_RESOURCE = "Request references a resource that does not exist."


class Account:
    """An engine whose tasks are accepted and never end by themselves."""

    def __init__(self, journal: Any, machines: Any):
        self.clock = ManualClock()
        self.machines = machines
        self.journal = journal
        self.draws: list[float] = []
        self.calls: list[Any] = []
        self.engine = Engine(
            journal,
            machines,
            self.call,
            lambda batch: None,
            self.clock,
            MemoryLog(["arn:aws:logs:x"]),
            chance=lambda: self.draws.pop(0),
            poll_seconds=0.05,
        )
        self.runner, self.api = self.engine.runner, self.engine.api

    def call(self, dispatch: Any) -> Any:
        self.calls.append(dispatch)
        return Accepted(Payload({}))

    def create(self, states: Any = SUCCEED, name: str = "m", **more: Any) -> dict[str, Any]:
        return self.api.create_state_machine(name, text_of(states), "role", **more)

    def two_versions(self) -> None:
        self.create(publish=True)
        self.api.update_state_machine(ARN, text_of(WAIT), publish=True)

    def alias(self, *weights: int, name: str = "live", text: str = "") -> dict[str, Any]:
        return self.api.create_state_machine_alias(name, routes(*weights), text)


def routes(*weights: int) -> list[dict[str, Any]]:
    return [
        {"stateMachineVersionArn": f"{ARN}:{number}", "weight": weight}
        for number, weight in enumerate(weights, 1)
    ]


@pytest.fixture(params=["memory", "postgres"])
def account(request: pytest.FixtureRequest) -> Iterator[Account]:
    if request.param == "memory":
        made = Account(MemoryJournal(), MemoryMachines())
    else:
        from asl.adapters.postgres_journal import PostgresJournal
        from asl.adapters.postgres_machines import PostgresMachines

        machines = PostgresMachines(request.getfixturevalue("pool"))
        made = Account(PostgresJournal(request.getfixturevalue("pool"), machines), machines)
    yield made
    made.engine.close()
    if hasattr(made.journal, "close"):
        made.journal.close()


def refused(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(ApiError) as error:
        call()
    return error.value.code, error.value.message


# -- state machines -------------------------------------------------------------------------------


def test_a_repeated_create_ignores_role_and_tags(account: Account) -> None:
    first = account.create(tags=[{"key": "a", "value": "1"}])
    account.clock.advance(1)
    api = account.api
    again = api.create_state_machine(
        "m", text_of(SUCCEED), "other", tags=[{"key": "b", "value": "2"}]
    )
    assert again == first
    assert api.describe_state_machine(ARN)["roleArn"] == "role"
    assert api.list_tags_for_resource(ARN) == {"tags": [{"key": "a", "value": "1"}]}
    exists = ("StateMachineAlreadyExists", f"State Machine Already Exists: '{ARN}'")
    assert refused(lambda: account.create(WAIT)) == exists
    assert refused(lambda: account.create(tracingConfiguration={"enabled": True})) == exists


def test_configuration_is_echoed_with_its_defaults(account: Account) -> None:
    account.create()
    described = account.api.describe_state_machine(ARN)
    assert described["loggingConfiguration"] == {"level": "OFF", "includeExecutionData": False}
    assert described["tracingConfiguration"] == {"enabled": False}
    assert described["encryptionConfiguration"] == {"type": "AWS_OWNED_KEY"}
    assert "revisionId" not in described
    destination = {"cloudWatchLogsLogGroup": {"logGroupArn": "arn:aws:logs:x"}}
    wanted = {"level": "ALL", "includeExecutionData": True, "destinations": [destination]}
    updated = account.api.update_state_machine(ARN, loggingConfiguration=wanted)
    described = account.api.describe_state_machine(ARN)
    assert described["loggingConfiguration"] == wanted
    assert described["revisionId"] == updated["revisionId"]


@pytest.mark.parametrize(
    "logging",
    [
        {"level": "ALL"},
        {"level": "ERROR", "destinations": []},
        {"destinations": [{}, {}]},
        {"level": "FATAL", "destinations": [{}]},
        {"level": "ALL", "destinations": [{"cloudWatchLogsLogGroup": {}}]},
    ],
)
def test_logging_needs_one_destination(account: Account, logging: dict[str, Any]) -> None:
    assert refused(lambda: account.create(loggingConfiguration=logging)) == (
        "InvalidLoggingConfiguration",
        "Invalid Logging Configuration: Must specify exactly one Log Destination.",
    )


def test_an_update_needs_something_to_change(account: Account) -> None:
    account.create(publish=True)
    code, _ = refused(lambda: account.api.update_state_machine(ARN, publish=True))
    assert code == "MissingRequiredParameter"
    code, message = refused(lambda: account.api.update_state_machine(f"{ARN}:1", roleArn="r"))
    assert (code, message) == (
        "StateMachineDoesNotExist",
        f"State Machine Does Not Exist: '{ARN}:1'",
    )
    code, message = refused(lambda: account.create(name="n", versionDescription="text"))
    assert (code, message) == (
        "ValidationException",
        "Version description can only be set when publish is true",
    )


def test_a_machine_s_variables_are_described(account: Account) -> None:
    states = {
        "A": {"Type": "Pass", "Assign": {"x": 1}, "Next": "B"},
        "B": {"Type": "Succeed", "Output": "{% $x + $y %}"},
    }
    account.create(states)
    described = account.api.describe_state_machine(ARN)
    assert described["variableReferences"] == {"B": ["x", "y"]}
    hidden = account.api.describe_state_machine(ARN, "METADATA_ONLY")
    assert "variableReferences" not in hidden
    account.api.update_state_machine(ARN, text_of(SUCCEED))
    assert "variableReferences" not in account.api.describe_state_machine(ARN)


def test_executions_tell_the_machine_that_they_run(account: Account) -> None:
    account.create(WAIT)
    execution = account.api.start_execution(ARN)["executionArn"]
    account.api.update_state_machine(ARN, text_of(SUCCEED), "other")
    described = account.api.describe_state_machine_for_execution(execution)
    assert (described["definition"], described["roleArn"]) == (text_of(WAIT), "role")
    assert described["stateMachineArn"] == ARN
    assert "revisionId" not in described


def test_a_deleted_machine_leaves_nothing_to_the_next_of_its_name(account: Account) -> None:
    account.two_versions()
    account.alias(100)
    account.api.tag_resource(ARN, [{"key": "a", "value": "1"}])
    account.api.delete_state_machine(ARN)
    account.api.delete_state_machine(ARN)
    account.create()
    assert account.api.list_state_machine_versions(ARN)["stateMachineVersions"] == []
    assert account.api.list_state_machine_aliases(ARN)["stateMachineAliases"] == []
    assert account.api.list_tags_for_resource(ARN)["tags"] == []


# -- versions -------------------------------------------------------------------------------------


def test_publishing_the_same_revision_twice_gives_one_version(account: Account) -> None:
    account.create()
    first = account.api.publish_state_machine_version(ARN, revisionId="INITIAL", description="d")
    assert account.api.publish_state_machine_version(ARN) == first
    assert account.api.describe_state_machine(f"{ARN}:1")["description"] == "d"
    old = account.api.update_state_machine(ARN, text_of(WAIT))["revisionId"]
    new = account.api.update_state_machine(ARN, roleArn="r")["revisionId"]
    assert refused(lambda: account.api.publish_state_machine_version(ARN, old)) == (
        "ConflictException",
        f"Failed to publish the State Machine version for revision {old}. "
        f"The current State Machine revision is {new}.",
    )


def test_a_version_that_an_alias_leads_to_stays(account: Account) -> None:
    account.two_versions()
    account.alias(100)
    account.alias(50, 50, name="other")
    delete = account.api.delete_state_machine_version
    assert refused(lambda: delete(f"{ARN}:1")) == (
        "ConflictException",
        "Version to be deleted must not be referenced by an alias. Current list of aliases "
        "referencing this version: [live, other]",
    )
    account.api.delete_state_machine_alias(f"{ARN}:live")
    account.api.delete_state_machine_alias(f"{ARN}:other")
    for _ in range(2):
        assert delete(f"{ARN}:1") == {}
    listed = account.api.list_state_machine_versions(ARN)["stateMachineVersions"]
    assert [version["stateMachineVersionArn"] for version in listed] == [f"{ARN}:2"]


# -- aliases --------------------------------------------------------------------------------------


def test_an_alias_spreads_executions_by_weight(account: Account) -> None:
    account.two_versions()
    account.alias(70, 30)
    account.draws = [0.0, 0.699, 0.7, 0.999]
    started = [
        account.api.start_execution(f"{ARN}:live", f"n{number}")["executionArn"]
        for number in range(4)
    ]
    described = [account.api.describe_execution(arn) for arn in started]
    assert [one["stateMachineVersionArn"][-1] for one in described] == ["1", "1", "2", "2"]
    assert {one["stateMachineAliasArn"] for one in described} == {f"{ARN}:live"}
    account.api.start_execution(f"{ARN}:1", "direct")
    account.api.start_execution(ARN, "plain")

    def names(arn: str, **more: Any) -> list[str]:
        return [one["name"] for one in account.api.list_executions(arn, **more)["executions"]]

    assert names(ARN) == ["plain", "direct", "n3", "n2", "n1", "n0"]
    assert names(f"{ARN}:1") == ["direct", "n1", "n0"]
    assert names(f"{ARN}:live") == ["n3", "n2", "n1", "n0"]
    assert names(f"{ARN}:live", statusFilter="RUNNING") == ["n3", "n2"]
    page = account.api.list_executions(f"{ARN}:1", maxResults=2)
    assert [one["name"] for one in page["executions"]] == ["direct", "n1"]
    assert names(f"{ARN}:1", maxResults=2, nextToken=page["nextToken"]) == ["n0"]


def test_an_aliased_start_of_a_taken_name_changes_nothing(account: Account) -> None:
    account.two_versions()
    account.alias(0, 100)
    arn = account.api.start_execution(f"{ARN}:2", "same")["executionArn"]
    account.draws = [0.5]
    assert account.api.start_execution(f"{ARN}:live", "same")["executionArn"] == arn
    assert "stateMachineAliasArn" not in account.api.describe_execution(arn)


def test_creating_an_alias_again(account: Account) -> None:
    account.two_versions()
    first = account.alias(100, text="d")
    account.clock.advance(1)
    assert account.alias(100, text="d") == first
    for again in (lambda: account.alias(100), lambda: account.alias(50, 50, text="d")):
        assert refused(again) == (
            "ConflictException",
            "Failed to create alias because an alias with the same name and a different routing "
            "configuration already exists.",
        )


def test_an_alias_is_updated_and_described(account: Account) -> None:
    account.two_versions()
    arn = account.alias(100, text="d")["stateMachineAliasArn"]
    account.clock.advance(1)
    updated = account.api.update_state_machine_alias(arn, routingConfiguration=routes(40, 60))
    described = account.api.describe_state_machine_alias(arn)
    assert described["routingConfiguration"] == routes(40, 60)
    assert (described["description"], described["name"]) == ("d", "live")
    assert described["updateDate"] == updated["updateDate"] > described["creationDate"]
    listed = account.api.list_state_machine_aliases(f"{ARN}:2")["stateMachineAliases"]
    assert [alias["stateMachineAliasArn"] for alias in listed] == [arn]


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        (
            routes(70, 29),
            "Sum of routing configuration weights must equal 100. Received: [70, 29]",
        ),
        (
            [*routes(50), *routes(50)],
            "Routing configuration must contain distinct state machine version ARNs. "
            f"Received: [{ARN}:1, {ARN}:1]",
        ),
        (
            [{"stateMachineVersionArn": ARN, "weight": 100}],
            f"Routing configuration must contain state machine version ARNs. Received: [{ARN}]",
        ),
        (
            routes(101),
            "1 validation error detected: Value '101' at 'routingConfiguration.1.member.weight' "
            "failed to satisfy constraint: Member must have value less than or equal to 100",
        ),
    ],
)
def test_routes_are_checked(account: Account, configuration: Any, message: str) -> None:
    account.two_versions()
    create = account.api.create_state_machine_alias
    assert refused(lambda: create("live", configuration)) == ("ValidationException", message)


@pytest.mark.parametrize("name", ["1", "a b", "a@", "", "a" * 81])
def test_alias_names_are_checked(account: Account, name: str) -> None:
    account.two_versions()
    assert refused(lambda: account.alias(100, name=name))[0] == "ValidationException"


def test_what_an_alias_needs_must_exist(account: Account) -> None:
    account.create(publish=True)
    missing = ("ResourceNotFound", NO_RESOURCE)
    assert refused(lambda: account.alias(50, 50)) == missing
    assert refused(lambda: account.api.describe_state_machine_alias(f"{ARN}:live")) == missing
    update = account.api.update_state_machine_alias
    assert refused(lambda: update(f"{ARN}:live", "text")) == missing
    code, _ = refused(lambda: account.api.start_execution(f"{ARN}:live"))
    assert code == "StateMachineDoesNotExist"


# -- tags -----------------------------------------------------------------------------------------


def test_machines_and_activities_have_tags_versions_do_not(account: Account) -> None:
    account.create(publish=True)
    account.api.create_activity("a", tags=[{"key": "k", "value": "v"}])
    assert account.api.list_tags_for_resource(ACTIVITY)["tags"] == [{"key": "k", "value": "v"}]
    account.api.untag_resource(ACTIVITY, ["k", "other"])
    assert account.api.list_tags_for_resource(ACTIVITY)["tags"] == []
    for arn in (f"{ARN}:1", f"{ARN}x", f"{ACTIVITY}x"):
        assert refused(lambda arn=arn: account.api.tag_resource(arn, [])) == (
            "ResourceNotFound",
            f"Resource not found: '{arn}'",
        )
    many = [{"key": f"k{number}", "value": ""} for number in range(51)]
    assert refused(lambda: account.api.tag_resource(ARN, many))[0] == "TooManyTags"


# -- activities -----------------------------------------------------------------------------------


def test_an_activity_is_created_once(account: Account) -> None:
    first = account.api.create_activity("a")
    account.clock.advance(1)
    assert account.api.create_activity("a") == first
    described = account.api.describe_activity(ACTIVITY)
    assert described["encryptionConfiguration"] == {"type": "AWS_OWNED_KEY"}
    assert account.api.list_activities()["activities"][0]["activityArn"] == ACTIVITY
    for _ in range(2):
        assert account.api.delete_activity(ACTIVITY) == {}
    missing = ("ActivityDoesNotExist", f"Activity Does Not Exist: '{ACTIVITY}'")
    assert refused(lambda: account.api.describe_activity(ACTIVITY)) == missing
    assert refused(lambda: account.api.get_activity_task(ACTIVITY)) == missing


def test_a_worker_waits_for_a_task_and_completes_it(account: Account) -> None:
    account.api.create_activity("a")
    assert account.api.get_activity_task(ACTIVITY) == {}
    arn = _token_execution(account)
    token = until(lambda: account.calls, "the call")[0].token
    account.api._poll_seconds = 20
    got: list[dict[str, Any]] = []
    worker = threading.Thread(target=lambda: got.append(account.api.get_activity_task(ACTIVITY)))
    worker.start()
    account.api.offer_activity_task(ActivityTask(ACTIVITY, token, '{"a":1}'))
    worker.join(20)
    assert got == [{"taskToken": token, "input": '{"a":1}'}]
    account.api.send_task_success(token, '{"b":2}')
    assert account.api.describe_execution(arn)["output"] == '{"b":2}'


def test_a_task_that_nobody_waits_for_is_not_handed_out(account: Account) -> None:
    account.api.create_activity("a")
    arn = _token_execution(account)
    token = until(lambda: account.calls, "the call")[0].token
    account.api.offer_activity_task(ActivityTask(ACTIVITY, token, "{}"))
    account.api.stop_execution(arn)
    assert account.api.get_activity_task(ACTIVITY) == {}


def _token_execution(account: Account) -> str:
    account.create({"A": TOKEN_TASK})
    return str(account.api.start_execution(ARN)["executionArn"])


# -- pages, names, ARNs ---------------------------------------------------------------------------


def test_lists_come_in_pages(account: Account) -> None:
    names = [f"m{number}" for number in range(5)]
    for name in names:
        account.create(name=name)
        account.api.create_activity(name)
    for call, field in (
        (account.api.list_state_machines, "stateMachines"),
        (account.api.list_activities, "activities"),
    ):
        seen: list[str] = []
        token = None
        while True:
            page = call(maxResults=2, nextToken=token)
            seen += [one["name"] for one in page[field]]
            token = page.get("nextToken")
            if token is None:
                break
        assert seen == names
        assert "nextToken" not in call(maxResults=5)
        assert len(call(maxResults=0)[field]) == 5


@pytest.mark.parametrize(
    ("parameters", "code", "message"),
    [
        (
            {"maxResults": 1001},
            "ValidationException",
            "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy "
            "constraint: Member must have value less than or equal to 1000",
        ),
        ({"nextToken": "x" * 1025, "maxResults": 1001}, "ValidationException", None),
        ({"nextToken": "!"}, "InvalidToken", "Invalid Token: 'Invalid token'"),
        ({"nextToken": "bm9uZQ=="}, "InvalidToken", "Invalid Token: 'Invalid token'"),
    ],
)
def test_pages_are_checked(
    account: Account, parameters: dict[str, Any], code: str, message: str | None
) -> None:
    account.create()
    for call in (account.api.list_state_machines, account.api.list_activities):
        found = refused(lambda call=call: call(**parameters))
        assert found[0] == code
        assert message is None or found[1] == message
    found = refused(lambda: account.api.list_state_machine_versions(ARN, **parameters))
    assert found[0] == code


@pytest.mark.parametrize(
    ("operation", "arn", "why"),
    [
        ("describe_state_machine", "x", "Invalid ARN prefix: x"),
        ("describe_execution", "x", "Invalid ARN prefix: x"),
        ("describe_activity", "x", "Invalid ARN prefix: x"),
        ("delete_state_machine", "x", "Invalid ARN prefix: x"),
        ("list_executions", "x", "Invalid ARN prefix: x"),
        ("publish_state_machine_version", "x", "Invalid ARN prefix: x"),
        (
            "describe_execution",
            f"{PREFIX}:express:m:n:u",
            "Resource type not valid in this context: express",
        ),
        (
            "describe_state_machine",
            f"{PREFIX}:activity:a",
            "Resource type not valid in this context: activity",
        ),
    ],
)
def test_arns_are_checked(account: Account, operation: str, arn: str, why: str) -> None:
    call = getattr(account.api, operation)
    assert refused(lambda: call(arn)) == ("InvalidArn", f"Invalid Arn: '{why}'")


@pytest.mark.parametrize("name", ["a b", "a/b", "a<b", "a\n", "a\x7f", "a:b"])
def test_names_are_checked(account: Account, name: str) -> None:
    wanted = ("InvalidName", f"Invalid Name: '{name}'")
    assert refused(lambda: account.create(name=name)) == wanted
    assert refused(lambda: account.api.create_activity(name)) == wanted
    account.create()
    assert refused(lambda: account.api.start_execution(ARN, name)) == wanted


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Invalid execution input."),
        (
            "yes",
            "Unrecognized token 'yes': was expecting (JSON String, Number, Array, Object or "
            "token 'null', 'true' or 'false')",
        ),
        (
            "{'a': 1}",
            "Unexpected character (''' (code 39)): was expecting double-quote to start field name",
        ),
        (
            '{"a" 1}',
            "Unexpected character ('1' (code 49)): was expecting a colon to separate field name "
            "and value",
        ),
        (
            '{"a": 1 "b": 2}',
            "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries",
        ),
        (
            "[1 2]",
            "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries",
        ),
    ],
)
def test_a_bad_input_is_refused_as_jackson_would(account: Account, text: str, why: str) -> None:
    account.create()
    assert refused(lambda: account.api.start_execution(ARN, input=text)) == (
        "InvalidExecutionInput",
        f"Invalid State Machine Execution Input: '{why}'",
    )


# -- looking up what is started -------------------------------------------------------------------


def test_a_start_sees_this_process_s_update_at_once_and_others_within_a_second(
    account: Account,
) -> None:
    api = account.api
    text = {
        name: text_of({name: {"Type": "Pass", "End": True}}) for name in ("Old", "New", "Newer")
    }
    arn = api.create_state_machine("renewed", text["Old"], "role")["stateMachineArn"]

    def state_entered(name: str) -> str:
        started = api.start_execution(arn, name, "{}")["executionArn"]
        events = api.get_execution_history(started)["events"]
        return str(events[1]["stateEnteredEventDetails"]["name"])

    assert state_entered("one") == "Old"
    api.update_state_machine(arn, text["New"])
    assert state_entered("two") == "New"
    api._machines.update(arn, text["Newer"], "role", account.clock.now())  # another process
    account.clock.advance(1)
    assert state_entered("three") == "Newer"
    api.delete_state_machine(arn)
    assert refused(lambda: api.start_execution(arn, "four", "{}"))[0] == "StateMachineDoesNotExist"


# -- redrive --------------------------------------------------------------------------------------


def test_an_execution_is_redriven_and_tells_of_it(account: Account) -> None:
    account.create(WAIT)
    api, arn = account.api, account.api.start_execution(ARN, "n")["executionArn"]
    running = "Execution is RUNNING and cannot be redriven"
    assert refused(lambda: api.redrive_execution(arn)) == ("ExecutionNotRedrivable", running)
    assert api.describe_execution(arn)["redriveStatusReason"] == running
    api.stop_execution(arn)
    described = api.describe_execution(arn)
    assert (described["redriveCount"], described["redriveStatus"]) == (0, "REDRIVABLE")
    assert not {"redriveDate", "redriveStatusReason"} & described.keys()
    account.clock.advance(5)
    answer = api.redrive_execution(arn)
    described = api.describe_execution(arn)
    assert (described["status"], described["redriveCount"]) == ("RUNNING", 1)
    assert described["redriveDate"] == answer["redriveDate"] > described["startDate"]
    assert not {"stopDate", "error", "cause", "output"} & described.keys()
    listed = api.list_executions(ARN)["executions"][0]
    assert (listed["redriveCount"], listed["redriveDate"]) == (1, answer["redriveDate"])
    account.clock.advance(60)
    account.runner.fire_due()
    described = api.describe_execution(arn)
    assert (described["status"], described["redriveStatus"]) == ("SUCCEEDED", "NOT_REDRIVABLE")
    assert described["redriveStatusReason"] == "Execution is SUCCEEDED and cannot be redriven"
    events = api.get_execution_history(arn)["events"]
    assert [event["type"] for event in events] == [
        "ExecutionStarted",
        "WaitStateEntered",
        "ExecutionAborted",
        "ExecutionRedriven",
        "WaitStateExited",
        "ExecutionSucceeded",
    ]
    assert events[3]["executionRedrivenEventDetails"] == {"redriveCount": 1}


def test_the_same_redrive_twice_happens_once(account: Account) -> None:
    account.create(FAIL)
    api, arn = account.api, account.api.start_execution(ARN)["executionArn"]
    first = api.redrive_execution(arn, "token")
    account.clock.advance(60)
    assert api.redrive_execution(arn, "token") == first
    assert api.describe_execution(arn)["redriveCount"] == 1
    assert api.redrive_execution(arn, "another") != first
    assert api.describe_execution(arn)["redriveCount"] == 2
    account.clock.advance(14 * 24 * 3600 + 1)
    assert refused(lambda: api.redrive_execution(arn, "late")) == (
        "ExecutionNotRedrivable",
        "Execution redrivable period exceeded",
    )
    described = api.describe_execution(arn)
    assert described["redriveStatusReason"] == "Execution redrivable period exceeded"


def test_of_many_redrives_at_once_each_request_is_answered(account: Account) -> None:
    account.create(WAIT)
    api, arn = account.api, account.api.start_execution(ARN)["executionArn"]
    api.stop_execution(arn)

    def attempt(number: int) -> str:
        try:
            api.redrive_execution(arn, f"t{number}")
        except ApiError as error:
            return error.code
        return "redriven"

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(attempt, range(8)))
    assert sorted(answers) == ["ExecutionNotRedrivable"] * 7 + ["redriven"]
    assert api.describe_execution(arn)["redriveCount"] == 1


def test_a_redriven_task_has_a_new_token(account: Account) -> None:
    account.create({"T": TOKEN_TASK})
    api, arn = account.api, account.api.start_execution(ARN)["executionArn"]
    until(lambda: len(account.calls) == 1, "the task to be called", 20)
    api.stop_execution(arn)
    old = account.calls[0].token
    gone = ("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
    assert refused(lambda: api.send_task_success(old, "1")) == gone
    api.redrive_execution(arn)
    until(lambda: len(account.calls) == 2, "the task to be called again", 20)
    assert refused(lambda: api.send_task_success(old, "1")) == gone
    api.send_task_success(account.calls[1].token, "2")
    assert api.describe_execution(arn)["output"] == "2"


@pytest.mark.parametrize("token", ["", "a b", "x" * 65, "\u00e9"])
def test_client_tokens_are_checked(account: Account, token: str) -> None:
    account.create(FAIL)
    arn = account.api.start_execution(ARN)["executionArn"]
    code, message = refused(lambda: account.api.redrive_execution(arn, token))
    assert code == "ValidationException"
    assert f"Value '{token}' at 'clientToken'" in message
    assert account.api.describe_execution(arn)["redriveCount"] == 0


def test_what_does_not_exist_is_not_redriven(account: Account) -> None:
    api, arn = account.api, f"{PREFIX}:execution:m:n"
    assert refused(lambda: api.redrive_execution(arn))[0] == "ExecutionDoesNotExist"
    assert refused(lambda: api.redrive_execution(ARN))[0] == "InvalidArn"
    express = f"{PREFIX}:express:m:n:u"
    assert refused(lambda: api.redrive_execution(express))[0] == "InvalidArn"


def test_a_version_s_execution_says_so_from_its_first_event(account: Account) -> None:
    account.two_versions()
    account.alias(100)
    account.draws = [0.0]
    arn = account.api.start_execution(f"{ARN}:live")["executionArn"]
    details = account.api.get_execution_history(arn)["events"][0]["executionStartedEventDetails"]
    assert details["stateMachineVersionArn"] == f"{ARN}:1"
    assert details["stateMachineAliasArn"] == f"{ARN}:live"


def test_unknown_statuses_are_refused(account: Account) -> None:
    account.create()
    assert refused(lambda: account.api.list_executions(ARN, "succeeded")) == (
        "ValidationException",
        "1 validation error detected: Value 'succeeded' at 'statusFilter' failed to satisfy "
        "constraint: Member must satisfy enum value set: [SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, "
        "ABORTED, FAILED, RUNNING]",
    )


def test_a_trace_header_is_kept(account: Account) -> None:
    account.create(WAIT)
    arn = account.api.start_execution(ARN, traceHeader="Root=1-2-3")["executionArn"]
    assert account.api.describe_execution(arn)["traceHeader"] == "Root=1-2-3"
    assert refused(lambda: account.api.start_execution(ARN, traceHeader="x" * 257)) == (
        "ValidationException",
        f"1 validation error detected: Value '{'x' * 257}' at 'traceHeader' failed to satisfy "
        "constraint: Member must have length less than or equal to 256",
    )


def test_no_standard_execution_is_waited_for(account: Account) -> None:
    account.create()
    assert refused(lambda: account.api.start_sync_execution(ARN)) == (
        "StateMachineTypeNotSupported",
        "This operation is not supported by this type of state machine",
    )


def test_no_more_findings_than_asked_for(account: Account) -> None:
    broken = text_of({name: {"Type": "Nonsense"} for name in "ABC"})
    check = account.api.validate_state_machine_definition
    found = check(broken)
    assert (found["result"], found["truncated"]) == ("FAIL", False)
    assert len(found["diagnostics"]) > 1
    cut = check(broken, maxResults=1)
    assert (cut["diagnostics"], cut["truncated"]) == (found["diagnostics"][:1], True)
    assert check(text_of(SUCCEED)) == {"result": "OK", "diagnostics": [], "truncated": False}


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_what_cannot_be_stored_is_refused(account: Account, text: str) -> None:
    account.create(publish=True)
    api = account.api
    calls: list[Callable[[], Any]] = [
        lambda: api.tag_resource(ARN, [{"key": "k", "value": text}]),
        lambda: api.update_state_machine(ARN, roleArn=text),
        lambda: api.publish_state_machine_version(ARN, description=text),
        lambda: account.alias(100, text=text),
        lambda: api.describe_state_machine(ARN + text),
        lambda: api.describe_execution(f"{PREFIX}:execution:m:{text}"),
    ]
    assert {refused(call)[0] for call in calls} == {"ValidationException", "InvalidArn"}
