"""The public shapes of the gallery."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from statewright.workflows.models import Input


class TemplateSummary(BaseModel):
    """A template, as lists show it."""

    id: str
    title: str
    summary: str
    category: str
    tags: list[str]


class Template(TemplateSummary):
    """A template with all that is needed to use it.

    ``form`` is the JSON Schema of what it asks for, ``values`` an example of that, ``input`` an
    example of what starts it, ``definition`` the workflow with ``${field}`` where values go.
    """

    documentation: str
    outcome: str
    form: dict[str, Any]
    values: dict[str, Any]
    input: Any
    definition: dict[str, Any]


class NewFromTemplate(Input):
    """The form's values, and what the workflow is called (as the template, unless it says so)."""

    values: dict[str, Any]
    name: str | None = Field(default=None, min_length=1, max_length=100)
    folder_id: str | None = None
