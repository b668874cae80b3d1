"""The reference page: every example in it is valid, and every construct is in it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from asl.definition import check_definition
from statewright.workflows.compiler import compile_definition
from statewright.workflows.definition import KINDS, OPTIONS
from statewright.workflows.parsing import parse_definition, read_yaml
from tests.support.definitions import findings_of
from tests.support.server import ROOT

PAGE = (ROOT / "docs" / "workflow-definition.md").read_text()
AI_PAGE = (ROOT / "docs" / "ai.md").read_text()
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE + AI_PAGE, re.DOTALL)


def source(block: str) -> Any:
    value = read_yaml(block)
    return value if isinstance(value, dict) else {"name": "Example", "steps": value}


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split("\n")[0][:40])
def test_example(block: str) -> None:
    definition = source(block)
    assert [found for found in findings_of(definition) if found.severity != "note"] == []
    text = compile_definition(parse_definition(definition)).text()
    assert check_definition(text)[1] == []


def test_every_kind_and_option_is_explained() -> None:
    assert [kind for kind in KINDS if f"| `{kind}` |" not in PAGE] == []
    assert [option for option in OPTIONS if f"`{option}`" not in PAGE] == []
