"""What is logged of an execution, by level, as AWS's table says; and the file that takes it."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from asl.adapters.file_log import FileLog
from asl.execution_log import is_logged, log_groups

ERRORS = """ExecutionAborted ExecutionFailed ExecutionTimedOut FailStateEntered LambdaFunctionFailed
LambdaFunctionScheduleFailed LambdaFunctionStartFailed LambdaFunctionTimedOut MapIterationAborted
MapIterationFailed MapStateAborted MapStateFailed ParallelStateAborted ParallelStateFailed
TaskFailed TaskStartFailed TaskStateAborted TaskSubmitFailed TaskTimedOut WaitStateAborted"""
OTHERS = """ChoiceStateEntered ChoiceStateExited ExecutionStarted ExecutionSucceeded
LambdaFunctionScheduled LambdaFunctionStarted LambdaFunctionSucceeded MapIterationStarted
MapIterationSucceeded MapStateEntered MapStateExited MapStateStarted MapStateSucceeded
ParallelStateEntered ParallelStateExited ParallelStateStarted ParallelStateSucceeded
PassStateEntered PassStateExited SucceedStateEntered SucceedStateExited TaskScheduled TaskStarted
TaskStateEntered TaskStateExited TaskSubmitted TaskSucceeded WaitStateEntered WaitStateExited"""
FATAL = {"ExecutionAborted", "ExecutionFailed", "ExecutionTimedOut"}


@pytest.mark.parametrize("kind", f"{ERRORS} {OTHERS}".split())
def test_the_levels(kind: str) -> None:
    logged = [level for level in ("ALL", "ERROR", "FATAL", "OFF") if is_logged(kind, level)]
    error, fatal = kind in ERRORS.split(), kind in FATAL
    assert logged == ["ALL", *["ERROR"] * error, *["FATAL"] * fatal]


def test_log_groups() -> None:
    destination = {"cloudWatchLogsLogGroup": {"logGroupArn": "g"}}
    assert log_groups({"level": "ALL", "destinations": [destination]}) == ["g"]
    assert log_groups({"level": "OFF"}) == log_groups({"destinations": [{}]}) == []


def test_a_file_gets_one_object_a_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "events.jsonl"
    log = FileLog(file)
    log.write("g", [{"id": "1"}, {"id": "2"}])
    log.write("h", [{"id": "1"}])
    log.close()
    lines = [orjson.loads(line) for line in file.read_bytes().splitlines()]
    assert [(line["log_group_arn"], line["id"]) for line in lines] == [
        ("g", "1"),
        ("g", "2"),
        ("h", "1"),
    ]
    log.write("g", [{"id": "3"}])
    assert "1 log events are lost" in caplog.text
    nowhere = FileLog(None)
    nowhere.write("g", [{"id": "1"}])
    nowhere.close()
