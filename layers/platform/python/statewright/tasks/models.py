"""The public shapes of human tasks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from statewright.workflows.definition import seconds

Kind = Literal["approval", "task"]
Status = Literal["open", "approved", "rejected", "completed", "expired", "cancelled"]
Vote = Literal["approved", "rejected", "completed"]
Quorum = Literal["any", "all", "some"]
MAX_PEOPLE = 200
"""The most people whom one task may ask."""
COMMENT = 2_000
"""The most characters of a comment."""
Names = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=320)]], Field(min_length=1, max_length=100)
]
"""Assignees as they are written: ``user:``, ``role:``, ``group:``, ``email:`` or an address."""


class Strict(BaseModel):
    """Refuses fields that it does not know."""

    model_config = ConfigDict(extra="forbid")


def _duration(text: str) -> str:
    seconds(text)
    return text


class Escalation(Strict):
    """Who is asked too when nothing has been decided after a time."""

    after: str
    to: Names

    _checked = field_validator("after")(_duration)


class Ask(Strict):
    """The inputs of ``human.approval`` and ``human.task``."""

    kind: Kind = "approval"
    assignees: Names
    title: str = Field(min_length=1, max_length=500)
    text: str = Field(default="", max_length=20_000)
    expires: str = "7d"
    quorum: Literal["any", "all"] | Annotated[int, Field(ge=1, le=MAX_PEOPLE)] = "any"
    allow_self: bool = False
    form: dict[str, Any] | None = None
    on_expiry: Literal["fail", "approve", "reject"] = "fail"
    remind: str | None = None
    escalate: Escalation | None = None

    _checked = field_validator("expires", "remind")(lambda v: v if v is None else _duration(v))


class Decision(Strict):
    """A person's answer. ``form`` has the values of the task's form."""

    decision: Vote
    comment: str = Field(default="", max_length=COMMENT)
    form: dict[str, Any] = Field(default_factory=dict)


class NewComment(Strict):
    """Something to say without deciding."""

    text: str = Field(min_length=1, max_length=COMMENT)


class Delegation(Strict):
    """Who is asked instead of oneself: ``user:<id or address>``, or an address."""

    to: str = Field(min_length=1, max_length=320)
    comment: str = Field(default="", max_length=COMMENT)


class Assignment(Strict):
    """Who is asked from now on, instead of those who have not answered."""

    assignees: Names


class Person(BaseModel):
    """Somebody who is asked, and the answer, where there is one."""

    id: str
    user_id: str | None
    email: str
    name: str
    via: Literal["asked", "delegated", "escalated", "reassigned"]
    vote: Vote | None
    voted_at: datetime | None
    comment: str | None


class TaskEvent(BaseModel):
    """Something that somebody, or time, did to a task. ``actor`` is ``user:<id>``,
    ``email:<address>``, ``execution:<id>`` or ``system``."""

    at: datetime
    actor: str
    act: str
    text: str


class Task(BaseModel):
    """What a workflow asks people."""

    id: str
    kind: Kind
    workflow_id: str
    workflow: str
    execution_id: str
    step: str
    title: str
    status: Status
    quorum: Quorum
    required: int
    claimed_by: str | None
    created_at: datetime
    expires_at: datetime
    decided_at: datetime | None


class TaskDetail(Task):
    """A task with all that is needed to decide it, and all that became of it."""

    body: str
    form: dict[str, Any] | None
    allow_self: bool
    on_expiry: Literal["fail", "approve", "reject"]
    result: dict[str, Any] | None
    people: list[Person]
    events: list[TaskEvent]


class LinkedTask(BaseModel):
    """A task as the holder of a link sees it."""

    id: str
    kind: Kind
    title: str
    body: str
    status: Status
    comment: str | None
    form: dict[str, Any] | None
    expires_at: datetime
    your_vote: Vote | None
    claimed_by: str | None
    comments: list[TaskEvent]
    answered: int
    asked: int
    required: int
    quorum: Quorum
