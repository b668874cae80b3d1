"""LocalStack listens on every interface of the machine; here, on the configured address alone."""

from __future__ import annotations

from typing import Any

from localstack.runtime import hooks


@hooks.on_runtime_create()
def statewright_loopback() -> None:
    """Replaces how twisted's endpoints are made."""
    from localstack import config
    from twisted.internet import endpoints

    listen = endpoints.TCP4ServerEndpoint.__init__
    hosts = {listener.port: listener.host for listener in config.GATEWAY_LISTEN}

    def init(self: Any, reactor: Any, port: int, backlog: int = 50, interface: str = "") -> None:
        listen(self, reactor, port, backlog, interface or hosts.get(port, "127.0.0.1"))

    endpoints.TCP4ServerEndpoint.__init__ = init
