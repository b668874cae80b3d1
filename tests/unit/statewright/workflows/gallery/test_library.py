"""The templates as files: complete, consistent with their forms, free of findings."""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs
import pytest

from statewright.workflows.checks import check
from statewright.workflows.expressions import expressions_in
from statewright.workflows.gallery import filling, library, using
from statewright.workflows.gallery.library import Entry
from statewright.workflows.parsing import parse_definition
from tests.support.server import ROOT

ENTRIES = library.entries()


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in strings(part)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_template(entry: Entry) -> None:
    assert re.fullmatch(r"[a-z][a-z-]*", entry.id)
    assert entry.title == entry.workflow["name"]
    assert len(entry.summary) <= 100
    assert entry.documentation.strip()
    assert entry.outcome.strip()
    jsonschema_rs.meta.validate(entry.form)
    assert filling.placeholders(entry.workflow) == entry.form["properties"].keys()
    assert all("title" in part for part in entry.form["properties"].values())
    for text in strings(entry.workflow):
        assert not any("${" in source for source in expressions_in(text)), text
    definition = parse_definition(using.definition_of(entry, entry.values))
    assert [found for found in check(definition) if found.severity != "note"] == []
    assert "${" not in "".join(strings(using.definition_of(entry, entry.values)))
    for run in entry.runs:
        if definition.input is not None:
            jsonschema_rs.validate(definition.input, run["body"])


def test_values_keep_their_types_and_fit_into_texts() -> None:
    source = {"a": "${n}", "b": "${list}", "c": "x ${n} ${text}/y", "d": ["${missing}"], "e": 1}
    filled = filling.fill(source, {"n": 5, "list": [1, "2"], "text": "t"})
    assert filled == {"a": 5, "b": [1, "2"], "c": "x 5 t/y", "d": [None], "e": 1}


def test_the_documentation_lists_every_template() -> None:
    page = (ROOT / "docs" / "templates.md").read_text()
    for entry in ENTRIES:
        assert f"| `{entry.id}` | {entry.category} | {entry.summary} |" in page
