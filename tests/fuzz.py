"""Runs the fuzz tests of ``tests/properties/test_hostile.py`` under atheris: ``make fuzz``.

``python -m tests.fuzz [SECONDS]`` runs each for SECONDS (60); ``python -m tests.fuzz NAME SECONDS``
runs one. An input that breaks something is kept under ``build/fuzz`` and shown.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["asl"]):
    from tests.properties.test_hostile import FUZZED

FOUND = Path("build/fuzz")
MEMORY = 4096


def main(arguments: list[str]) -> int:
    """Runs every target in a process of its own, or the one that is named in this one."""
    if arguments and arguments[0] in FUZZED:
        name, seconds = arguments[0], arguments[1]
        options = [
            f"-max_total_time={seconds}",
            "-timeout=20",
            "-len_control=0",
            "-max_len=2000",
            f"-rss_limit_mb={MEMORY}",
        ]
        prefix = f"-artifact_prefix={FOUND}/{name}-"
        atheris.Setup(
            [name, *options, prefix, "-print_final_stats=0"], FUZZED[name].hypothesis.fuzz_one_input
        )
        atheris.Fuzz()
    FOUND.mkdir(parents=True, exist_ok=True)
    seconds = arguments[0] if arguments else "60"
    failed = []
    for name in FUZZED:
        command = [sys.executable, "-m", "tests.fuzz", name, seconds]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        sys.stdout.write(f"{name}: {'passed' if done.returncode == 0 else 'FAILED'}\n")
        if done.returncode:
            failed.append(name)
            sys.stdout.write(done.stdout[-3000:] + done.stderr[-3000:])
    return len(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
