"""Every call to AWS: throttled, denied, refused, not found, in pages; and against moto as it is.

The errors are put in where botocore would send the request, so no attempt is waited for.
"""

from __future__ import annotations

import importlib
import inspect
import io
import json
import pkgutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import GeneratorType, SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from statewright import aws
from statewright.aws import (
    clients,
    events,
    functions,
    kms,
    logs,
    mail,
    objects,
    parameters,
    queues,
    schedules,
    secrets,
    sockets,
    states,
    topics,
)
from statewright.errors import (
    ConflictError,
    GoneError,
    InvalidError,
    NotFoundError,
    StatewrightError,
    UnavailableError,
)
from statewright.logs import within
from statewright.settings import Settings

ARN = "arn:aws:states:us-east-1:123456789012:execution:m:e"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
RULE = events.Rule(
    "r-1", {"source": ["s"]}, QUEUE, f"{QUEUE}-dead", "<aws.events.event.json>", "", enabled=True
)
SCHEDULE = schedules.Schedule(
    "s-1", "rate(1 hour)", "UTC", QUEUE, f"{QUEUE}-dead", "{}", enabled=True
)
CALLS: dict[str, Callable[[], Any]] = {
    "events.publish": lambda: events.publish([events.Event("w", "t", "1")]),
    "events.put_rule": lambda: events.put_rule(RULE),
    "events.delete_rule": lambda: events.delete_rule("r"),
    "events.rule_names": lambda: events.rule_names("r"),
    "functions.start": lambda: functions.start("f", {}),
    "functions.call": lambda: functions.call("f", {}),
    "kms.create_signing_key": kms.create_signing_key,
    "kms.public_key": lambda: kms.public_key("k"),
    "kms.sign": lambda: kms.sign("k", b"m"),
    "kms.schedule_deletion": lambda: kms.schedule_deletion("k"),
    "kms.seal": lambda: kms.seal("t", "p"),
    "kms.unseal": lambda: kms.unseal(b"s", "p"),
    "kms.new_data_key": lambda: kms.new_data_key({"a": "b"}),
    "kms.open_data_key": lambda: kms.open_data_key(b"s", {"a": "b"}),
    "logs.pages": lambda: logs.pages("g", datetime.now(UTC), datetime.now(UTC)),
    "mail.send": lambda: mail.send(["a@example.com"], "s", "t"),
    "mail.send_raw": lambda: mail.send_raw(["a@example.com"], b"m", {}),
    "objects.head": lambda: objects.head("k"),
    "objects.reading": lambda: objects.reading("k").__enter__(),
    "objects.copy": lambda: objects.copy("k", "l"),
    "objects.delete": lambda: objects.delete("k"),
    "objects.put": lambda: objects.put("k", b"c", "text/plain", if_match="e"),
    "objects.download": lambda: objects.download("k", io.BytesIO(), 9),
    "parameters.text": lambda: parameters.text("n"),
    "queues.send": lambda: queues.send("https://sqs.us-east-1.amazonaws.com/1/q", "t"),
    "schedules.put": lambda: schedules.put(SCHEDULE),
    "schedules.delete": lambda: schedules.delete("s"),
    "schedules.names": lambda: schedules.names("s"),
    "secrets.secret_text": lambda: secrets.secret_text("s"),
    "secrets.fresh_text": lambda: secrets.fresh_text("s"),
    "sockets.post": lambda: sockets.post("c", b"d"),
    "states.put_machine": lambda: states.put_machine(ARN, "n", "{}", "r"),
    "states.point_alias": lambda: states.point_alias(f"{ARN}:1", "live"),
    "states.withdraw_alias": lambda: states.withdraw_alias(ARN, "live"),
    "states.start_sync": lambda: states.start_sync(ARN, "n", "{}"),
    "states.start": lambda: states.start(ARN, "n", "{}"),
    "states.describe": lambda: states.describe(ARN),
    "states.history": lambda: states.history(ARN),
    "states.has_news": lambda: states.has_news(ARN, 0),
    "states.redrive": lambda: states.redrive(ARN),
    "states.find_map_run": lambda: states.find_map_run(ARN, "i"),
    "states.map_run_items": lambda: states.map_run_items(ARN, None, 1),
    "states.stop": lambda: states.stop(ARN, "e", "c"),
    "states.stop_if_running": lambda: states.stop_if_running(ARN, "e", "c"),
    "states.create_machine": lambda: states.create_machine("n", "{}", "r"),
    "states.test_state": lambda: states.test_state("{}", "r", {}, None),
    "states.delete_machine": lambda: states.delete_machine(ARN),
    "states.succeed_task": lambda: states.succeed_task("t", {}),
    "states.fail_task": lambda: states.fail_task("t", "e", "c"),
    "topics.publish": lambda: topics.publish("arn:t", [topics.Message("t", {})]),
}
OFFLINE = {"objects.presigned_put", "objects.link"}
"""What signs and calls nobody."""
THROTTLED = [
    ("ThrottlingException", 400),
    ("Throttling", 400),
    ("TooManyRequestsException", 429),
    ("SlowDown", 503),
    ("RequestThrottled", 403),
    ("KMSInternalException", 500),
    ("InternalServiceError", 500),
]


