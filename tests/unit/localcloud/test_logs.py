"""CloudWatch Logs in the local cloud, through boto3."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode
from itertools import chain
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from asl.memory import ManualClock
from localcloud.boto import Plug
from localcloud.services.logs import Logs

GROUP = "/states/orders"


def event(number: int, kind: str = "PassStateEntered") -> dict[str, str]:
    return {"id": str(number), "type": kind, "event_timestamp": str(1000 * number)}


@pytest.fixture
def logs(tmp_path: Path) -> Logs:
    return Logs(tmp_path / "logs", ManualClock(), "000000000000", "us-east-1")


@pytest.fixture
def client(logs: Logs, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    Plug({"cloudwatch-logs": logs.operations()}, "us-east-1").install()
    return boto3.client("logs")


def test_a_group_comes_to_be_and_goes(logs: Logs, client: Any) -> None:
    assert not logs.exists(logs.arn(GROUP))
    client.create_log_group(logGroupName=GROUP)
    with pytest.raises(client.exceptions.ResourceAlreadyExistsException):
        client.create_log_group(logGroupName=GROUP)
    logs.add("/other")
    assert logs.exists(logs.arn(GROUP))
    assert not logs.exists(logs.arn(GROUP).removesuffix(":*"))
    listed = client.describe_log_groups(logGroupNamePrefix="/st")["logGroups"]
    assert [group["arn"] for group in listed] == [logs.arn(GROUP)]
    client.delete_log_group(logGroupName=GROUP)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.filter_log_events(logGroupName=GROUP)
    logs.write(logs.arn(GROUP), [event(1)])
    assert not logs.exists(logs.arn(GROUP))


def test_events_are_found_by_time_and_words_and_in_pages(logs: Logs, client: Any) -> None:
    logs.add(GROUP)
    logs.write(logs.arn(GROUP), [event(1), event(2, "TaskFailed")])
    logs.write(logs.arn(GROUP), [event(3)])

    def ids(**more: Any) -> list[str]:
        found = client.filter_log_events(logGroupName=GROUP, **more)["events"]
        return [json.loads(each["message"])["id"] for each in found]

    assert ids() == ["1", "2", "3"]
    assert ids(startTime=2000, endTime=3000) == ["2"]
    assert ids(filterPattern="TaskFailed 2000") == ["2"]
    first = client.filter_log_events(logGroupName=GROUP, limit=2)
    assert ids(nextToken=first["nextToken"]) == ["3"]
    with pytest.raises(ClientError, match="not supported"):
        ids(filterPattern="{ $.type = 1 }")


def test_a_half_written_event_is_not_read(logs: Logs, client: Any, tmp_path: Path) -> None:
    logs.add(GROUP)
    logs.write(logs.arn(GROUP), [event(1)])
    file = next((tmp_path / "logs").iterdir())
    file.write_bytes(file.read_bytes() + b'{"timestamp": 1')
    assert len(client.filter_log_events(logGroupName=GROUP)["events"]) == 1
    logs.write(logs.arn(GROUP), [event(2), event(3)])
    found = client.filter_log_events(logGroupName=GROUP)["events"]
    assert [each["timestamp"] for each in found] == [1000, 3000]


def test_subscriptions_get_what_is_written_and_old_events_go(logs: Logs, client: Any) -> None:
    told: list[dict[str, Any]] = []
    logs.add(GROUP, kept_days=2)
    logs.subscribe(GROUP, lambda text: told.append(json.loads(text)))
    clock = logs._clock
    assert isinstance(clock, ManualClock)
    day = 86_400
    start = clock.now()
    logs.put(GROUP, [(start + n, f"line {n}") for n in range(1_500)])
    packed = [gzip.decompress(b64decode(one["awslogs"]["data"])) for one in told]
    batches = [[e["message"] for e in json.loads(one)["logEvents"]] for one in packed]
    assert [len(batch) for batch in batches] == [1_000, 500]
    assert list(chain(*batches)) == [f"line {n}" for n in range(1_500)]
    clock.advance(day)
    logs.put(GROUP, [(clock.now(), "next day")])
    assert len(client.filter_log_events(logGroupName=GROUP)["events"]) == 1_501
    clock.advance(2 * day)
    logs.put(GROUP, [(clock.now(), "last")])
    found = client.filter_log_events(logGroupName=GROUP)["events"]
    assert [each["message"] for each in found] == ["next day", "last"]


def test_executions_events_reach_subscriptions_that_their_pattern_fits(
    logs: Logs, client: Any
) -> None:
    told: list[dict[str, Any]] = []
    logs.add(GROUP)
    logs.subscribe(GROUP, lambda text: told.append(json.loads(text)), '{ $.type = "Execution*" }')
    logs.open()
    kinds = ["ExecutionStarted", "PassStateEntered", "ExecutionSucceeded", "MyExecution"]
    for number, kind in enumerate(kinds):
        logs.write(logs.arn(GROUP), [event(number, kind)])
    logs.close()
    packed = [gzip.decompress(b64decode(one["awslogs"]["data"])) for one in told]
    messages = [json.loads(e["message"]) for one in packed for e in json.loads(one)["logEvents"]]
    assert [each["type"] for each in messages] == ["ExecutionStarted", "ExecutionSucceeded"]
    found = client.filter_log_events(logGroupName=GROUP)["events"]
    assert [json.loads(each["message"])["type"] for each in found] == kinds
    found = client.filter_log_events(
        logGroupName=GROUP, filterPattern='{$.type="ExecutionSucceeded"}'
    )["events"]
    assert len(found) == 1
