"""``openapi``: the API's description, made of every function's routes.

A server answers with the file beside its code, and makes that anew when the code is newer.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path

from statewright.gateway.document import FILE
from statewright_cli.project import ROOT

GENERATOR = ROOT / "infra" / "generate_openapi.py"
_SOURCES = ("functions", "layers/platform/python/statewright")


def write(file: Path | None) -> None:
    """Writes the document to a file, or to the standard output."""
    if file is None:
        sys.stdout.write(_made())
        return
    unfinished = file.with_name(f"{file.name}.{os.getpid()}")
    unfinished.write_text(_made())
    unfinished.replace(file)


def make_if_stale() -> None:
    """Sees to it that the server has the document: at once where there is none, else while it
    serves with the earlier one."""
    if not FILE.exists():
        _make()
    elif is_stale():
        threading.Thread(target=_make, name="openapi", daemon=True).start()


def is_stale() -> bool:
    """Whether the description is older than what it describes, or not there."""
    made = FILE.stat().st_mtime if FILE.exists() else 0.0
    functions = (file for folder in _SOURCES for file in (ROOT / folder).rglob("*.py"))
    sources = [*GENERATOR.parent.glob("*openapi*.py"), *functions]
    return any(file.stat().st_mtime > made for file in sources)


def _make() -> None:
    with FILE.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another server may be making it
        if is_stale():
            write(FILE)


def _made() -> str:
    done = subprocess.run(
        [sys.executable, GENERATOR], check=True, capture_output=True, text=True, cwd=ROOT
    )
    return done.stdout
