"""Services that need no database: event patterns, schedules, keys, objects, mail, functions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ParamValidationError

from asl.memory import ManualClock
from localcloud.boto import Plug
from localcloud.calls import running
from localcloud.errors import AwsError
from localcloud.functions import Function, LambdaHost
from localcloud.services.event_rules import Rule, Target
from localcloud.services.events import Events
from localcloud.services.keys import Kms, Parameters
from localcloud.services.mail import Ses
from localcloud.services.objects import S3
from localcloud.services.sns import Sns, Subscription


def test_put_events_reaches_matching_targets_and_reports_malformed_ones() -> None:
    delivered: list[Any] = []
    bus = Events(
        lambda target, texts: delivered.extend((target, t) for t in texts), ManualClock(), "1", "r"
    )
    bus.add(Rule("r", {"source": ["shop"]}, (Target("arn:x"),)))
    answer = bus.put_events(
        [
            {"Source": "shop", "DetailType": "sold", "Detail": '{"n":1}'},
            {"Source": "other", "DetailType": "sold", "Detail": "{}"},
            {"Source": "shop", "DetailType": "sold", "Detail": "["},
        ]
    )
    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][2]["ErrorCode"] == "MalformedDetail"
    (target, text), *others = delivered
    assert not others
    event = json.loads(text)
    assert (target, event["detail-type"], event["detail"]) == ("arn:x", "sold", {"n": 1})


def test_kms_needs_the_same_context_and_key(tmp_path: Path) -> None:
    kms = Kms(tmp_path / "key", "1", "r")
    data = kms.generate_data_key("alias/x", {"a": "b"})
    again = Kms(tmp_path / "key", "1", "r")
    assert again.decrypt(data["CiphertextBlob"], {"a": "b"})["Plaintext"] == data["Plaintext"]
    for context in (None, {"a": "c"}):
        with pytest.raises(AwsError, match="invalid"):
            again.decrypt(data["CiphertextBlob"], context)
    with pytest.raises(AwsError):
        Kms(tmp_path / "other", "1", "r").decrypt(data["CiphertextBlob"], {"a": "b"})
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0


def test_objects(tmp_path: Path) -> None:
    s3 = S3(tmp_path)
    s3.add("b")
    for key in ("a/1", "a/2", "../escape", "ü"):
        s3.put_object("b", key, f"<{key}>".encode(), Metadata={"k": "v"})
    assert s3.get_object("b", "../escape")["Body"].read() == b"<../escape>"
    assert s3.head_object("b", "ü")["Metadata"] == {"k": "v"}
    page = s3.list_objects_v2("b", Prefix="a/", MaxKeys=1)
    assert [item["Key"] for item in page["Contents"]] == ["a/1"]
    rest = s3.list_objects_v2("b", Prefix="a/", ContinuationToken=page["NextContinuationToken"])
    assert [item["Key"] for item in rest["Contents"]] == ["a/2"]
    s3.delete_object("b", "a/1")
    for call in (lambda: s3.get_object("b", "a/1"), lambda: s3.put_object("none", "k")):
        with pytest.raises(AwsError, match=r"does not exist"):
            call()
    assert not list(tmp_path.parent.glob("escape*"))


def test_mail_is_kept(tmp_path: Path) -> None:
    ses = Ses(tmp_path, ManualClock())
    message = {
        "Subject": {"Data": "Hallo ü"},
        "Body": {"Text": {"Data": "t"}, "Html": {"Data": "<p>"}},
    }
    ses.send_email("a@x", {"ToAddresses": ["b@x"]}, {"Simple": message})
    (kept,) = tmp_path.glob("*.eml")
    assert b"text/html" in kept.read_bytes()
    message["Subject"]["Data"] = "two\nlines"
    with pytest.raises(AwsError):
        ses.send_email("a@x", {"ToAddresses": ["b@x"]}, {"Simple": message})


def test_a_raw_mail_is_kept_as_it_is_and_its_events_come_together(tmp_path: Path) -> None:
    told: list[tuple[str, Any]] = []
    ses = Ses(tmp_path, ManualClock(), publish=lambda *news: told.append(news))
    ses.add_destination("set", "arn:t")
    raw = b"From: a@x\r\nSubject: =?utf-8?q?=C3=BC?=\r\n\r\n  kept  \r\n"
    content = {"Raw": {"Data": raw}}
    ses.send_email("a@x", {"ToAddresses": ["b@x"]}, content, "set")
    assert [file.read_bytes() for file in tmp_path.glob("*.eml")] == [raw]
    ((topic, events),) = told
    assert topic == "arn:t"
    assert [json.loads(event)["eventType"] for event in events] == ["Send", "Delivery"]
    with pytest.raises(AwsError, match="From"):
        ses.send_email("a@x", {"ToAddresses": ["b@x"]}, {"Raw": {"Data": b"To: b@x\r\n\r\nt"}})


def test_topics_filter_and_wrap() -> None:
    delivered: list[Any] = []
    sns = Sns(lambda target, texts: delivered.append((target, texts[0])), ManualClock())
    sns.add_topic("arn:t")
    sns.subscribe(Subscription("arn:t", "arn:raw", raw=True))
    sns.subscribe(Subscription("arn:t", "arn:only", filter_policy={"kind": ["sms"]}))
    sns.publish(
        "one", "arn:t", MessageAttributes={"kind": {"DataType": "String", "StringValue": "sms"}}
    )
    sns.publish("two", "arn:t")
    assert [(t, x) for t, x in delivered if t == "arn:raw"] == [
        ("arn:raw", "one"),
        ("arn:raw", "two"),
    ]
    ((_, wrapped),) = [item for item in delivered if item[0] == "arn:only"]
    assert json.loads(wrapped)["Message"] == "one"
    with pytest.raises(AwsError, match="Topic does not exist"):
        sns.publish("x", "arn:none")


def sample(event: Any, context: Any) -> Any:
    """A function of the tests."""
    match event.get("do"):
        case "fail":
            raise ValueError("broken")
        case "hang":
            HANG.wait(5)
        case "large":
            return "x" * 6_291_457
        case "context":
            return [context.function_name, context.get_remaining_time_in_millis() > 0]
    return event


import threading  # noqa: E402

HANG = threading.Event()


@pytest.fixture
def host() -> LambdaHost:
    made = LambdaHost()
    made.add(Function("f", "arn:aws:lambda:r:1:function:f", __name__, "sample", 0.2, 128))
    return made


def test_each_invocation_is_announced(host: LambdaHost) -> None:
    begun: list[str] = []
    host.begin = lambda: begun.append(running.get())
    for _ in range(2):
        host.invoke("f", b"{}")
    assert begun == ["f", "f"]


def test_functions_have_lambdas_semantics(host: LambdaHost) -> None:
    def invoke(value: Any) -> tuple[Any, str | None]:
        outcome = host.invoke("arn:aws:lambda:r:1:function:f:live", json.dumps(value).encode())
        return json.loads(outcome.payload), outcome.error

    assert invoke({"a": 1}) == ({"a": 1}, None)
    assert invoke({"do": "context"}) == (["f", True], None)
    failure, kind = invoke({"do": "fail"})
    assert (failure["errorType"], failure["errorMessage"], kind) == (
        "ValueError",
        "broken",
        "Unhandled",
    )
    late, kind = invoke({"do": "hang"})
    HANG.set()
    assert kind == "Unhandled"
    assert late["errorType"] == "Sandbox.Timedout"
    assert "Task timed out after 0.20 seconds" in late["errorMessage"]
    assert invoke({"do": "large"})[0]["errorType"] == "Function.ResponseSizeTooLarge"
    with pytest.raises(AwsError, match="Function not found"):
        host.invoke("g", b"{}")
    with pytest.raises(AwsError, match="Request must be smaller"):
        host.invoke("f", b" " * 6_291_457)


def test_boto3_calls_land_here_with_awss_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)

    def get_queue_url(QueueName: str) -> dict[str, Any]:
        return {"QueueUrl": f"https://{QueueName}"}

    def decrypt(CiphertextBlob: bytes) -> dict[str, Any]:
        raise AwsError("InvalidCiphertextException", "broken")

    services = {"sqs": {"GetQueueUrl": get_queue_url}, "kms": {"Decrypt": decrypt}}
    Plug(services, "us-east-1").install()
    sqs = boto3.client("sqs")
    assert sqs.get_queue_url(QueueName="q")["QueueUrl"] == "https://q"
    kms = boto3.client("kms")
    with pytest.raises(kms.exceptions.InvalidCiphertextException):
        kms.decrypt(CiphertextBlob=b"x")
    with pytest.raises(ParamValidationError):
        sqs.get_queue_url(QueueName=1)
    with pytest.raises(ClientError, match="does not support sqs:PurgeQueue"):
        sqs.purge_queue(QueueUrl="https://q")


def test_a_parameter_with_levels_is_named_from_the_root() -> None:
    parameters: Any = Parameters(None)  # type: ignore[arg-type]
    with pytest.raises(AwsError, match="fully qualified"):
        parameters.put_parameter("a/b", "x")
