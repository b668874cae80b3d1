"""The process in which functions take queues' messages, seen from the one that serves.

What queues feed is work behind the answers: it has a processor of its own, so that requests and
executions do not wait for the interpreter. The functions' calls to AWS come back here, but for
those to S3, whose objects are files of the data folder.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pipe
from typing import Any

from asl.errors import UnavailableError
from localcloud import link
from localcloud.errors import AwsError
from localcloud.services import feeding

CALLS = 64
"""Operations that the functions' calls perform at once."""
LEAVE_SECONDS = 40.0
AGAIN_SECONDS = 0.5
"""Between a process's death and the next one's start: it may die at once, again and again."""
_MODULE = "localcloud.feeding_child"
_log = logging.getLogger("localcloud.feeding")
Perform = Callable[[str, str, Mapping[str, Any]], Any]
"""Performs an operation of a service by its name, with its parameters."""


class FeedingProcess:
    """Implements :class:`localcloud.services.feeding.Feeding`. A process that dies is replaced:
    the messages that it had taken show themselves again."""

    def __init__(self) -> None:
        self._feeds: list[link.Feed] = []
        self._lock = threading.Lock()
        self._leaving = threading.Event()
        self._setting: link.Setting | None = None
        self._perform: Perform
        self._calls = ThreadPoolExecutor(CALLS, "feeding-call")
        self._listener: threading.Thread | None = None
        self._process, self._line = _started()

    def open(self, setting: link.Setting, perform: Perform) -> None:
        """Lets the process begin."""
        self._perform = perform
        with self._lock:
            self._setting = setting
            self._tell(setting, *self._feeds)
        self._listener = threading.Thread(target=self._listen, name="feeding", daemon=True)
        self._listener.start()

    def wake(self, queue: str) -> None:
        """See :class:`localcloud.services.feeding.Feeding`."""
        with self._lock:
            self._tell(link.Wake(queue))

    def map(self, queue: feeding.Queue, mapping: feeding.Mapping) -> None:
        """See :class:`localcloud.services.feeding.Feeding`."""
        feed = link.Feed(queue, mapping)
        with self._lock:
            self._feeds.append(feed)
            self._tell(feed)

    def _tell(self, *messages: Any) -> None:
        if self._setting is None:
            return
        try:
            for message in messages:
                self._line.send(message)
        except OSError:  # it has just died; the next one is told everything
            _log.info("The process that feeds functions is gone")

    def close(self) -> None:
        """See :class:`localcloud.services.feeding.Feeding`."""
        self._leaving.set()
        with self._lock:
            self._tell(link.Leave())
        if self._listener is not None:
            self._listener.join(LEAVE_SECONDS)
        self._process.kill()  # it has ended, or never began, or takes too long
        self._process.wait()
        self._line.close()
        self._calls.shutdown(wait=False, cancel_futures=True)

    def _listen(self) -> None:
        """Takes calls until the process is to end and has ended."""
        while True:
            try:
                call = self._line.receive()
            except (EOFError, OSError):
                if not self._replace():
                    return
                continue
            self._calls.submit(self._answer, self._line, call)

    def _replace(self) -> bool:
        """Starts another process in the place of a dead one, unless none is wanted any more."""
        if self._leaving.is_set():
            return False
        self._process.kill()
        code = self._process.wait()
        _log.warning("The process that feeds functions ended with %s; another one starts", code)
        if self._leaving.wait(AGAIN_SECONDS):
            return False
        with self._lock:
            self._line.close()
            self._process, self._line = _started()
            self._tell(self._setting, *self._feeds)
        return True

    def _answer(self, line: link.Line, call: link.Call) -> None:
        try:
            line.send(self._performed(call))
        except OSError:
            _log.info("Nobody waits for %s:%s any more", call.service, call.operation)

    def _performed(self, call: link.Call) -> link.Answer:
        try:
            return link.Answer(
                call.number, self._perform(call.service, call.operation, call.parameters)
            )
        except AwsError as error:
            return link.Answer(call.number, None, (error.code, error.message, error.status))
        except UnavailableError as error:
            return link.Answer(call.number, None, ("ServiceUnavailable", str(error), 503))
        except Exception as error:
            _log.exception("%s:%s", call.service, call.operation)
            return link.Answer(call.number, None, ("InternalFailure", str(error), 500))


def _started() -> tuple[subprocess.Popen[bytes], link.Line]:
    """A process that waits for its setting, and the line to it.

    It ends with this one: the line is all it has of it, and is cut however that ends.
    """
    ours, theirs = Pipe()
    descriptor = theirs.fileno()
    command = [sys.executable, "-m", _MODULE, str(descriptor)]
    # A group of its own: a terminal's Ctrl+C is not for it.
    process = subprocess.Popen(command, pass_fds=(descriptor,), process_group=0)
    theirs.close()
    return process, link.Line(ours)
