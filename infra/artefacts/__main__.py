"""Checks a build: sizes against Lambda's limits, and each handler's import in a clean interpreter.

``python -m artefacts INTERPRETER`` after ``make package`` has built ``.aws-sam/build`` (for Lambda)
and ``.aws-sam/here`` (the same for this machine, so that it can be imported).
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from artefacts.built import LIMIT, Artefact, artefacts, size

BUDGET = 1.0
"""Processor seconds that a handler's import should take at most. Reported, never a failure."""
TRIES = 3
"""Times that an import over the budget is measured: other work on a machine only adds to it."""
_IMPORT = """
import sys, time
sys.path[:0] = {path!r}
begin = time.process_time()
module = __import__({module!r})
assert callable(getattr(module, {attribute!r}))
print(time.process_time() - begin)
"""
_ENVIRONMENT = {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}


def import_seconds(artefact: Artefact, interpreter: str) -> float | str:
    """The least processor time of a handler's import, or what went wrong."""
    found = _import_seconds(artefact, interpreter)
    for _ in range(TRIES - 1):
        if isinstance(found, str) or found <= BUDGET:
            break
        again = _import_seconds(artefact, interpreter)
        found = again if isinstance(again, str) else min(found, again)
    return found


def _import_seconds(artefact: Artefact, interpreter: str) -> float | str:
    module, _, attribute = artefact.handler.rpartition(".")
    script = _IMPORT.format(path=artefact.path, module=module, attribute=attribute)
    done = subprocess.run(
        [interpreter, "-B", "-I", "-S", "-c", script],  # as on Lambda: byte code is not kept
        env=_ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    return float(done.stdout) if done.returncode == 0 else done.stderr[-500:]


def sizes(build: Path) -> dict[str, int]:
    """Function → unzipped bytes with its layers."""
    known: dict[Path, int] = {}
    found = {}
    for artefact in artefacts(build):
        for folder in artefact.folders:
            if folder not in known:
                known[folder] = size(folder)
        found[artefact.name] = sum(known[folder] for folder in artefact.folders)
    return found


def imports(build: Path, interpreter: str) -> dict[str, float | str]:
    """Function → seconds or error; each in an interpreter of its own, two at a time."""
    found = list(artefacts(build))
    with ThreadPoolExecutor(2) as threads:
        results = threads.map(lambda artefact: import_seconds(artefact, interpreter), found)
    return {artefact.name: result for artefact, result in zip(found, results, strict=True)}


def main(arguments: Sequence[str]) -> int:
    """Prints the findings as JSON; 1 if a limit is passed or a handler cannot be imported."""
    built = sizes(Path(".aws-sam/build"))
    timed = imports(Path(".aws-sam/here"), arguments[0])
    seconds = {name: value for name, value in timed.items() if isinstance(value, float)}
    failed = {name: value for name, value in timed.items() if isinstance(value, str)}
    too_large = {name: value for name, value in built.items() if value > LIMIT}
    slowest = sorted(seconds, key=seconds.__getitem__)[-5:]
    report = {
        "functions": len(built),
        "largest_mb": round(max(built.values()) / 2**20, 1),
        "limit_mb": LIMIT // 2**20,
        "too_large": too_large,
        "import_median_s": round(statistics.median(seconds.values()), 2) if seconds else None,
        "import_budget_s": BUDGET,
        "over_budget": sorted(name for name, value in seconds.items() if value > BUDGET),
        "slowest": {name: round(seconds[name], 2) for name in reversed(slowest)},
        "not_importable": failed,
    }
    print(json.dumps(report, indent=1))
    return 1 if too_large or failed or not built or built.keys() != timed.keys() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
