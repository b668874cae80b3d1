"""A migration only adds: the version before it goes on working beside the new one (docs/operating.md)."""

from __future__ import annotations

import re

import pytest

from tests.support.server import ROOT

MIGRATIONS = sorted((ROOT / "layers/platform/python/statewright/db/migrations").glob("*.sql"))
BASELINE = "0013b_limits.sql"
"""The last one of the first release: what came before it has no version that ran without it."""
REVIEWED: dict[str, str] = {
    "0022b_python_connectors": "the check lets one kind more through than before",
    "0026_input_shapes": "the check lets one metric more through than before",
    "0030_sketches": "the tables of single buckets go on, as views over what replaces them",
}
"""Migrations that take something away, with the release since which no code uses it; or that only
look so, and why they do not."""
_TAKES = re.compile(
    r"""\bDROP\s+(TABLE|COLUMN|VIEW|FUNCTION|TYPE|SCHEMA)\b | \bRENAME\b | \bTRUNCATE\b
    | \bALTER\s+(COLUMN\s+)?\w+\s+(SET\s+DATA\s+)?TYPE\b | \bSET\s+NOT\s+NULL\b
    | \bADD\s+(COLUMN\s+)?(?!CONSTRAINT)\w+[^,;]*?\bNOT\s+NULL\b(?![^,;]*\b(DEFAULT|GENERATED)\b)
    | \bADD\s+(CONSTRAINT\s+\w+\s+)?(CHECK|UNIQUE|FOREIGN\s+KEY|PRIMARY\s+KEY|EXCLUDE)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def takes(sql: str) -> str | None:
    """What of a script breaks code that does not know it."""
    without_comments = re.sub(r"--[^\n]*", "", sql)
    altered = " ".join(re.findall(r"ALTER TABLE[^;]*;|DROP[^;]*;|TRUNCATE[^;]*;", without_comments))
    found = _TAKES.search(altered)
    return found[0] if found else None


@pytest.mark.parametrize(
    "file", [one for one in MIGRATIONS if one.name > BASELINE], ids=lambda file: file.stem
)
def test_a_migration_only_adds(file) -> None:  # type: ignore[no-untyped-def]
    assert takes(file.read_text()) is None or file.stem in REVIEWED


@pytest.mark.parametrize(
    ("sql", "breaks"),
    [
        ("ALTER TABLE a DROP COLUMN b;", True),
        ("DROP TABLE a;", True),
        ("ALTER TABLE a RENAME TO b;", True),
        ("ALTER TABLE a ALTER COLUMN b TYPE bigint;", True),
        ("ALTER TABLE a ALTER COLUMN b SET NOT NULL;", True),
        ("ALTER TABLE a ADD COLUMN b text NOT NULL;", True),
        ("ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0);", True),
        ("ALTER TABLE a ADD COLUMN b text NOT NULL DEFAULT '';", False),
        ("ALTER TABLE a ADD COLUMN b text;", False),
        ("CREATE TABLE a (b text NOT NULL, CHECK (b <> ''));", False),
        ("-- DROP TABLE a;\nCREATE INDEX ON a (b);", False),
    ],
)
def test_what_breaks_older_code(sql: str, breaks: bool) -> None:
    assert (takes(sql) is not None) is breaks
