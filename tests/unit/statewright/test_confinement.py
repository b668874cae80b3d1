"""A process that has confined itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from statewright import confinement

HEAD = """
import sys
sys.path[:] = {path!r}
from statewright.confinement import confine, memory_ran_out
confine(5, 6, 400_000_000, files=8, written={written})
"""


def said(code: str, written: int = 0) -> str:
    whole = HEAD.format(path=sys.path, written=written) + code
    command = [sys.executable, "-I", "-c", whole]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr.strip().rpartition("\n")[2]


def test_a_process_knows_that_its_memory_ran_out() -> None:
    assert not confinement.memory_ran_out(), "no limit, no end"
    assert said("print(memory_ran_out())") == "False"
    code = """
kept = []
try:
    while True:
        kept.append(bytearray(1_000_000))
except MemoryError:
    kept.clear()
print(memory_ran_out())
"""
    assert said(code) == "True"


@pytest.mark.parametrize(
    ("code", "end"),
    [
        ("bytearray(500_000_000)", "MemoryError"),
        ("files = [open('/dev/null') for _ in range(20)]", "OSError: [Errno 24] Too many open files: '/dev/null'"),
        ("open('{file}', 'wb', 0).write(b'x' * 100_000)", "OSError: [Errno 27] File too large"),
    ],
)  # fmt: skip
def test_what_it_may_not_have(code: str, end: str, tmp_path: Path) -> None:
    code = code.replace("{file}", str(tmp_path / "file"))
    assert said(f"import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n{code}") == end


def test_what_it_may_write(tmp_path: Path) -> None:
    code = f"print(open({str(tmp_path / 'file')!r}, 'wb', 0).write(b'x' * 100_000))"
    assert said(code, written=100_000) == "100000"
