"""The public shapes of a workflow's life: versions, differences, labels."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from statewright.workflows.models import Input, Tags


class WorkflowFilter(BaseModel):
    """Which workflows somebody looks for. ``q``: words of name, description, tags and actions."""

    q: str | None = None
    tag: str | None = None
    folder_id: str | None = None
    published: bool | None = None
    archived: bool = False


class TagCount(BaseModel):
    """A tag, and how many workflows have it."""

    tag: str
    workflows: int


class Labels(Input):
    """What a workflow is filed under; what is not sent stays as it is.

    ``retention_days``: how long its executions' rows are kept; null: as the workspace says.
    """

    tags: Tags = Field(default_factory=list)
    folder_id: str | None = None
    retention_days: int | None = Field(default=None, ge=1, le=3650)


class Publish(Input):
    """What is said about a version when it is published."""

    note: str = Field(default="", max_length=1000)


class RollBack(Input):
    """The version to go back (or forward) to."""

    version: int = Field(ge=1, le=2_000_000_000)


class Copy(Input):
    """Name and place of a copy. Without a name: that of the original, with "(copy)"."""

    name: str | None = Field(default=None, min_length=1, max_length=60)
    folder_id: str | None = None


class VersionSummary(BaseModel):
    """A published version. ``live``: triggers start it."""

    version: int
    live: bool
    note: str
    created_by: str
    created_at: datetime


class VersionDetail(VersionSummary):
    """A version with the definition, and the state machine that it became."""

    definition: dict[str, Any]
    source: str | None
    asl: dict[str, Any]
    machine_arn: str


class FieldChange(BaseModel):
    """A value that differs. ``field`` is a JSON pointer below the step, or the definition.

    None stands for "not there" where ``absent`` names the side.
    """

    field: str
    before: Any = None
    after: Any = None
    absent: Literal["before", "after"] | None = None


class StepChange(BaseModel):
    """What became of a step. It may have been moved and changed at once."""

    step: str
    """The step's id; where it has none, its kind and place."""
    name: str
    kind: str
    change: Literal["added", "removed", "moved", "changed", "moved_and_changed"]
    before: str | None = None
    """Its pointer in the first definition."""
    after: str | None = None
    fields: list[FieldChange] = Field(default_factory=list)


class Difference(BaseModel):
    """How two definitions differ, as data and as text; ``same`` where nothing does."""

    before: str
    after: str
    same: bool
    fields: list[FieldChange]
    steps: list[StepChange]
    text: str
