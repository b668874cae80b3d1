"""Reading a build, and what an import in a clean interpreter tells."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from artefacts.__main__ import import_seconds, sizes
from artefacts.built import artefacts

ROOT_TEMPLATE = """
Resources:
  Platform: {Type: "AWS::Serverless::LayerVersion", Properties: {ContentUri: Platform}}
  Stack:
    Type: AWS::Serverless::Application
    Properties: {Location: Stack/template.yaml, Parameters: {Layer: !Ref Platform, Other: !Ref Stage}}
"""
STACK = """
Globals: {Function: {Layers: [!Ref Layer]}}
Resources:
  One:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: !Sub "${Prefix}-a-one", CodeUri: One, Handler: one.handler}
"""


@pytest.fixture
def build(tmp_path: Path) -> Path:
    for file, text in {
        "template.yaml": ROOT_TEMPLATE,
        "Stack/template.yaml": STACK,
        "Stack/One/one.py": "from shared import handler\n",
        "Platform/python/shared.py": "def handler(event, context): ...\n",
    }.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text)
    return tmp_path


def test_a_function_has_its_code_and_its_layers(build: Path) -> None:
    (found,) = artefacts(build)
    assert found.name == "a-one"
    assert found.folders == (build / "Stack/One", build / "Platform")
    assert sizes(build) == {"a-one": len("from shared import handler\n") * 1 + 33}


def test_a_handler_is_imported_from_there_alone(build: Path) -> None:
    (found,) = artefacts(build)
    assert isinstance(import_seconds(found, sys.executable), float)
    (build / "Platform/python/shared.py").unlink()
    outcome = import_seconds(found, sys.executable)
    assert isinstance(outcome, str)
    assert "No module named 'shared'" in outcome


def test_what_is_installed_here_is_not_seen(build: Path) -> None:
    (build / "Stack/One/one.py").write_text("import boto3\n")
    (found,) = artefacts(build)
    assert "No module named 'boto3'" in str(import_seconds(found, sys.executable))
