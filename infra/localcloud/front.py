"""The process that answers requests: ``python -m localcloud.front LINE LISTENER``.

Its arguments are the descriptors of the line to the local cloud that started it, with which it
ends (:mod:`localcloud.front_process`), and of the socket that it listens on. API functions run
here; what they call of AWS is performed at the other end, but for objects and clients' connections.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import uvicorn

from asl.engine import collect_seldom
from localcloud.access_log import AccessLog
from localcloud.boto import KEY_ID, Plug
from localcloud.calls import Calls
from localcloud.clock import SystemClock
from localcloud.connection import Connection
from localcloud.front_process import SWITCH_SECONDS, Setting
from localcloud.functions import LambdaHost
from localcloud.gateway import Gateway
from localcloud.gathering import Gatherer
from localcloud.guard import Hosts
from localcloud.link import OWN, Peer
from localcloud.services.objects import S3
from localcloud.services.s3_http import S3Http
from localcloud.services.websockets import MAX_MESSAGE, SOCKETS, WebSockets
from localcloud.site import Site
from localcloud.web import Web

COUNT_SECONDS = 0.25
_CALLS = 16
_log = logging.getLogger("localcloud.front")


class _RemotePlug(Plug):
    """Performs some services' operations here, and all others at the other end."""

    def __init__(self, services: Mapping[str, Any], peer: Peer, setting: Setting):
        super().__init__(services, setting.region, setting.secret, setting.s3_url)
        self._here = frozenset(services)
        self._peer = peer

    def call(self, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """See :class:`localcloud.boto.Plug`."""
        if service in self._here:
            return super().call(service, operation, parameters)
        found: dict[str, Any] = self._peer.call(service, operation, parameters)
        return found


class _Counting:
    """Tells the other end what is counted here, some at a time: all metrics are there."""

    def __init__(self, peer: Peer):
        self._peer = peer
        self._gatherer = Gatherer[tuple[Any, ...]]("metrics", COUNT_SECONDS, self._tell)

    def open(self) -> None:
        """Starts to tell."""
        self._gatherer.open()

    def close(self) -> None:
        """Tells what is left."""
        self._gatherer.close()

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """See :class:`localcloud.metrics.Metrics`."""
        self._gatherer.add([("request", method, route, status, seconds)])

    def invocation(self, function: str, outcome: str) -> None:
        """See :class:`localcloud.metrics.Metrics`."""
        self._gatherer.add([("invocation", function, outcome)])

    def text(self, accept: str) -> tuple[bytes, str]:
        """See :class:`localcloud.metrics.Metrics`."""
        self._gatherer.flush()
        text, content_type = self._peer.tell("metrics", accept)
        return text, content_type

    def _tell(self, counts: list[tuple[Any, ...]]) -> None:
        self._peer.tell("count", counts)


class _RemoteLogs:
    """The log groups at the other end."""

    def __init__(self, peer: Peer):
        self._peer = peer

    def put(self, name: str, events: Sequence[tuple[int, str]]) -> None:
        """See :class:`localcloud.services.logs.Logs`."""
        self._peer.tell("log", name, events)


class Front:
    """Everything that answers requests."""

    def __init__(self, line: socket.socket):
        self._peer = Peer(line, self._perform, _CALLS)
        setting: Setting = self._peer.receive()
        os.environ.update(setting.environment)
        sys.path.insert(0, setting.root)
        self._counting = _Counting(self._peer)
        host = self._host(setting)
        self._sockets = WebSockets(host)
        for kind, name, properties in setting.sockets:
            self._sockets.add(kind, name, dict(properties))
        s3 = S3(setting.objects, lambda *made: self._peer.tell("announce", *made))
        for bucket in setting.buckets:
            s3.add(bucket)
        self._plug(setting, s3)
        gateway = Gateway(dict(setting.api), host, setting.keep_policies)
        clock = SystemClock()
        self._log = AccessLog(setting.api["AccessLogSetting"], _RemoteLogs(self._peer), clock)
        gateway.watch, gateway.log = self._counting.request, self._log.note
        s3_http = S3Http(s3, clock, setting.s3_url, lambda: (KEY_ID, setting.secret))
        site = None if setting.console is None else Site(setting.console, gateway)
        hosts = Hosts(setting.hosts)
        self._web = Web(gateway, self._sockets, site, s3_http, self._counting, hosts)
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._web,
                http=Connection,
                log_level="warning",
                access_log=False,
                lifespan="off",
                server_header=False,
                proxy_headers=False,
                ws="websockets-sansio",
                ws_max_size=MAX_MESSAGE,
            )
        )

    def _host(self, setting: Setting) -> LambdaHost:
        host = LambdaHost()
        for function in setting.functions:
            host.add(function)
        host.watch = self._counting.invocation
        if setting.forgetting is not None:
            host.begin = setting.forgetting()
        return host

    def _plug(self, setting: Setting, s3: S3) -> None:
        services = {"s3": s3.operations(), SOCKETS: self._sockets.operations()}
        plug = _RemotePlug(services, self._peer, setting)
        if setting.record_calls is not None:
            plug.watch = Calls(setting.record_calls, setting.account, setting.region).note
        plug.install()

    def run(self, listener: socket.socket) -> None:
        """Answers requests until the other process ends, or wants this one to."""
        serving = threading.Thread(target=self._serve, args=(listener,), name="http")
        serving.start()
        self._peer.run()
        os._exit(1)  # it has ended: nothing that is under way here can be brought to its end

    def _serve(self, listener: socket.socket) -> None:
        self._counting.open()
        self._log.open()
        collect_seldom()
        try:
            self._server.run(sockets=[listener])
        except BaseException:  # also that which ends a thread only: another process has to start
            _log.exception("requests cannot be answered")
            os._exit(1)
        for part in (self._web, self._log, self._counting):
            part.close()
        os._exit(0)

    def _perform(self, service: str, operation: str, parameters: Mapping[str, Any]) -> Any:
        if service == OWN:
            self._server.should_exit = True
            return None
        return self._sockets.operations()[operation](**parameters)


def main() -> None:
    """Runs until the other process ends, or says so."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # sent to all: the other process ends this one
    line, listener = map(int, sys.argv[1:])
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        front = Front(socket.socket(fileno=line))
    except EOFError:
        os._exit(1)
    front.run(socket.socket(fileno=listener))


if __name__ == "__main__":
    main()
