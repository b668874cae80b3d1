"""Ends a server's process in order: what it opened is closed, whatever signal asks for it."""

from __future__ import annotations

import os
import select
import signal
import threading
from types import FrameType


def leave_in_order() -> None:
    """Makes SIGTERM and SIGHUP end the process as :func:`sys.exit` does, and SIGINT raise
    KeyboardInterrupt, also where a shell has started it in the background. Main thread only.

    uvicorn, where it serves in this process, takes SIGTERM meanwhile and sends it again when it has
    answered what was under way: without this, that would end the process on the spot. A SIGHUP
    that is ignored, as nohup wants it, stays ignored.
    """
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _terminate)


def _leave(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # once: the second must not disturb the tidying up
    raise SystemExit(128 + number)


def _terminate(number: int, frame: FrameType | None) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def leave_with(parent: int) -> None:
    """Ends this process once another has ended, such as the ``make`` that it was started by.

    Raises:
        OSError: there is no such process, or the system cannot tell (only Linux can).
    """
    descriptor = os.pidfd_open(parent)

    def wait() -> None:
        select.select([descriptor], [], [])
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()
