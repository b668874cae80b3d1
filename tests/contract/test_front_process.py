"""The process that answers requests: its calls, its counts, its death, its end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from asl.errors import UnavailableError
from localcloud.errors import AwsError
from localcloud.front_process import FrontProcess, Setting
from localcloud.functions import Function
from localcloud.link import OWN
from tests.support.server import until

HANDLERS = """
import json, os, boto3
from botocore.exceptions import ClientError

def ask(event, context):
    wanted = event["queryStringParameters"]["say"]
    try:
        boto3.client("sns").publish(TopicArn="arn:t", Message=wanted)
    except ClientError as error:
        return {"statusCode": 503, "headers": {}, "body": json.dumps(error.response["Error"])}
    return {"statusCode": 200, "headers": {}, "body": str(os.getpid())}

def keep(event, context):
    boto3.client("s3").put_object(Bucket="files", Key="some/key", Body=event["body"])
    return {"statusCode": 200, "headers": {}, "body": ""}
"""


def route(function: str) -> dict[str, Any]:
    return {
        "x-amazon-apigateway-integration": {
            "uri": f"arn:aws:apigateway:r:lambda:path/2015-03-31/functions/arn:aws:lambda:r:1:function:{function}/invocations"
        }
    }


PROBLEM = {"statusCode": 500, "responseTemplates": {"application/problem+json": "{}"}}
API = {
    "AccessLogSetting": {"DestinationArn": "arn:aws:logs:r:1:log-group:calls", "Format": "$context.status"},
    "DefinitionBody": {
        "paths": {"/ask": {"get": route("ask")}, "/keep": {"post": route("keep")}},
        "components": {"securitySchemes": {"token": {"x-amazon-apigateway-authorizer": {
            "authorizerUri": route("ask")["x-amazon-apigateway-integration"]["uri"],
            "authorizerResultTtlInSeconds": 0,
        }}}},
        "x-amazon-apigateway-gateway-responses": {
            "DEFAULT_5XX": PROBLEM,
            "MISSING_AUTHENTICATION_TOKEN": {**PROBLEM, "statusCode": 404},
        },
    },
}  # fmt: skip


class First:
    """What the other process performs for it."""

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
        return (b"text", "text/plain") if operation == "metrics" else {"MessageId": "1"}

    def told(self, operation: str) -> list[Any]:
        """What the process has told of itself."""
        own = [call for call in self.asked if call[:2] == (OWN, operation)]
        return [parameters["arguments"] for _, _, parameters in own]


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    (tmp_path / "handlers.py").write_text(HANDLERS)
    arn = "arn:aws:lambda:r:1:function:"
    return Setting(
        environment=dict(os.environ),
        root=str(tmp_path),
        functions=[Function(n, f"{arn}{n}", "handlers", n, 30, 128) for n in ("ask", "keep")],
        api=API,
        sockets=[],
        buckets=["files"],
        objects=tmp_path / "objects",
        account="1",
        region="us-east-1",
        secret="secret",
        s3_url="http://localhost:1/_s3",
        keep_policies=None,
        record_calls=None,
        forgetting=None,
        console=None,
        hosts=["localhost"],
    )


@pytest.fixture
def first() -> Iterator[First]:
    made = First()
    yield made
    made.released.set()


@pytest.fixture
def front(setting: Setting, first: First) -> Iterator[tuple[FrontProcess, str]]:
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    made = FrontProcess(listener)
    made.open(setting, first.perform)
    yield made, url
    made.close()


def ask(url: str, say: str) -> httpx.Response:
    return httpx.get(f"{url}/ask", params={"say": say}, timeout=30)


def test_functions_run_there_and_their_calls_come_back(
    front: tuple[FrontProcess, str], first: First
) -> None:
    _, url = front
    pid = int(ask(url, "a").text)
    assert pid != os.getpid()
    assert ("sns", "Publish", {"TopicArn": "arn:t", "Message": "a"}) in first.asked
    counted = until(lambda: [c for told in first.told("count") for c in told[0]], "the counts")
    assert ("invocation", "ask", "succeeded") in counted
    assert [(*c[:4],) for c in counted if c[0] == "request"] == [("request", "GET", "/ask", 200)]
    until(lambda: [told[0] for told in first.told("log")] == ["calls"], "the access log")
    assert httpx.get(f"{url}/metrics").text == "text"
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(pid, number)  # as whoever ends all processes of a service does
    assert int(ask(url, "b").text) == pid


@pytest.mark.parametrize(
    ("failure", "caught"),
    [
        (AwsError("NotFound", "No such topic", 404), ("NotFound", "No such topic")),
        (UnavailableError("Not now."), ("ServiceUnavailable", "Not now.")),
        (ValueError("broken"), ("InternalFailure", "broken")),
    ],
)
def test_errors_reach_the_function_as_botos(
    front: tuple[FrontProcess, str], first: First, failure: Exception, caught: tuple[str, str]
) -> None:
    first.failures["bad"] = failure
    told = ask(front[1], "bad").json()
    assert (told["Code"], told["Message"]) == caught


def test_objects_are_written_there_and_announced_here(
    front: tuple[FrontProcess, str], first: First, tmp_path: Path
) -> None:
    assert httpx.post(f"{front[1]}/keep", content=b"kept").is_success
    ((bucket, detail),) = first.told("announce")
    assert (bucket, detail["object"]["key"]) == ("files", "some/key")
    assert list((tmp_path / "objects").rglob("*.object"))


def test_another_answers_after_a_death(front: tuple[FrontProcess, str], first: First) -> None:
    process, url = front
    killed = int(ask(url, "a").text)

    def cut_off() -> None:
        with pytest.raises(httpx.HTTPError):
            ask(url, "hold")

    held = threading.Thread(target=cut_off)
    held.start()
    assert first.held.wait(60)
    os.kill(killed, signal.SIGKILL)
    held.join(60)
    assert not held.is_alive(), "whoever waited is cut off"
    assert int(ask(url, "b").text) != killed
    with pytest.raises(AwsError, match="not there any more"):
        process.call("apigatewaymanagementapi", "PostToConnection", {"ConnectionId": "c"})


def test_it_ends_after_the_request_under_way(front: tuple[FrontProcess, str], first: First) -> None:
    process, url = front
    answers: list[httpx.Response] = []
    asking = threading.Thread(target=lambda: answers.append(ask(url, "hold")))
    asking.start()
    assert first.held.wait(60)
    closing = threading.Thread(target=process.close)
    closing.start()

    def refused() -> bool:
        try:
            ask(url, "late")
        except httpx.TransportError:
            return True
        return False

    until(refused, "nobody else to be let in")
    assert not answers
    first.released.set()
    asking.join(60)
    closing.join(60)
    assert [answer.status_code for answer in answers] == [200]
    assert sum(len(told[0]) for told in first.told("count")) >= 2, "the last counts are told"


ALONE = """
import socket, signal
from localcloud.front_process import FrontProcess
made = FrontProcess(socket.create_server(("127.0.0.1", 0)))
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
