"""Looking through the gallery, and making a workflow of a template."""

from __future__ import annotations

from typing import Any

from statewright.db import tenant
from statewright.errors import InvalidError
from statewright.http import Page
from statewright.workflows import drafts
from statewright.workflows.checks import check
from statewright.workflows.gallery import filling, library
from statewright.workflows.gallery.library import Entry
from statewright.workflows.gallery.models import NewFromTemplate, Template, TemplateSummary
from statewright.workflows.models import NewWorkflow, WorkflowDetail
from statewright.workflows.parsing import parse_definition
from statewright.workflows.surroundings import surroundings_of


def search(category: str | None, words: str | None) -> Page[TemplateSummary]:
    """Templates of a category, and those that have all of the words."""
    wanted = (words or "").lower().split()
    items = [
        _summary(entry)
        for entry in library.entries()
        if (category is None or entry.category.lower() == category.lower())
        and all(word in _words(entry) for word in wanted)
    ]
    return Page(items=items)


def _words(entry: Entry) -> str:
    parts = (entry.title, entry.summary, entry.category, *entry.tags, entry.documentation)
    return " ".join(parts).lower()


def _summary(entry: Entry) -> TemplateSummary:
    return TemplateSummary(
        id=entry.id,
        title=entry.title,
        summary=entry.summary,
        category=entry.category,
        tags=list(entry.tags),
    )


def get(name: str) -> Template:
    """A template with its form, examples and documentation."""
    entry = library.find(name)
    return Template(
        **_summary(entry).model_dump(),
        documentation=entry.documentation,
        outcome=entry.outcome,
        form=entry.form,
        values=entry.values,
        input=entry.runs[0]["body"],
        definition=entry.workflow,
    )


def instantiate(workspace_id: str, name: str, wanted: NewFromTemplate) -> WorkflowDetail:
    """A new draft of a template, which could be published as it is.

    Raises:
        NotFoundError: there is no such template or folder.
        InvalidError: the form does not take the values, or the workflow would not pass the checks.
        ConflictError: the workspace has a workflow of that name.
    """
    source = definition_of(library.find(name), wanted.values, wanted.name)
    definition = parse_definition(source)
    with tenant(workspace_id) as session:
        found = check(definition, surroundings_of(session))
    issues = tuple(one.issue for one in found if one.severity == "error")
    if issues:
        raise InvalidError(f"{issues[0].pointer}: {issues[0].detail}", issues)
    draft = NewWorkflow(definition=source, folder_id=wanted.folder_id)
    return drafts.create(workspace_id, draft)


def definition_of(entry: Entry, values: dict[str, Any], name: str | None = None) -> dict[str, Any]:
    """The definition that a form's values make of a template.

    Raises:
        InvalidError: the form does not take them.
    """
    filled = filling.fill(entry.workflow, filling.check(entry.form, values))
    described = {"statewright": 1, "description": entry.summary, **filled}
    return {**described, "name": name or filled["name"]}