class Wire:
    """Answers in the place of AWS, call by call; the last answer stays. Without any, moto's."""

    def __init__(self) -> None:
        self.answers: list[dict[str, Any] | tuple[str, int]] = []
        self.called: list[str] = []

    def send(self, model: Any, **_: Any) -> tuple[SimpleNamespace, dict[str, Any]] | None:
        if not self.answers:
            return None
        self.called.append(model.name)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(found, dict):
            return SimpleNamespace(status_code=200, headers={}), found
        code, status = found
        error = {"Error": {"Code": code, "Message": "m"}}
        meta = {"ResponseMetadata": {"HTTPStatusCode": status}}
        return SimpleNamespace(status_code=status, headers={}), {**error, **meta}


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    """Clients of an account that nobody has, kept for the whole module."""
    found, make = Wire(), boto3.client

    def client(*arguments: Any, **options: Any) -> Any:
        made = make(*arguments, **options)
        made.meta.events.register_first("before-call.*.*", found.send)
        return made

    caches = (clients.client, clients.patient_client)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "x")
        patch.setattr(boto3, "client", client)
        for cache in caches:
            cache.cache_clear()
        yield found
        for cache in caches:
            cache.cache_clear()


@pytest.fixture(autouse=True)
def account(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    chosen = Settings(account="123456789012", live_endpoint="https://live.example")
    for module in (clients, events, kms, mail, objects, schedules, sockets):
        monkeypatch.setattr(module, "settings", lambda: chosen)
    secrets.secret_text.cache_clear()
    yield
    wire.answers, wire.called = [], []
    secrets.secret_text.cache_clear()


@pytest.fixture
def answer(wire: Wire) -> Callable[..., list[str]]:
    """Lets AWS answer so; gives the list of the operations that are called."""

    def prepare(*answers: dict[str, Any] | tuple[str, int]) -> list[str]:
        wire.answers = list(answers)
        return wire.called

    return prepare


@pytest.fixture
def moto() -> Iterator[None]:
    with mock_aws():
        yield


def run(name: str) -> Any:
    found = CALLS[name]()
    return list(found) if isinstance(found, GeneratorType) else found


def test_every_function_that_calls_aws_is_tried() -> None:
    found = set()
    for info in pkgutil.iter_modules(aws.__path__):
        module = importlib.import_module(f"statewright.aws.{info.name}")
        for name, value in vars(module).items():
            own = getattr(value, "__module__", None) == module.__name__
            if own and callable(value) and not name.startswith("_") and not inspect.isclass(value):
                found.add(f"{info.name}.{name}")
    ours = {name for name in found if name.partition(".")[0] not in {"clients", "envelope"}}
    assert ours == CALLS.keys() | OFFLINE


@pytest.mark.parametrize("name", CALLS)
def test_throttling_is_for_later(name: str, answer: Callable[..., list[str]]) -> None:
    called = answer(("ThrottlingException", 400))
    with pytest.raises(UnavailableError):
        run(name)
    assert len(called) == 1


@pytest.mark.parametrize(("code", "status"), THROTTLED)
def test_whatever_a_service_calls_it(code: str, status: int) -> None:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    with pytest.raises(UnavailableError), clients.mapped("It"):
        raise ClientError(answer, "Call")


@pytest.mark.parametrize("name", CALLS)
def test_what_is_denied_is_our_fault_and_told(name: str, answer: Callable[..., list[str]]) -> None:
    answer(("AccessDeniedException", 400))
    with pytest.raises(ClientError, match="AccessDenied"):
        run(name)


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        ("events.put_rule", "InvalidEventPatternException", InvalidError),
        ("events.put_rule", "LimitExceededException", ConflictError),
        ("events.delete_rule", "ResourceNotFoundException", None),
        ("kms.open_data_key", "InvalidCiphertextException", kms.WrongKeyError),
        ("kms.open_data_key", "IncorrectKeyException", kms.WrongKeyError),
        ("mail.send", "MessageRejected", InvalidError),
        ("mail.send_raw", "BadRequestException", InvalidError),
        ("objects.head", "404", NotFoundError),
        ("objects.download", "NoSuchKey", NotFoundError),
        ("objects.reading", "NoSuchKey", NotFoundError),
        ("objects.copy", "NoSuchKey", NotFoundError),
        ("objects.put", "PreconditionFailed", ConflictError),
        ("schedules.put", "ValidationException", InvalidError),
        ("schedules.put", "ServiceQuotaExceededException", ConflictError),
        ("schedules.delete", "ResourceNotFoundException", None),
        ("sockets.post", "GoneException", False),
        ("states.put_machine", "InvalidDefinition", InvalidError),
        ("states.create_machine", "InvalidDefinition", InvalidError),
        ("states.withdraw_alias", "ResourceNotFound", None),
        ("states.start", "ExecutionAlreadyExists", False),
        ("states.start", "InvalidExecutionInput", InvalidError),
        ("states.start", "StateMachineDoesNotExist", NotFoundError),
        ("states.start_sync", "StateMachineDoesNotExist", NotFoundError),
        ("states.describe", "ExecutionDoesNotExist", NotFoundError),
        ("states.history", "ExecutionDoesNotExist", NotFoundError),
        ("states.has_news", "InvalidArn", NotFoundError),
        ("states.redrive", "ExecutionNotRedrivable", ConflictError),
        ("states.stop", "ValidationException", ConflictError),
        ("states.stop_if_running", "ExecutionDoesNotExist", None),
        ("states.test_state", "ValidationException", ConflictError),
        ("states.succeed_task", "TaskTimedOut", GoneError),
        ("states.fail_task", "InvalidToken", GoneError),
    ],
)
def test_refusals_become_what_they_mean(
    name: str, code: str, expected: Any, answer: Callable[..., list[str]]
) -> None:
    answer((code, 400))
    if inspect.isclass(expected) and issubclass(expected, Exception):
        with pytest.raises(expected) as caught:
            run(name)
        assert not isinstance(caught.value, StatewrightError) or caught.value.detail
    else:
        assert run(name) is expected


