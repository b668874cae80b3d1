"""The public shapes of triggers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from statewright.workflows.models import Input

Switch = Literal["on", "off"]


class State(Input):
    """Whether a workflow, or one of its triggers, starts anything."""

    state: Switch


class WorkflowState(BaseModel):
    """Whether a workflow's triggers start anything."""

    workflow_id: str
    state: Switch


class Poll(BaseModel):
    """How far a polling trigger has come. After ``failures`` in a row it waits until
    ``not_before``."""

    polled_at: datetime | None
    cursor: Any
    failures: int
    not_before: datetime | None


class PublishedTrigger(BaseModel):
    """A trigger of the published version.

    ``state`` is its own: with its workflow off, it starts nothing either. ``url`` is there for
    webhooks and forms, ``next_at`` for schedules and polls.
    """

    id: str
    type: str
    state: Switch
    url: str | None
    next_at: datetime | None
    last_started_at: datetime | None
    last_error: str | None
    last_error_at: datetime | None
    poll: Poll | None
    settings: dict[str, Any]


class Triggers(BaseModel):
    """A workflow's triggers, and whether the workflow is on."""

    state: Switch
    items: list[PublishedTrigger]


class NewEvent(Input):
    """An event to publish. The same ``id`` again starts nothing twice."""

    type: str = Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$")
    data: dict[str, Any] = Field(default_factory=dict)
    id: str | None = Field(default=None, min_length=1, max_length=200)


class PublishedEvent(BaseModel):
    """An event that the rules have; the workflows that wait for it start."""

    event_id: str


class NewUpload(Input):
    """A file that is about to be uploaded."""

    name: str = Field(min_length=1, max_length=255)
    size: int = Field(ge=1)
    content_type: str = Field(
        default="application/octet-stream", pattern=r"^[\w.+-]+/[\w.+-]+$", max_length=100
    )


class Upload(BaseModel):
    """Where to send a file: one request of this method, with these headers, to this URL.

    ``file`` is what the workflow will know it by (``for_each: {file: …}`` takes it).
    """

    url: str
    method: Literal["PUT"]
    headers: dict[str, str]
    file: str
    expires_at: datetime


class NewFormLink(Input):
    """A signed link to a form: how long it works, and whether more than once."""

    hours: int = Field(default=168, ge=1, le=8760)
    reusable: bool = False


class FormLink(BaseModel):
    """A link that opens one form, for whoever has it."""

    url: str
    expires_at: datetime
