"""The process in which functions take queues' messages: its calls, its death, its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

from asl.errors import UnavailableError
from localcloud.clock import SystemClock
from localcloud.errors import AwsError
from localcloud.feeding_process import FeedingProcess
from localcloud.functions import Function
from localcloud.link import OWN, Setting
from localcloud.services import feeding
from localcloud.services.sqs import Sqs
from tests.support.server import until

HANDLERS = """
import os, boto3
from botocore.exceptions import ClientError

def take(event, context):
    for record in event["Records"]:
        body = record["body"]
        try:
            boto3.client("sns").publish(TopicArn=f"arn:{os.getpid()}", Message=body)
        except ClientError as error:
            told = error.response["Error"]
            again = f"{told['Code']}: {told['Message']}"
            boto3.client("sns").publish(TopicArn="arn:caught", Message=again)

def keep(event, context):
    for record in event["Records"]:
        boto3.client("s3").put_object(Bucket="files", Key=record["body"], Body=b"kept")
"""
FUNCTIONS = [
    Function(name, f"arn:aws:lambda:r:1:function:{name}", "handlers", name, 30, 128)
    for name in ("take", "keep")
]


class First:
    """What the serving process performs for the other one."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Mapping[str, Any]]] = []
        self.failures: dict[str, Exception] = {}
        self.held = threading.Event()
        self.released = threading.Event()

    def perform(self, service: str, operation: str, parameters: Mapping[str, Any]) -> Any:
        """Notes what is asked for; waits, or fails, where the message says so."""
        self.asked.append((service, operation, parameters))
        message = str(parameters.get("Message"))
        if message == "hold":
            self.held.set()
            self.released.wait(60)
        if failure := self.failures.get(message):
            raise failure
        return {"MessageId": "1"}

    def messages(self) -> list[str]:
        """The messages that were published."""
        return [p["Message"] for _, operation, p in self.asked if operation == "Publish"]

    def pid(self) -> int:
        """The other process, which has published something."""
        topics = [p["TopicArn"] for _, operation, p in self.asked if operation == "Publish"]
        return int(topics[-1].rsplit(":", 1)[1])


@pytest.fixture
def setting(tmp_path: Path, database: str) -> Setting:
    (tmp_path / "handlers.py").write_text(HANDLERS)
    return Setting(
        dict(os.environ),
        str(tmp_path),
        database,
        FUNCTIONS,
        ["files"],
        tmp_path / "objects",
        "1",
        "us-east-1",
        "secret",
        "",
        None,
        None,
    )


@pytest.fixture
def first() -> Iterator[First]:
    made = First()
    yield made
    made.released.set()


@pytest.fixture
def process(setting: Setting, first: First, queues: Any) -> Iterator[FeedingProcess]:
    made = FeedingProcess()
    made.open(setting, first.perform)
    yield made
    made.close()


@pytest.fixture
def queues(pool: Any) -> Any:
    """The tables, made before a process reads them."""
    import localcloud

    with pool.connection() as connection:
        schema = Path(localcloud.__file__).with_name("schema.sql").read_text()
        connection.execute(schema.encode())
    return pool


def fed(process: FeedingProcess, pool: Any, function: str = "take") -> Sqs:
    """A queue that the process feeds a function from, a message at a time."""
    sqs = Sqs(pool, SystemClock(), process)
    sqs.add(feeding.Queue("q", "arn:aws:sqs:r:1:q", "https://sqs/q"))
    sqs.map(feeding.Mapping("q", function, batch_size=1))
    return sqs


def test_functions_run_there_and_their_calls_come_back(
    process: FeedingProcess, first: First, pool: Any
) -> None:
    sqs = fed(process, pool)
    sqs.send(sqs.find("q"), ["a", "b"])
    until(lambda: sorted(first.messages()) == ["a", "b"], "both messages")
    assert first.pid() != os.getpid()
    until(lambda: (OWN, "watch") in [call[:2] for call in first.asked], "the invocation's count")
    there = first.pid()
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(there, number)  # as whoever ends all processes of a service does
    sqs.send(sqs.find("q"), ["c"])
    until(lambda: "c" in first.messages(), "a message after the signals")
    assert first.pid() == there


@pytest.mark.parametrize(
    ("failure", "caught"),
    [
        (AwsError("NotFound", "No such topic", 404), "NotFound: No such topic"),
        (UnavailableError("The database cannot be used."), "ServiceUnavailable: The database"),
        (ValueError("broken"), "InternalFailure: broken"),
    ],
)
def test_errors_reach_the_function_as_botos(
    process: FeedingProcess, first: First, pool: Any, failure: Exception, caught: str
) -> None:
    first.failures["bad"] = failure
    sqs = fed(process, pool)
    sqs.send(sqs.find("q"), ["bad"])
    until(lambda: len(first.messages()) == 2, "what the function caught")
    assert first.messages()[1].startswith(caught)


def test_objects_are_written_there_and_announced_here(
    process: FeedingProcess, first: First, pool: Any, tmp_path: Path
) -> None:
    sqs = fed(process, pool, "keep")
    sqs.send(sqs.find("q"), ["some/key"])
    until(lambda: (OWN, "announce") in [call[:2] for call in first.asked], "the announcement")
    assert any(file.name.startswith("some") for file in (tmp_path / "objects").rglob("*.object"))


def test_another_takes_what_a_killed_one_had(
    process: FeedingProcess, first: First, pool: Any
) -> None:
    sqs = fed(process, pool)
    sqs.send(sqs.find("q"), ["hold"])
    assert first.held.wait(60)
    killed = first.pid()
    os.kill(killed, signal.SIGKILL)
    until(lambda: len(first.messages()) == 2, "the message to come again")
    assert first.messages() == ["hold", "hold"]
    assert first.pid() != killed
    first.released.set()
    sqs.send(sqs.find("q"), ["later"])
    until(lambda: first.messages()[-1] == "later", "the next message")


def test_it_ends_after_the_batch_under_way(
    process: FeedingProcess, first: First, pool: Any
) -> None:
    sqs = fed(process, pool)
    sqs.send(sqs.find("q"), ["hold", "left"])
    assert first.held.wait(60)
    closing = threading.Thread(target=process.close)
    closing.start()
    first.released.set()
    closing.join(60)
    assert first.messages() == ["hold"]
    left = sqs.get_queue_attributes("q")["Attributes"]["ApproximateNumberOfMessages"]
    assert left == "1", "what was under way is done, what was not is left"


def test_a_function_of_another_stack_is_asked_for_here(
    process: FeedingProcess, first: First, pool: Any
) -> None:
    sqs = fed(process, pool, "elsewhere")
    sqs.send(sqs.find("q"), ["for it"])
    found = until(lambda: [call for call in first.asked if call[0] == "lambda"], "the call")
    assert found[0][1] == "Invoke"
    assert found[0][2]["FunctionName"] == "elsewhere"


ALONE = """
import os, signal
from localcloud.feeding_process import FeedingProcess
made = FeedingProcess()
print(made._process.pid, flush=True)
signal.pause()
"""


def test_it_ends_with_the_process_that_started_it() -> None:
    command = [sys.executable, "-c", ALONE]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.communicate()
    child.wait(60)
