"""Executions' events in the form in which Step Functions sends them to CloudWatch Logs.

https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from asl.execution import Execution
from asl.history import shown_details
from asl.ports import ExecutionLog, LogEvent
from asl.registry import Machines
from asl.turn import Entry

_FATAL = frozenset({"ExecutionAborted", "ExecutionFailed", "ExecutionTimedOut"})
_ERRORS = ("Failed", "TimedOut", "Aborted")
"""How the kinds of events end that tell of an error; and entering a Fail state does."""


@dataclass(frozen=True, slots=True)
class _Target:
    group_arn: str
    level: str
    include_data: bool


class ExecutionLogger:
    """Writes executions' events to the log group of their machine, as its level says."""

    def __init__(self, machines: Machines, log: ExecutionLog):
        self._machines = machines
        self._log = log
        self._target = lru_cache(maxsize=4096)(self._find)  # revisions never change

    def __call__(self, execution: Execution, entries: list[Entry]) -> None:
        """Writes what one step has added."""
        target = self._target(execution.revision)
        if target is None:
            return
        events = [
            log_event(execution, entry, include_data=target.include_data)
            for entry in entries
            if is_logged(entry[3], target.level)
        ]
        if events:
            self._log.write(target.group_arn, events)

    def _find(self, revision: int) -> _Target | None:
        configuration = self._machines.revision(revision).configuration
        logging = configuration.get("loggingConfiguration", {})
        groups = log_groups(logging)
        if logging.get("level", "OFF") == "OFF" or not groups:
            return None
        return _Target(groups[0], logging["level"], bool(logging.get("includeExecutionData")))


def log_groups(logging: Any) -> list[str]:
    """The ARNs of the log groups that a logging configuration names."""
    destinations = logging.get("destinations") or []
    groups = [each.get("cloudWatchLogsLogGroup", {}).get("logGroupArn") for each in destinations]
    return [group for group in groups if group]


def is_logged(kind: str, level: str) -> bool:
    """Whether events of a kind are logged.

    https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-log-level
    """
    match level:
        case "ALL":
            return True
        case "ERROR":
            return kind.endswith(_ERRORS) or kind == "FailStateEntered"
        case "FATAL":
            return kind in _FATAL
        case _:
            return False


def log_event(execution: Execution, entry: Entry, *, include_data: bool) -> LogEvent:
    """A history entry as a log event: numbers are texts."""
    number, previous, at, kind, details = entry
    return {
        "id": str(number),
        "type": kind,
        "details": shown_details(details, include_data=include_data),
        "redrive_count": str(execution.redrives.count),
        "previous_event_id": str(previous),
        "event_timestamp": str(at),
        "execution_arn": execution.arn,
    }
