"""A function that always runs into its time limit: what waits for it hears so, others go on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asl.engine import Engine
from asl.memory import ManualClock, MemoryJournal, MemoryLog, MemoryMachines
from localcloud import web
from localcloud.functions import Function, LambdaHost
from localcloud.gateway import Gateway
from localcloud.services import states
from localcloud.services.feeding import Feeder, Mapping, Queue
from localcloud.services.sqs import Sqs
from tests.support.engine import text_of
from tests.support.server import until

LIMIT = 0.2
RELEASED = threading.Event()
DONE: list[str] = []


def hang(event: Any, context: Any) -> None:
    """Never ends by itself, except for what it is told not to wait for."""
    bodies = [record["body"] for record in event.get("Records", [])]
    if "good" in bodies:
        DONE.extend(bodies)
    else:
        RELEASED.wait(60)


@pytest.fixture
def host() -> Iterator[LambdaHost]:
    RELEASED.clear()
    DONE.clear()
    made = LambdaHost()
    made.add(Function("hang", "arn:f", __name__, "hang", LIMIT, 128))
    yield made
    RELEASED.set()
    made.close()


def test_a_message_comes_again_and_is_given_up(pool: Any, host: LambdaHost) -> None:
    """What the queue holds besides is done."""
    import localcloud

    with pool.connection() as connection:
        schema = Path(localcloud.__file__).with_name("schema.sql").read_text()
        connection.execute(schema.encode())
    clock = ManualClock()
    sqs = Sqs(pool, clock, Feeder(pool, clock, "us-east-1", host))
    sqs.add(Queue("q", "arn:aws:sqs:r:1:q", "https://sqs/q", 30, "dead", 3))
    sqs.add(Queue("dead", "arn:aws:sqs:r:1:dead", "https://sqs/dead"))
    sqs.send(sqs.find("q"), ["hanging"])
    sqs.map(Mapping("q", "hang", batch_size=1))
    sqs.send(sqs.find("q"), ["good"])
    until(lambda: DONE == ["good"], "the other message")

    def given_up() -> bool:
        clock.advance(31)
        dead = sqs.get_queue_attributes("dead")["Attributes"]["ApproximateNumberOfMessages"]
        return str(dead) == "1"

    until(given_up, "the dead letter")
    sqs.close()
    assert DONE == ["good"]


@pytest.mark.parametrize("caught", [True, False])
def test_a_task_fails_by_name_after_its_retries(host: LambdaHost, caught: bool) -> None:
    tasks: Any = states.Tasks(host, None, None, None)  # type: ignore[arg-type]
    engine = Engine(
        MemoryJournal(), MemoryMachines(), tasks, lambda batch: None, ManualClock(), MemoryLog()
    )
    tasks.states = engine.api
    engine.open()
    task = {
        "Type": "Task",
        "Resource": "arn:aws:lambda:us-east-1:000000000000:function:hang",
        "Retry": [{"ErrorEquals": ["Sandbox.Timedout"], "MaxAttempts": 1, "IntervalSeconds": 1}],
        "End": True,
    }
    if caught:
        task["Catch"] = [{"ErrorEquals": ["Sandbox.Timedout"], "Next": "Told"}]
    told = {"Told": {"Type": "Pass", "End": True}} if caught else {}
    text = text_of({"Call": task, **told})
    machine = engine.api.create_state_machine("m", text, "role")["stateMachineArn"]
    arn = engine.api.start_execution(machine, "x", "{}")["executionArn"]

    def ended() -> Any:
        engine.runner._clock.advance(1)  # type: ignore[attr-defined]
        engine.runner.fire_due()
        found = engine.api.describe_execution(arn)
        return found if found["status"] != "RUNNING" else None

    found = until(ended, "the execution")
    engine.close()
    events = [event["type"] for event in engine.api.get_execution_history(arn)["events"]]
    assert events.count("LambdaFunctionFailed") == 2, "as AWS records it"
    assert found["status"] == ("SUCCEEDED" if caught else "FAILED")
    assert caught or found["error"] == "Sandbox.Timedout"


HANGING = "arn:aws:lambda:us-east-1:000000000000:function:hang/invocations"
AUTHORIZER = {"authorizerUri": HANGING, "authorizerResultTtlInSeconds": 0}
API = {
    "components": {"securitySchemes": {"bearer": {"x-amazon-apigateway-authorizer": AUTHORIZER}}},
    "paths": {"/slow": {"get": {"x-amazon-apigateway-integration": {"uri": HANGING}}}},
    "x-amazon-apigateway-gateway-responses": {
        kind: {"statusCode": status, "responseTemplates": {"application/problem+json": "{}"}}
        for kind, status in (("INTEGRATION_TIMEOUT", 504), ("DEFAULT_5XX", 502))
    },
}


def test_a_caller_is_answered(host: LambdaHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "TIMEOUT", LIMIT)
    served = web.Web(Gateway({"DefinitionBody": API}, host), None)  # type: ignore[arg-type]
    scope = {"method": "GET", "path": "/slow", "query_string": b"", "headers": []}
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(served.respond(scope, b"", send))
    served.close()
    assert sent[0]["status"] == 504
    assert (b"content-type", b"application/problem+json") in sent[0]["headers"]
