"""The score as a table, as a page and as JSON. Nothing in it depends on when it was made."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from tests.conformance.cases import Verdict

_FAILING = re.compile(r"^- `(.+?)`: ", re.MULTILINE)
Scores = dict[tuple[str, str], tuple[int, int]]
_HEAD = """\
# Conformance

Written by `make conformance`. Cases that AWS itself answered (recorded by the LocalStack project, Apache-2.0),
the official JSONata suite (MIT), real definitions from public repositories (each must be taken and, with made-up
data, run to an end), and definitions with the verdicts of linters (Apache-2.0, MIT), which are no recordings:
where one differs, the reason says what AWS does. The data is not part of this project: it is read from `../shared/conformance` where that is present. An execution passes only
with the recorded status, output, error, cause and, where recorded, every history event exactly.
In the reasons, `a != b` is recorded != ours.

A recording holds what AWS answered in its month. AWS has added fields since, such as `redriveCount` in
November 2023 and `encryptionConfiguration` in July 2024; the engine gives them, an older recording cannot
hold them. So a recording from before a field's day is compared without that field, unless it holds it.
Likewise the exit of a Distributed Map's state has followed the Map run's beginning since autumn 2024; in an
older recording it must follow the Map run's success. The fields, their days and this change stand in
`tests/conformance/recording.py`. {}
"""


def scores(verdicts: list[Verdict]) -> Scores:
    """(kind, category) → (passed, all); the category "" sums up its kind."""
    passed: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    for verdict in verdicts:
        for key in ((verdict.kind, ""), (verdict.kind, verdict.category)):
            total[key] += 1
            passed[key] += verdict.passed
    return {key: (passed[key], total[key]) for key in sorted(total)}


def table(verdicts: list[Verdict]) -> str:
    """The score by kind and category, as Markdown."""
    lines = ["| kind | category | passed | of |", "|---|---|---:|---:|"]
    for (kind, category), (passed, total) in scores(verdicts).items():
        row = f"| {kind} | {category} | {passed} | {total} |"
        lines.append(row if category else f"| **{kind}** | | **{passed}** | **{total}** |")
    good = sum(verdict.passed for verdict in verdicts)
    lines.append(f"| **all** | | **{good}** | **{len(verdicts)}** |")
    return "\n".join(lines)


def left_out(verdicts: list[Verdict]) -> str:
    """How many cases pass only because fields younger than their recording were left out."""
    number = sum(verdict.passed and verdict.left_out for verdict in verdicts)
    return f"{number} cases pass only thanks to this rule."


def page(verdicts: list[Verdict]) -> str:
    """The whole of ``docs/asl-conformance.md``."""
    failing = sorted((v for v in verdicts if not v.passed), key=lambda v: (v.kind, v.id))
    parts = [
        _HEAD.format(left_out(verdicts)),
        "## Score",
        table(verdicts) + "\n",
        "## Failing cases",
    ]
    for kind in sorted({verdict.kind for verdict in failing}):
        of_kind = [verdict for verdict in failing if verdict.kind == kind]
        parts.append(f"### {kind} ({len(of_kind)})\n")
        parts += [f"- `{verdict.id}`: {_quoted(verdict.reason)}" for verdict in of_kind]
    return "\n".join(parts) + "\n"


def _quoted(reason: str) -> str:
    return reason.replace("<", "&lt;").replace("|", "\\|")


def known_failures(file: Path) -> set[str]:
    """The ids of the cases that the page lists as failing."""
    return set(_FAILING.findall(file.read_text())) if file.is_file() else set()


def as_json(verdicts: list[Verdict]) -> str:
    """Totals and every case's verdict."""
    totals: dict[str, Any] = {}
    for (kind, category), (passed, total) in scores(verdicts).items():
        entry = totals.setdefault(kind, {"categories": {}})
        place = entry["categories"].setdefault(category, {}) if category else entry
        place.update(passed=passed, total=total)
    cases = {
        verdict.id: {
            "kind": verdict.kind,
            "category": verdict.category,
            "passed": verdict.passed,
            "reason": verdict.reason,
            "left_out": verdict.left_out,
        }
        for verdict in verdicts
    }
    good = sum(verdict.passed for verdict in verdicts)
    return json.dumps(
        {"passed": good, "total": len(verdicts), "kinds": totals, "cases": cases}, indent=1
    )
