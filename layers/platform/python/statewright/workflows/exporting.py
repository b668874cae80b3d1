"""A workflow as a file: its YAML, its JSON, its state machine, or an application of its own."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import dataclass
from typing import Any, Literal, assert_never

from statewright.db import Session, load_queries, tenant
from statewright.workflows import drafts, versions
from statewright.workflows.checks import Surroundings
from statewright.workflows.compiler import compile_definition
from statewright.workflows.definition import Definition
from statewright.workflows.parsing import parse_definition
from statewright.workflows.sam import application
from statewright.workflows.source_text import write_yaml
from statewright.workflows.surroundings import surroundings_of

_sql = load_queries(__package__, "test_runs.sql")
Format = Literal["yaml", "json", "asl", "sam"]


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
        InvalidError: ASL is wanted of a draft that does not compile, or an application of what
            cannot do without the platform.
    """
    with tenant(workspace_id) as session:
        row = drafts.find(session, workflow_id)
        found = row if version == versions.DRAFT else versions.find(session, row, version)
        return _file(session, found, _file_name(row["name"]), form)


def _file(session: Session, found: dict[str, Any], name: str, form: Format) -> File:
    source = found["definition"]
    match form:
        case "yaml":
            text = found["source"] or write_yaml(source)
            return File(f"{name}.yaml", "application/yaml", text)
        case "json":
            return File(f"{name}.json", "application/json", _json(source))
        case "asl":
            asl = source.get("asl") or found.get("asl") or _compiled(session, source)
            return File(f"{name}.asl.json", "application/json", _json(asl))
        case "sam":
            variables = (session.one(_sql.get_variables) or {})["variables"]
            files = application_of(source, _known(session, parse_definition(source)), variables)
            return File(f"{name}.zip", "application/zip", _zipped(files))
        case _:
            assert_never(form)


def application_of(
    source: dict[str, Any], surroundings: Surroundings, variables: dict[str, Any]
) -> dict[str, str]:
    """The files of a workflow's SAM application, by their paths.

    Raises:
        InvalidError: it does not compile, or has steps that need the platform.
    """
    definition = parse_definition(source)
    chosen = definition.settings.model_copy(update={"concurrency": None, "on_failure": None})
    alone = definition.model_copy(update={"settings": chosen})
    artefact = compile_definition(alone, surroundings=surroundings)
    return application(definition, artefact, variables)


def _zipped(files: dict[str, str]) -> bytes:
    """The same files are the same bytes: they bear no time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path), text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _compiled(session: Session, source: dict[str, Any]) -> dict[str, Any]:
    definition = parse_definition(source)
    return compile_definition(definition, surroundings=_known(session, definition)).asl


def _known(session: Session, definition: Definition) -> Surroundings:
    """The actions that a definition names; whether all else is there is not asked."""
    return Surroundings(actions=surroundings_of(session, definition).actions)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _file_name(name: str) -> str:
    """A workflow's name as every file system takes it."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "workflow"
