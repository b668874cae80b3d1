"""What AWS answered, answered again: no case may fail that did not fail before."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance import report
from tests.conformance.__main__ import PAGE
from tests.conformance.cases import DEFAULT, available
from tests.conformance.run import run_file

pytestmark = pytest.mark.skipif(not available(), reason="the outside cases are not here")


@pytest.mark.parametrize("file", DEFAULT, ids=lambda file: file.stem)
def test_no_case_fails_that_passed_before(file: Path) -> None:
    known = report.known_failures(PAGE)

    failing = {v.id: v.reason for v in run_file(file) if not v.passed and not _slow(v.reason)}

    new = {name: reason for name, reason in failing.items() if name not in known}
    assert not new, f"run `make conformance` to see all: {new}"


def _slow(reason: str) -> bool:
    """Whether the machine was too busy: two cases of JSONata's suite take seconds on any."""
    return "Expression evaluation timeout" in reason or reason.startswith("no answer within")
