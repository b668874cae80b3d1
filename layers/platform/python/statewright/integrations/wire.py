"""Connections that are checked: the guard on the real address, one deadline for a whole call.

httpcore lets the network be supplied. Here names are resolved once, only permitted addresses are
connected to (so that a second answer of the name server changes nothing), and every wait on the
socket ends at the call's deadline, however slowly the other side drips.
"""

from __future__ import annotations

import socket
import ssl
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import certifi
import httpcore

from statewright.integrations.reach import Reach

CONNECT_SECONDS = 5.0
Resolve = Callable[[str, int], list[str]]


class RefusedAddressError(Exception):
    """The address is not one that may be called (caller's fault)."""


class IdentityError(Exception):
    """The client's certificate, its key or its authorities cannot be used (caller's fault)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a client shows of itself by TLS, and whom it trusts besides the public authorities."""

    certificate: str = ""
    key: str = ""
    password: str = ""
    authorities: str = ""


_ENDS: ContextVar[float | None] = ContextVar("ends", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Every wait on a socket inside ends when these seconds are over."""
    token = _ENDS.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ENDS.reset(token)


def _left(timeout: float | None, error: type[Exception]) -> float | None:
    ends = _ENDS.get()
    if ends is None:
        return timeout
    left = ends - time.monotonic()
    if left <= 0:
        raise error("the time for the whole call is over")
    return left if timeout is None else min(left, timeout)


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream):
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _TimedStream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, each once, in the system's order."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise httpcore.ConnectError(f"the name {host} is not known") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def permitted(reach: Reach, host: str, port: int, resolver: Resolve = resolve) -> list[str]:
    """The addresses of a host that may be connected to.

    Raises:
        RefusedAddressError: it has addresses, and none of them may be.
    """
    addresses = resolver(host, port)
    if reach.names(host, port):
        return addresses
    found = [address for address in addresses if reach.permits(address, port)]
    if addresses and not found:
        raise RefusedAddressError(f"{host} is not a public address, and it is not allowed here")
    return found


class GuardedNetwork(httpcore.NetworkBackend):
    """Connects to permitted addresses only."""

    def __init__(self, reach: Reach, resolver: Resolve = resolve):
        self._reach, self._resolve = reach, resolver
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connects to the first permitted address of a host that answers."""
        failure: Exception = httpcore.ConnectError(f"the name {host} has no address")
        for address in self._permitted(host, port):
            left = _left(timeout, httpcore.ConnectTimeout)
            try:
                stream = self._inner.connect_tcp(address, port, left, None, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            self._check_peer(stream, host, port)
            return _TimedStream(stream)
        raise failure

    def _permitted(self, host: str, port: int) -> list[str]:
        return permitted(self._reach, host, port, self._resolve)

    def _check_peer(self, stream: httpcore.NetworkStream, host: str, port: int) -> None:
        peer = str(stream.get_extra_info("server_addr")[0])
        if not (self._reach.names(host, port) or self._reach.permits(peer, port)):
            stream.close()
            raise RefusedAddressError(f"{host} is not a public address, and it is not allowed here")


@lru_cache(maxsize=64)
def pool_of(reach: Reach, identity: Identity | None) -> httpcore.ConnectionPool:
    """The connections of calls that may reach the same and show the same certificate."""
    return httpcore.ConnectionPool(
        ssl_context=_tls(identity),
        max_connections=100,
        max_keepalive_connections=20,
        keepalive_expiry=5.0,
        network_backend=GuardedNetwork(reach),
    )


def _tls(identity: Identity | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    if identity is None:
        return context
    try:
        if identity.authorities:
            context.load_verify_locations(cadata=identity.authorities)
        if identity.certificate:
            _show(context, identity)
    except (ssl.SSLError, ValueError) as error:
        raise IdentityError(f"the client certificate cannot be used: {error}") from None
    return context


def _show(context: ssl.SSLContext, identity: Identity) -> None:
    """OpenSSL takes a client's certificate from a file alone: it is there for this moment."""
    with tempfile.TemporaryDirectory(prefix="tls-") as folder:
        file = Path(folder) / "identity.pem"
        file.touch(mode=0o600)
        file.write_text(f"{identity.certificate}\n{identity.key}\n")
        context.load_cert_chain(file, password=identity.password)
