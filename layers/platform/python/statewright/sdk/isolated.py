"""A connector's file in a child process, with limits on time, memory and the size of its answer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import statewright

_CHILD = Path(__file__).with_name("child.py")
_START_SECONDS = 10.0
"""What a child may need beside the operation's own time, on a busy machine."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an operation may take."""

    seconds: float = 25.0
    memory: int = 1_024 * 1_024 * 1_024
    """Bytes of address space: some 300 MB of it are Python's own."""
    answer: int = 200_000


def describe(file: Path, bounds: Bounds = Bounds()) -> dict[str, Any]:
    """The manifest of a connector's file, as ``{"result": …}`` or ``{"error": …}``."""
    return _run({"do": "describe", "file": str(file.resolve())}, bounds, "")


def run(
    file: Path, job: dict[str, Any], outbound_allow: str = "", bounds: Bounds = Bounds()
) -> dict[str, Any]:
    """Runs an operation of a connector's file.

    Args:
        job: as :func:`statewright.sdk.running.run` takes it.
        outbound_allow: the addresses besides public ones that it may call.
    """
    return _run({"do": "run", "file": str(file.resolve()), "job": job}, bounds, outbound_allow)


def _run(job: dict[str, Any], bounds: Bounds, outbound_allow: str) -> dict[str, Any]:
    limits = {"seconds": bounds.seconds, "memory": bounds.memory}
    home = str(Path(statewright.__file__).parents[1])
    text = json.dumps({**job, "limits": limits, "path": [home]})
    with tempfile.TemporaryDirectory(prefix="connector-") as empty:
        child = subprocess.Popen(
            [sys.executable, "-I", str(_CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=empty,
            env={"STATEWRIGHT_OUTBOUND_ALLOW": outbound_allow},
            start_new_session=True,
        )
        try:
            said, told = child.communicate(text.encode(), timeout=bounds.seconds + _START_SECONDS)
        except subprocess.TimeoutExpired:
            return _failure("Connector.Timeout", f"it takes more than {bounds.seconds:g} seconds")
        finally:
            _end(child)
    return _outcome(child.returncode, said, told, bounds)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ends the child with all that it has started."""
    with suppress(ProcessLookupError):  # it has ended, and so have its children
        os.killpg(child.pid, signal.SIGKILL)
    child.communicate()


def _outcome(code: int, said: bytes, told: bytes, bounds: Bounds) -> dict[str, Any]:
    if code in {-signal.SIGXCPU, -signal.SIGKILL}:
        return _failure("Connector.Timeout", f"it takes more than {bounds.seconds:g} seconds")
    if code != 0:
        last = told.decode("utf-8", "replace").strip().rpartition("\n")[2][:500]
        name = "Connector.OutOfMemory" if "MemoryError" in last else "Connector.Error"
        return _failure(name, f"its process ended with {code}: {last}")
    if len(said) > bounds.answer:
        return _failure("Connector.TooLarge", f"the result has more than {bounds.answer:,} bytes")
    found = _read(said)
    if found is None:
        return _failure("Connector.Error", "its process ended without an answer")
    error = found.get("error")
    if error and error["message"].startswith("MemoryError"):
        return _failure("Connector.OutOfMemory", "it takes more memory than it may")
    return found


def _read(said: bytes) -> dict[str, Any] | None:
    """What the child has written, if it is an outcome: its code could write anything."""
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.keys() not in ({"result"}, {"error"}):
        return None
    error = found.get("error", {"name": "", "message": ""})
    texts = isinstance(error, dict) and [type(error.get(n)) for n in ("name", "message")]
    return found if texts == [str, str] else None


def _failure(name: str, message: str) -> dict[str, Any]:
    return {"error": {"name": name, "message": message}}
