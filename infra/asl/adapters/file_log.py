"""Executions' events in a file, one JSON object a line, in place of CloudWatch Logs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

import orjson

from asl.ports import LogEvent

_log = logging.getLogger("asl")


class FileLog:
    """An :class:`asl.ports.ExecutionLog` that takes any log group.

    Args:
        file: is appended to; None drops everything.

    Raises:
        OSError: the file cannot be written.
    """

    def __init__(self, file: Path | None):
        self._lock = threading.Lock()
        self._handle = None if file is None else file.open("ab", buffering=0)

    def exists(self, group_arn: str) -> bool:
        """See :class:`asl.ports.ExecutionLog`."""
        return True

    def write(self, group_arn: str, events: Sequence[LogEvent]) -> None:
        """See :class:`asl.ports.ExecutionLog`."""
        if self._handle is None:
            return
        lines = b"".join(
            orjson.dumps({"log_group_arn": group_arn, **event}, option=orjson.OPT_APPEND_NEWLINE)
            for event in events
        )
        try:
            with self._lock:
                self._handle.write(lines)
        except (OSError, ValueError) as error:  # a full disk, a closed file
            _log.error("%d log events are lost: %s", len(events), error)

    def close(self) -> None:
        """Closes the file."""
        if self._handle is not None:
            self._handle.close()
