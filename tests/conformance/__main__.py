"""Runs the conformance suites and writes down the score: ``python -m tests.conformance``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.conformance import report
from tests.conformance.cases import DEFAULT, ROOT, available
from tests.conformance.run import run_file

PAGE = ROOT / "docs" / "asl-conformance.md"


def main() -> int:
    """Runs everything, or the file that CASES names; SCORE names a file for the verdicts."""
    chosen = os.environ.get("CASES")
    if chosen is None and not available():
        print("The outside cases are not on this machine: nothing to run.")  # noqa: T201
        return 0
    files = DEFAULT if chosen is None else (Path(chosen),)
    verdicts = [verdict for file in files for verdict in run_file(file)]
    print(report.table(verdicts))  # noqa: T201
    print(report.left_out(verdicts))  # noqa: T201
    if chosen is None:
        PAGE.write_text(report.page(verdicts))
    if score := os.environ.get("SCORE"):
        Path(score).write_text(report.as_json(verdicts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
