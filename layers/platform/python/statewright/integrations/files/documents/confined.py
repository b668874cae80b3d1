"""Has a document read by a child process, which may use so much time and memory and no more.

Parsers of PDF, Office files, images and archives are large and meet whatever people upload. A file
that makes one of them loop or grow costs a child, and the step an error with a name.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

from statewright.integrations.files.errors import FileInvalidError, FileTooLargeError

MEMORY = 1_200_000_000
SECONDS = 120
_CHILD = Path(__file__).with_name("child.py")


def pieces(job: dict[str, Any], seconds: int = SECONDS) -> Generator[dict[str, Any], None, None]:
    """What the child says of a document, piece by piece. Closing the generator ends the child.

    Args:
        job: what to do (``do``), with which file, and how: see :mod:`child`.

    Raises:
        FileInvalidError: the document cannot be read.
        FileTooLargeError: it takes more time or memory than it may, or unpacks to too much.
    """
    command = [sys.executable, "-I", str(_CHILD)]
    limits = {"seconds": seconds, "memory": MEMORY, "path": sys.path}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        # CPU time has the child's own limit; this one is for a child that waits or stands still.
        watch = threading.Timer(seconds * 2 + 10, child.kill)
        watch.start()
        try:
            child.stdin.write(json.dumps({**job, **limits}).encode())
            child.stdin.close()
            yield from _said(child)
        except BrokenPipeError:
            raise FileInvalidError("the document cannot be read") from None
        finally:
            watch.cancel()
            child.kill()


def _said(child: subprocess.Popen[bytes]) -> Generator[dict[str, Any], None, None]:
    assert child.stdout is not None
    for line in child.stdout:
        piece = json.loads(line)
        if "failed" in piece:
            kind = FileTooLargeError if piece["failed"] == "large" else FileInvalidError
            raise kind(piece["why"])
        if "end" in piece:
            return
        yield piece
    code = child.wait()
    if code in {-signal.SIGXCPU, -signal.SIGKILL}:
        raise FileTooLargeError("the document takes longer to read than it may")
    raise FileTooLargeError("the document takes more memory to read than it may")


def only(job: dict[str, Any]) -> dict[str, Any]:
    """The one piece that a job gives."""
    with closing(pieces(job)) as found:
        return next(found)
