"""The process in which functions take queues' messages: ``python -m localcloud.feeding_child``.

Its argument is the descriptor of the line to the local cloud that started it
(:mod:`localcloud.feeding_process`), with which it ends.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from multiprocessing.connection import Connection
from typing import Any

import orjson

from asl.engine import collect_seldom
from localcloud import link
from localcloud.boto import Plug
from localcloud.calls import Calls
from localcloud.clock import SystemClock
from localcloud.database import open_pool
from localcloud.errors import AwsError
from localcloud.functions import Handler, LambdaHost
from localcloud.services.feeding import Feeder
from localcloud.services.objects import S3

CONNECTIONS = 36


class Remote:
    """Calls operations in the process at the other end."""

    def __init__(self, line: link.Line):
        self._line = line
        self._waiting: dict[int, Future[link.Answer]] = {}
        self._numbers = itertools.count(1)

    def call(self, service: str, operation: str, parameters: Mapping[str, Any]) -> Any:
        """Performs an operation there.

        Raises:
            AwsError: the operation's own errors.
        """
        number, waiting = next(self._numbers), Future[link.Answer]()
        self._waiting[number] = waiting
        self._line.send(link.Call(number, service, operation, parameters))
        answer = waiting.result()
        if answer.error is not None:
            raise AwsError(*answer.error)
        return answer.value

    def take(self, answer: link.Answer) -> None:
        """An answer has come."""
        self._waiting.pop(answer.number).set_result(answer)

    def tell(self, operation: str, *arguments: Any) -> None:
        """Tells the other process something of this one; it has done what that asks for."""
        self.call(link.OWN, operation, {"arguments": arguments})

    def function(self, name: str) -> Handler:
        """A function that only the other process knows: another stack's."""

        def handler(event: Any, context: Any) -> Any:
            wanted = {"FunctionName": name, "Payload": orjson.dumps(event)}
            answer = self.call("lambda", "Invoke", wanted)
            payload = orjson.loads(answer["Payload"].read())
            if "FunctionError" in answer:
                raise AwsError(payload["errorType"], payload["errorMessage"])
            return payload

        return handler


class _RemotePlug(Plug):
    """Performs S3's operations here, and all others at the other end."""

    def __init__(self, s3: S3, remote: Remote, setting: link.Setting):
        services = {"s3": s3.operations()}
        super().__init__(services, setting.region, setting.secret, setting.s3_url)
        self._remote = remote

    def call(self, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """See :class:`localcloud.boto.Plug`."""
        if service == "s3":
            return super().call(service, operation, parameters)
        found: dict[str, Any] = self._remote.call(service, operation, parameters)
        return found


def _host(setting: link.Setting, remote: Remote) -> LambdaHost:
    host = LambdaHost()
    for function in setting.functions:
        host.add(function)
    host.watch = lambda name, outcome: remote.tell("watch", name, outcome)
    host.elsewhere = remote.function
    if setting.forgetting is not None:
        host.begin = setting.forgetting()
    return host


def _plug(setting: link.Setting, remote: Remote) -> None:
    s3 = S3(setting.objects, lambda bucket, detail: remote.tell("announce", bucket, detail))
    for bucket in setting.buckets:
        s3.add(bucket)
    plug = _RemotePlug(s3, remote, setting)
    if setting.record_calls is not None:
        plug.watch = Calls(setting.record_calls, setting.account, setting.region).note
    plug.install()


def feed(line: link.Line) -> None:
    """Feeds functions until told to leave.

    Raises:
        EOFError, OSError: the other process is gone.
    """
    setting, remote = line.receive(), Remote(line)
    os.environ.update(setting.environment)
    sys.path.insert(0, setting.root)
    _plug(setting, remote)
    host = _host(setting, remote)
    pool = open_pool(setting.database_url, CONNECTIONS)
    feeder = Feeder(pool, SystemClock(), setting.region, host)
    collect_seldom()
    while True:
        match line.receive():
            case link.Answer() as answer:
                remote.take(answer)
            case link.Wake(queue):
                feeder.wake(queue)
            case link.Feed(queue, mapping):
                feeder.map(queue, mapping)
            case link.Leave():
                # Batches under way may still call: this thread goes on taking their answers.
                threading.Thread(target=_leave, args=(feeder,)).start()


def _leave(feeder: Feeder) -> None:
    feeder.close()
    os._exit(0)


def main() -> None:
    """Runs until the other process ends, or says so."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # sent to all: the other process ends this one
    try:
        feed(link.Line(Connection(int(sys.argv[1]))))
    except (EOFError, OSError):
        os._exit(1)  # threads that wait for answers would keep it


if __name__ == "__main__":
    main()