def test_what_one_call_did_not_take_is_for_later(answer: Callable[..., list[str]]) -> None:
    answer({"FailedEntryCount": 1, "Failed": [{"Id": "0"}]})
    for name in ("events.publish", "topics.publish"):
        with pytest.raises(UnavailableError):
            run(name)


def test_pages_are_read_to_the_last(answer: Callable[..., list[str]]) -> None:
    called = answer(
        {"Rules": [{"Name": "a"}], "NextToken": "t"}, {"Rules": [{"Name": "b"}]},
        {"Schedules": [{"Name": "a"}], "NextToken": "t"}, {"Schedules": [{"Name": "b"}]},
        {"events": [{"id": 1}, {"id": 2}], "nextToken": "t"}, {"events": [{"id": 3}]},
        {"mapRuns": [], "nextToken": "t"}, {"mapRuns": [{"mapRunArn": "x:i"}]}, {"status": "RUNNING"},
        {"events": [{"message": "a"}], "nextToken": "t"}, {"events": [{"message": "b"}]},
    )  # fmt: skip
    assert run("events.rule_names") == ["a", "b"]
    assert run("schedules.names") == ["a", "b"]
    assert [event["id"] for event in states.history(ARN, after=1)] == [2, 3]
    assert run("states.find_map_run") == {"status": "RUNNING"}
    assert run("logs.pages") == [["a"], ["b"]]
    assert len(called) == 11


# -- moto as it is ------------------------------------------------------------------------------


