"""``serve``: the local cloud behind HTTP, with one sentence for what can go wrong at start."""

from __future__ import annotations

import fcntl
import os
import socket
import sys
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

import typer
from rich.console import Console

from asl.engine import collect_seldom
from asl.signals import leave_in_order, leave_with
from localcloud.cloud import LocalCloud, Options
from localcloud.front_process import SWITCH_SECONDS, FrontProcess
from statewright_cli import openapi
from statewright_cli.forgetting import forgetting
from statewright_cli.project import CONSOLE, TEMPLATE
from statewright_cli.python_connectors import FOLDER, installed

console = Console(highlight=False)
LOOPBACK = "127.0.0.0/8,::1"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server runs and keeps its data."""

    port: int
    data: Path
    host: str
    database_url: str
    smtp: str | None
    registration: str = "open"
    outbound_allow: str = LOOPBACK
    keep_policies: float | None = None
    aws_actions: str = ""
    allowed_hosts: str = ""
    imported_calls: str = ""
    record_calls: Path | None = None

    @property
    def parameters(self) -> dict[str, str]:
        """The template's parameters that this machine's operator chooses."""
        return {
            "Registration": self.registration,
            "WithoutProvider": "keep",
            "OutboundAllow": self.outbound_allow,
            "AwsActions": self.aws_actions,
            "ImportedCalls": self.imported_calls,
        }

    @property
    def url(self) -> str:
        """Where people reach it."""
        name = "localhost" if self.host in {"127.0.0.1", "0.0.0.0"} else self.host  # noqa: S104
        return f"http://{name}:{self.port}"


def serve_forever(place: Place, *, tour: bool, with_parent: bool = False) -> None:
    """Serves until interrupted; or until the parent process ends, if it is to."""
    sys.setswitchinterval(SWITCH_SECONDS)
    leave_in_order()
    if with_parent and sys.platform == "linux":
        leave_with(os.getppid())
    with ExitStack() as closing:
        listener = _listen(place)
        closing.callback(listener.close)
        closing.callback(_lock(place.data).close)
        front = FrontProcess(listener)
        closing.callback(front.close)
        cloud = LocalCloud(
            Options(
                TEMPLATE,
                place.data.resolve(),
                place.url,
                place.database_url,
                place.smtp,
                place.parameters,
                place.keep_policies,
                place.record_calls,
                None if place.record_calls is None else forgetting,
            )
        )
        closing.callback(cloud.close)
        cloud.host.elsewhere = installed(place.data / FOLDER, place.outbound_allow)
        cloud.open()
        openapi.make_if_stale()
        collect_seldom()
        names = [place.host, *(name.strip() for name in place.allowed_hosts.split(","))]
        cloud.answer(front, CONSOLE if CONSOLE.is_dir() else None, names)
        if tour:
            from statewright_cli.tour import take_tour

            guide = threading.Thread(target=take_tour, args=(place.url, place.data), daemon=True)
            guide.start()
        console.print(f"Statewright serves on [bold]{place.url}[/], data in {place.data}")
        threading.Event().wait()  # until a signal


def _listen(place: Place) -> socket.socket:
    # The protocol is named: asyncio turns Nagle off only where it is.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((place.host, place.port))
    except OSError as error:
        _refuse(
            f"Port {place.port} on {place.host} cannot be used ({error.strerror}). "
            "Choose another: make run PORT=9000"
        )
    listener.listen(1024)
    return listener


def _lock(folder: Path) -> IO[str]:
    """Claims a data folder for this process."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / "lock").open("w")
    except OSError as error:
        _refuse(
            f"The data folder {folder} cannot be used ({error.strerror}). "
            "Choose another: make run DATA=/some/folder"
        )
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        _refuse(f"Another server uses the data folder {folder}. Stop it, or choose another folder.")
    return handle


def _refuse(sentence: str) -> NoReturn:
    Console(stderr=True, highlight=False).print(sentence, style="red")
    raise typer.Exit(1)
