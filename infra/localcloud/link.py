"""Two processes of one local cloud: each performs operations that the other one calls."""

from __future__ import annotations

import itertools
import logging
import pickle
import socket
import threading
from collections.abc import Callable, Mapping
from queue import SimpleQueue
from typing import Any, NamedTuple

from asl.errors import UnavailableError
from localcloud.errors import AwsError

OWN = "localcloud"
"""The service of what the processes tell each other of themselves."""
Perform = Callable[[str, str, Mapping[str, Any]], Any]
"""Performs an operation of a service by its name, with its parameters."""
_GONE = ("ServiceUnavailable", "The process that would answer has ended.", 503)
_log = logging.getLogger("localcloud.link")


class Call(NamedTuple):
    """An operation that the other process is to perform."""

    number: int
    service: str
    operation: str
    parameters: Mapping[str, Any]


class Answer(NamedTuple):
    """What a call gave: its value, or AWS's error as code, message and status."""

    number: int
    value: Any
    error: tuple[str, str, int] | None = None


_ANSWER = len(Answer._fields)


class _Waiting:
    """Whoever waits for an answer."""

    __slots__ = ("answer", "come")

    def __init__(self) -> None:
        self.come = threading.Lock()
        self.come.acquire()
        self.answer: Answer


class Peer:
    """The process at the other end of a line.

    What comes is unpickled, so the line must be private to the two: a pair of sockets.

    Args:
        perform: what it may call here.
        threads: how many of its calls are performed at once.
    """

    def __init__(self, line: socket.socket, perform: Perform, threads: int):
        self._line = line
        self._reader = line.makefile("rb", 65536)  # many small messages in one read
        self._perform = perform
        self._threads = threads
        self._sending = threading.Lock()
        self._waiting: dict[int, _Waiting] = {}
        self._numbers = itertools.count(1)
        self._calls: SimpleQueue[Call | None] = SimpleQueue()
        self._ended = False

    def call(self, service: str, operation: str, parameters: Mapping[str, Any]) -> Any:
        """Has the other process perform an operation.

        Raises:
            AwsError: the operation's own errors; ServiceUnavailable where the process has ended.
        """
        number, waiting = next(self._numbers), _Waiting()
        self._waiting[number] = waiting
        try:
            self._send(Call(number, service, operation, parameters))
        except OSError:
            self._settle(Answer(number, None, _GONE))
        if self._ended:  # whoever ended it may not have seen this one
            self._settle(Answer(number, None, _GONE))
        waiting.come.acquire()
        answer = waiting.answer
        if answer.error is not None:
            raise AwsError(*answer.error)
        return answer.value

    def tell(self, operation: str, *arguments: Any) -> Any:
        """Calls an operation of the other process's own."""
        return self.call(OWN, operation, {"arguments": arguments})

    def run(self) -> None:
        """Takes calls and answers until the other process ends."""
        for number in range(self._threads):
            threading.Thread(target=self._serve, name=f"call-{number}", daemon=True).start()
        try:
            while True:
                message = pickle.load(self._reader)  # noqa: S301
                if len(message) == _ANSWER:
                    self._settle(Answer(*message))
                else:
                    self._calls.put(Call(*message))
        except (EOFError, OSError, pickle.UnpicklingError):  # it may break off in the middle
            self._end()

    def receive(self) -> Any:
        """The first message, before :meth:`run`: whatever the other process has sent.

        Raises:
            EOFError, OSError: it has ended.
        """
        return pickle.load(self._reader)  # noqa: S301

    def _send(self, message: Call | Answer) -> None:
        packed = pickle.dumps(tuple(message), pickle.HIGHEST_PROTOCOL)  # a class's name costs more
        with self._sending:
            self._line.sendall(packed)

    def _settle(self, answer: Answer) -> None:
        waiting = self._waiting.pop(answer.number, None)
        if waiting is not None:
            waiting.answer = answer
            waiting.come.release()

    def _end(self) -> None:
        self._ended = True
        for number in list(self._waiting):
            self._settle(Answer(number, None, _GONE))
        for _ in range(self._threads):
            self._calls.put(None)

    def _serve(self) -> None:
        while (call := self._calls.get()) is not None:
            answer = self._performed(call)
            try:
                self._send(answer)
            except OSError:
                _log.info("Nobody waits for %s:%s any more", call.service, call.operation)

    def _performed(self, call: Call) -> Answer:
        try:
            value = self._perform(call.service, call.operation, call.parameters)
            return Answer(call.number, value)
        except AwsError as error:
            return Answer(call.number, None, (error.code, error.message, error.status))
        except UnavailableError as error:
            return Answer(call.number, None, ("ServiceUnavailable", str(error), 503))
        except Exception as error:
            _log.exception("%s:%s", call.service, call.operation)
            return Answer(call.number, None, ("InternalFailure", str(error), 500))