@pytest.mark.usefixtures("moto")
def test_rules_and_schedules_are_made_changed_and_removed() -> None:
    clients.client("scheduler").create_schedule_group(Name="statewright-triggers")
    for _ in range(2):  # the second time they are there already
        events.put_rule(RULE)
        schedules.put(SCHEDULE)
    assert run("events.rule_names") == ["r-1"]
    assert run("schedules.names") == ["s-1"]
    events.delete_rule("r-1")
    schedules.delete("s-1")
    events.delete_rule("r-1")
    schedules.delete("s-1")
    assert run("events.rule_names") == run("schedules.names") == []


@pytest.mark.usefixtures("moto")
def test_a_sealed_secret_opens_for_its_purpose_only(monkeypatch: pytest.MonkeyPatch) -> None:
    key = clients.client("kms").create_key()["KeyMetadata"]["Arn"]
    monkeypatch.setattr(kms, "settings", lambda: Settings(data_key_arn=key))
    sealed = kms.seal("secret", "one")
    assert kms.unseal(sealed, "one") == "secret"
    with pytest.raises(ClientError, match="InvalidCiphertext"):
        kms.unseal(sealed, "other")
    plain, wrapped = kms.new_data_key({"connection": "1"})
    assert kms.open_data_key(wrapped, {"connection": "1"}) == plain
    with pytest.raises(kms.WrongKeyError):
        kms.open_data_key(wrapped, {"connection": "2"})


@pytest.mark.usefixtures("moto")
def test_files_are_kept_replaced_and_removed() -> None:
    clients.client("s3").create_bucket(Bucket="filesbucket")
    etag = objects.put("k", b"one", "text/plain")
    facts = objects.head("k")
    assert (facts.size, facts.content_type, facts.etag) == (3, "text/plain", etag)
    with objects.reading("k") as (found, body):
        assert (found, body.read()) == (facts, b"one")
    objects.copy("k", "l")
    assert objects.head("l").etag == etag
    target = io.BytesIO()
    assert objects.download("k", target, 3) == etag
    assert target.getvalue() == b"one"
    with pytest.raises(ConflictError, match="more than 2 bytes"):
        objects.download("k", io.BytesIO(), 2)
    objects.delete("k")
    with pytest.raises(NotFoundError):
        objects.head("k")


@pytest.mark.usefixtures("moto")
def test_messages_reach_a_queue_by_a_topic_in_batches() -> None:
    url = clients.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    topic = clients.client("sns").create_topic(Name="t")["TopicArn"]
    clients.client("sns").subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=QUEUE, Attributes={"RawMessageDelivery": "true"}
    )
    topics.publish(topic, [topics.Message(str(n), {"channel": "sms"}) for n in range(25)])
    queues.send(url, "direct")
    with within(correlation_id="c"):
        queues.send(url, "caused")
    found = set()
    for _ in range(4):
        page = clients.client("sqs").receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )
        found |= {(one["Body"], *map(_text, one.get("MessageAttributes", {}).items())) for one in page.get("Messages", [])}  # fmt: skip
    others = {(str(n), "channel sms") for n in range(25)}
    assert found == {("direct",), ("caused", "correlation_id c"), *others}


def _text(attribute: tuple[str, dict[str, Any]]) -> str:
    name, value = attribute
    return f"{name} {value['StringValue']}"


@pytest.mark.usefixtures("moto")
def test_secrets_and_parameters_are_read() -> None:
    clients.client("secretsmanager").create_secret(Name="s", SecretString="one")
    clients.client("ssm").put_parameter(Name="n", Value="two", Type="SecureString")
    assert secrets.secret_text("s") == "one"
    clients.client("secretsmanager").put_secret_value(SecretId="s", SecretString="three")
    assert (secrets.secret_text("s"), secrets.fresh_text("s")) == ("one", "three")
    assert parameters.text("n") == "two"
    clients.client("ssm").put_parameter(Name="/a/b", Value="three", Type="SecureString")
    assert parameters.text("a/b") == parameters.text("/a/b") == "three"
    with pytest.raises(ClientError, match="ResourceNotFound"):
        secrets.fresh_text("other")


@pytest.mark.usefixtures("moto")
def test_machines_are_made_started_once_and_stopped() -> None:
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    machine = states.create_machine("m", definition, "arn:aws:iam::123456789012:role/r")
    assert states.start(machine, "e", '{"n": 1}')
    execution = machine.replace("stateMachine", "execution") + ":e"
    assert states.describe(execution)["input"] == {"n": 1}
    states.stop_if_running(execution, "E", "c")
    with pytest.raises(NotFoundError):
        states.describe(f"{execution}-other")
