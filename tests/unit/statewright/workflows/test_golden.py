"""Each construct: a definition, the state machine that it compiles to, and what running that does.

A golden file that is missing is written, and fails once: look at it, then commit it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from asl.definition import check_definition
from statewright.workflows.compiler import compile_definition
from statewright.workflows.parsing import parse_definition, read_yaml
from tests.support.definitions import execute, findings_of, outcome, results_in
from tests.support.server import ROOT

GOLDEN = Path(__file__).parent / "golden"
CONSTRUCTS = sorted(GOLDEN.glob("*.yaml"))
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))


def compare(golden: Path, text: str) -> None:
    if not golden.exists():
        golden.write_text(text)
        pytest.fail(f"{golden.name} was missing; look at it and commit it")
    assert text == golden.read_text()


def compiled(source: Any, **options: Any) -> str:
    return compile_definition(parse_definition(source), **options).text() + "\n"


@pytest.mark.parametrize("file", CONSTRUCTS, ids=lambda file: file.stem)
def test_construct(file: Path) -> None:
    case = read_yaml(file.read_text())
    options = case.get("options", {})
    text = compiled(case["definition"], **options)
    compare(file.with_suffix(".asl.json"), text)
    assert check_definition(text)[1] == []
    for run in case["runs"]:
        given = {key: run[key] for key in ("body", "answers", "files") if key in run}
        done, script = execute(case["definition"], **given, **options)
        found = outcome(done) | {"calls": script.calls, "results": results_in(done)}
        expected = {key: run[key] for key in run.keys() - given.keys()}
        assert {key: found[key] for key in expected.keys() | {"status"}} == expected


def test_every_construct_has_a_golden_file() -> None:
    from statewright.workflows.definition import KINDS

    texts = "\n".join(json.dumps(read_yaml(file.read_text())["definition"]) for file in CONSTRUCTS)  # fmt: skip
    options = ["when", "retry", "timeout", "heartbeat", "on_error", "undo", "output", "disabled", "pin", "tolerate", "batch", "concurrency", "catch", "finally", "while", "until", "every", "max", "note"]  # fmt: skip
    assert [key for key in [*KINDS, *options] if f'"{key}":' not in texts] == []


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_example(file: Path) -> None:
    source = read_yaml(file.read_text())
    assert [found for found in findings_of(source) if found.severity != "note"] == []
    text = compiled(source)
    assert check_definition(text)[1] == []
    assert text == compiled(source)
    compare(GOLDEN / "examples" / f"{file.stem}.asl.json", text)


def test_a_workflow_without_undo_knows_nothing_of_it() -> None:
    for file in EXAMPLES:
        if "undo" not in file.read_text():
            assert "ndo" not in compiled(read_yaml(file.read_text()))
