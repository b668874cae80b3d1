"""The local gateway's access log: API Gateway's variables, a line a call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from asl.memory import ManualClock
from localcloud import access_log
from localcloud.access_log import AccessLog, Call, line
from localcloud.services.logs import Logs

GROUP = "/statewright/api-calls"
EVENT: dict[str, Any] = {
    "httpMethod": "GET",
    "resource": "/v1/workflows/{workflow_id}",
    "requestContext": {"requestId": "r1", "authorizer": {"workspace_id": "w"}},
}


def test_variables_are_replaced_and_unknown_ones_are_a_dash() -> None:
    pattern = (
        "$context.requestId $context.httpMethod $context.resourcePath $context.status "
        '$context.authorizer.workspace_id "$context.authorizer.user_id" $context.nothing.else'
    )
    method, resource, context = EVENT["httpMethod"], EVENT["resource"], EVENT["requestContext"]
    text = line(pattern, Call(context, method, resource, 1, 404, 7))
    assert text == 'r1 GET /v1/workflows/{workflow_id} 404 w "-" -'
    open_to_all = Call({"requestId": "r2"}, method, resource, 1, 200, 7)
    assert line("$context.authorizer.workspace_id", open_to_all) == "-"


def test_calls_are_written_in_batches_and_all_by_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    clock = ManualClock()
    logs = Logs(tmp_path, clock, "000000000000", "us-east-1")
    logs.add(GROUP)
    told: list[str] = []
    logs.subscribe(GROUP, told.append)
    setting = {
        "DestinationArn": f"arn:aws:logs:us-east-1:000000000000:log-group:{GROUP}",
        "Format": '{"at":$context.requestTimeEpoch,"ms":"$context.responseLatency"}',
    }
    log = AccessLog(setting, logs, clock)
    log.open()
    for _ in range(25):
        log.note(EVENT, 200, 0.25)
    log.close()
    written = logs.filter_log_events(GROUP)["events"]
    assert len(written) == 25
    assert json.loads(written[0]["message"]) == {"at": clock.now() - 250, "ms": "250"}
    assert len(told) == 1


def test_a_log_that_cannot_be_written_harms_nobody(tmp_path: Path) -> None:
    setting = {"DestinationArn": "arn:aws:logs:us-east-1:000000000000:log-group:/gone", "Format": "x"}  # fmt: skip
    logs = Logs(tmp_path, ManualClock(), "000000000000", "us-east-1")
    log = AccessLog(setting, logs, ManualClock())
    log.open()
    log.note(EVENT, 200, 0.1)
    log.close()
    assert not log._calls._thread.is_alive()
    assert access_log.GATHER_SECONDS <= 1.0
