"""What goes wrong on one machine, on purpose: see docs/disasters.md."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.support.server import Client, Server, until

DISK = 320 * 1024 * 1024
BLOCK = 1024 * 1024
LARGE = 50_000
"""Bytes of a request: what it leaves in the database fills what a full disk had kept open."""
WORKFLOW: dict[str, Any] = {
    "name": "Survivor",
    "triggers": [{"id": "h", "type": "webhook"}],
    "steps": [
        {"id": "number", "set": "{% $trigger.body.number %}"},
        {"id": "pause", "wait": {"for": "1s"}},
        {"id": "twice", "set": "{% $number * 2 %}"},
    ],
    "output": "{% $twice %}",
}


@pytest.fixture(scope="module")
def disk(data_root: Path) -> Iterator[Path]:
    """A small disk of its own. Left out only where this user may mount nothing."""
    folder = data_root / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=755", "tmpfs", str(folder)]
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if as_root and shutil.which("sudo") is None:
        pytest.skip("a small disk cannot be mounted: no root, no sudo")
    if subprocess.run([*as_root, *mount], capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk cannot be mounted: not allowed")
    if as_root:
        subprocess.run([*as_root, "chown", str(os.geteuid()), str(folder)], check=True)
    yield folder
    subprocess.run([*as_root, "umount", "--lazy", str(folder)], check=True)


@pytest.fixture(scope="module")
def owner(data_root: Path) -> Iterator[Client]:
    yield from _served(data_root / "disasters")


@pytest.fixture(scope="module")
def cramped(disk: Path) -> Iterator[Client]:
    """The owner of a server whose data folder is on the small disk."""
    yield from _served(disk / "data")


def _served(data: Path) -> Iterator[Client]:
    server = Server(data)
    try:
        yield Client(server.start()).register()
    finally:
        server.stop()


class Load:
    """Webhook calls, and what was answered to each."""

    def __init__(self, client: Client):
        self._client = client
        self._workflow = client.publish(WORKFLOW)
        self.accepted: dict[str, int] = {}
        self.refused: list[httpx.Response] = []
        self._number = 0

    def call(self, size: int = 0) -> bool:
        """Calls once; whether it was accepted."""
        self._number += 1
        text = os.urandom(size).hex()  # nothing that could be stored in less
        answer = self._client.call_webhook(self._workflow, {"number": self._number, "text": text})
        if answer.status_code == 202:
            self.accepted[answer.json()["execution_id"]] = self._number
        else:
            self.refused.append(answer)
        return answer.status_code == 202

    def check(self) -> None:
        """Refusals said that it is for a while; what was accepted ends once, with its result."""
        assert {answer.status_code for answer in self.refused} <= {503}
        kinds = {answer.headers["content-type"] for answer in self.refused}
        assert kinds <= {"application/problem+json"}
        for execution, number in self.accepted.items():
            ended = self._client.ended(execution)
            assert (ended["status"], ended["output"]) == ("succeeded", 2 * number)
        listed = self._all()
        assert set(self.accepted) <= listed.keys()
        assert set(listed.values()) == {1}

    def _all(self) -> Counter[str]:
        found: Counter[str] = Counter()
        query = f"/v1/executions?workflow_id={self._workflow['id']}&limit=100"
        page = self._client.ok("GET", query)
        found.update(one["id"] for one in page["items"])
        while page.get("next"):
            page = self._client.ok("GET", f"{query}&cursor={page['next']}")
            found.update(one["id"] for one in page["items"])
        return found


def _postmaster(data: Path) -> psutil.Process:
    return psutil.Process(int((data / "postgres" / "postmaster.pid").read_text().splitlines()[0]))


def test_postgresql_is_killed_and_started_again(owner: Client) -> None:
    load = Load(owner)
    for _ in range(10):
        assert load.call()
    killed = _postmaster(owner.server.data)
    killed.kill()
    # It may be back before a call is refused.
    until(lambda: not killed.is_running() and load.call(), "the database to be back")
    load.check()


def test_a_disk_that_is_full(cramped: Client) -> None:
    """Even PostgreSQL may end for want of space; once there is some, all goes on by itself."""
    load = Load(cramped)
    for _ in range(5):
        assert load.call()
    ballast = cramped.server.data / "ballast"
    _fill(ballast)
    until(lambda: not load.call(LARGE), "a refusal")
    for _ in range(5):
        load.call(LARGE)
    assert json.loads(load.refused[0].content)["title"]
    ballast.unlink()
    until(load.call, "the disk's space to be used")
    load.check()


def _fill(file: Path) -> None:
    """Writes until nothing more goes onto the disk."""
    with file.open("wb", buffering=0) as ballast:
        for size in (BLOCK, 4096):
            with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
                _write_on(ballast, bytes(size))


def _write_on(file: FileIO, block: bytes) -> None:
    while file.write(block):
        pass
