"""The public shapes around executions: filters, visits of steps, jobs over many, retention."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from statewright.moments import Moment
from statewright.workflows.models import Input, Status

Action = Literal["stop", "redrive", "rerun", "delete"]
VisitStatus = Literal["running", "waiting", "succeeded", "failed", "stopped"]


class ExecutionFilter(Input):
    """Which executions somebody looks for. ``q``: beginnings of words of input, error and cause."""

    workflow_id: str | None = Field(default=None, max_length=100)
    version: int | None = Field(default=None, ge=0, le=2_000_000_000)
    status: Status | None = None
    trigger: str | None = Field(default=None, max_length=100)
    error: str | None = Field(default=None, max_length=300)
    parent_id: str | None = Field(default=None, max_length=100)
    rerun_of: str | None = Field(default=None, max_length=100)
    tag: str | None = Field(default=None, max_length=50)
    q: str | None = Field(default=None, max_length=200)
    started_after: Moment | None = None
    started_before: Moment | None = None


class Rerun(Input):
    """How an execution is started again: with its own input unless another is sent; with what is
    live now, or with the version that it ran (``same``)."""

    input: Any = None
    version: Literal["live", "same"] = "live"


class Attempt(BaseModel):
    """One try of a step's work."""

    started_at: datetime
    stopped_at: datetime | None
    error: str | None
    cause: str | None


class Visit(BaseModel):
    """One time that an execution came to a step.

    ``iterations`` says in which round of each loop around it, from the outside in; ``parent`` is
    the visit of the step around it. ``arguments`` is what its action was called with.
    """

    id: int
    parent: int | None
    pointer: str
    step: str | None
    name: str
    kind: str
    undo: bool
    iterations: list[int]
    status: VisitStatus
    started_at: datetime
    stopped_at: datetime | None
    duration_ms: int | None
    attempts: list[Attempt]
    children: int | None = None
    """How many rounds or branches a loop or a parallel step has."""
    part: str | None = None
    """Of an agent: which of its states, such as ``ask``, a tool, or ``approve`` with a tool."""
    map_run: str | None = None
    """The Map run whose child executions run the rounds of a large loop."""
    input: Any = None
    arguments: Any = None
    output: Any = None


class Item(BaseModel):
    """A child execution of a Map run: one round of a large loop, or a batch of rounds."""

    id: str
    status: Status
    started_at: datetime
    stopped_at: datetime | None
    items: int | None = None


class MapRun(BaseModel):
    """A large loop: how many of its rounds are where, and a page of them."""

    id: str
    status: str
    counts: dict[str, int]
    items: list[Item]
    next: str | None


class BulkRequest(Input):
    """What to do with every execution that a filter lets through, ``limit`` of them at the most."""

    action: Action
    filter: ExecutionFilter
    limit: int = Field(default=1000, ge=1, le=10_000)


class JobFailure(BaseModel):
    """An execution that a job could not do anything with."""

    execution_id: str
    detail: str


class Job(BaseModel):
    """A job over many executions, and how far it is. ``skipped``: those it does not apply to."""

    id: str
    action: Action
    filter: dict[str, Any]
    limit: int
    status: Literal["running", "done", "cancelled"]
    done: int
    skipped: int
    failures: list[JobFailure]
    created_by: str
    created_at: datetime
    finished_at: datetime | None


class Retention(Input):
    """For how many days executions are kept after their end; null: as the deployment says."""

    days: int | None = Field(ge=1, le=3650)
