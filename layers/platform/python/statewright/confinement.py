"""Limits of a child process that works on what people upload or write.

The child calls this itself, before it touches what it was given. See setrlimit(2).
"""

from __future__ import annotations

import resource
from pathlib import Path

_STATUS = Path("/proc/self/status")
_NEARLY = 0.95


def confine(seconds: int, hard: int, memory: int, files: int, written: int = 0) -> None:
    """Takes from this process what it does not need.

    Args:
        seconds: of processor time, after which SIGXCPU comes.
        hard: the same, after which SIGKILL comes.
        memory: bytes of address space.
        files: that may be open at once.
        written: the most bytes of a file that it writes.
    """
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def memory_ran_out() -> bool:
    """Whether this process has had about all of its address space.

    Libraries written in C report a failed allocation by errors of their own.
    """
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit == resource.RLIM_INFINITY or not _STATUS.exists():
        return False
    peak = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmPeak:"))
    return int(peak.split()[1]) * 1024 > limit * _NEARLY
