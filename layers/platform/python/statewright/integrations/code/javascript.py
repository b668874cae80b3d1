"""``code.javascript``: quickjs-ng in a child process, with limits on time, memory and size."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

MEMORY = 64 * 1024 * 1024
MAX_RESULT = 200_000
_START_SECONDS = 5.0
"""What a child may need beside the code's own time, on a busy machine."""
_CHILD = Path(__file__).with_name("child.py")


class CodeError(Exception):
    """The code throws, or is no JavaScript."""


class CodeTimeoutError(CodeError):
    """The code takes longer than it may."""


class CodeMemoryError(CodeError):
    """The code takes more memory than it may."""


class CodeTooLargeError(CodeError):
    """The result is more than an execution can hold."""


CodeError.__name__ = "Code.Error"
CodeTimeoutError.__name__ = "Code.Timeout"
CodeMemoryError.__name__ = "Code.OutOfMemory"
CodeTooLargeError.__name__ = "Code.TooLarge"


def perform(inputs: dict[str, Any]) -> dict[str, Any]:
    """Runs ``code`` as the body of a function of ``input``; what it returns is the result.

    Raises:
        CodeError: under the name of what went wrong.
    """
    seconds = float(inputs.get("seconds") or 5)
    job = {
        "code": inputs["code"],
        "input": inputs.get("input"),
        "seconds": seconds,
        "memory": MEMORY,
    }
    outcome = _outcome(_said(json.dumps(job), seconds))
    if len(json.dumps(outcome, ensure_ascii=False).encode("utf-8", "surrogatepass")) > MAX_RESULT:
        raise CodeTooLargeError(f"the result has more than {MAX_RESULT:,} bytes")
    return outcome


def _said(job: str, seconds: float) -> str:
    command = [sys.executable, "-I", str(_CHILD), json.dumps(sys.path)]
    try:
        done = subprocess.run(
            command,
            input=job,
            capture_output=True,
            text=True,
            env={},
            timeout=seconds + _START_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CodeTimeoutError(f"the code takes more than {seconds:g} seconds") from None
    if done.returncode == -signal.SIGXCPU:
        raise CodeTimeoutError(f"the code takes more than {seconds:g} seconds")
    if done.returncode != 0:
        raise CodeMemoryError("the code's process ended: it took more than it may")
    return done.stdout


def _outcome(text: str) -> dict[str, Any]:
    said = json.loads(text)
    if "error" not in said:
        return {"result": said["result"], "logs": said["logs"]}
    error = str(said["error"])[:2_000]
    if "interrupted" in error:
        raise CodeTimeoutError("the code takes longer than it may")
    if "out of memory" in error or error.strip() == "null":
        raise CodeMemoryError(f"the code takes more than {MEMORY // 1024**2} MB")
    raise CodeError(error)
