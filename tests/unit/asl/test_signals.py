"""A server's process hears signals, however it was started."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

WAITING = """
import signal
from asl.signals import leave_in_order
leave_in_order()
print("ready", flush=True)
signal.pause()
"""


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, 128 + signal.SIGTERM)]
)
def test_one_that_a_shell_has_put_into_the_background_ends(number: int, code: int) -> None:
    """Shells have SIGINT ignored there."""
    command = ["sh", "-c", 'trap "" INT; exec "$0" -c "$1"', sys.executable, WAITING]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == code
