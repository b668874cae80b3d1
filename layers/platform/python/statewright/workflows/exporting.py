"""A workflow as a file: its YAML, its JSON, or its state machine."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Literal, assert_never

from statewright.db import Session, tenant
from statewright.workflows import drafts, versions
from statewright.workflows.checks import Surroundings
from statewright.workflows.compiler import compile_definition
from statewright.workflows.parsing import parse_definition
from statewright.workflows.source_text import write_yaml
from statewright.workflows.surroundings import surroundings_of

Format = Literal["yaml", "json", "asl"]


@dataclass(frozen=True, slots=True)
class File:
    """A file to be downloaded."""

    name: str
    content_type: str
    content: str | bytes


def export(workspace_id: str, workflow_id: str, version: str, form: Format) -> File:
    """The draft, the live version or a numbered one, in a form.

    Raises:
        NotFoundError: there is no such version.
        InvalidError: ASL is wanted of a draft that does not compile.
    """
    with tenant(workspace_id) as session:
        row = drafts.find(session, workflow_id)
        found = row if version == versions.DRAFT else versions.find(session, row, version)
        asl = found["definition"].get("asl") or found.get("asl")
        if form == "asl" and asl is None:
            asl = _compiled(session, found["definition"])
    name = _file_name(row["name"])
    match form:
        case "yaml":
            text = found["source"] or write_yaml(found["definition"])
            return File(f"{name}.yaml", "application/yaml", text)
        case "json":
            return File(f"{name}.json", "application/json", _json(found["definition"]))
        case "asl":
            return File(f"{name}.asl.json", "application/json", _json(asl))
        case _:
            assert_never(form)


def _compiled(session: Session, source: dict[str, Any]) -> dict[str, Any]:
    definition = parse_definition(source)
    actions = surroundings_of(session, definition).actions
    return compile_definition(definition, surroundings=Surroundings(actions=actions)).asl


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _file_name(name: str) -> str:
    """A workflow's name as every file system takes it."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "workflow"
