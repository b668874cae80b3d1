"""The public shapes of the workflow service."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Status = Literal["running", "succeeded", "failed", "timed_out", "stopped"]


class Input(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


Tag = Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[^\s,]+(?: [^\s,]+)*$")]
Tags = Annotated[list[Tag], Field(max_length=20), AfterValidator(lambda tags: sorted(set(tags)))]


class Draft(Input):
    """A definition to store: as YAML text or as JSON, exactly one of the two."""

    yaml: str | None = None
    definition: dict[str, Any] | None = None


class NewWorkflow(Draft):
    """A workflow to create, at the top or in a folder."""

    folder_id: str | None = None
    tags: Tags = Field(default_factory=list)


class Revision(Draft):
    """A changed definition. ``draft`` is the number of the draft that was changed; who sends
    ``If-Match`` with the workflow's ETag need not say it."""

    draft: int | None = Field(default=None, ge=1)


class Workflow(BaseModel):
    """A workflow and its draft. ``version`` is the published version, None before the first;
    ``revision`` counts its changes and is, in quotes, its ETag."""

    id: str
    name: str
    folder_id: str | None
    draft: int
    version: int | None
    enabled: bool
    tags: list[str]
    revision: int
    archived_at: datetime | None
    retention_days: int | None
    created_at: datetime
    updated_at: datetime


class WorkflowDetail(Workflow):
    """A workflow with its definition and the URLs that start it. ``source`` is the YAML that the
    definition was written as, with its comments; None where it came as JSON."""

    definition: dict[str, Any]
    source: str | None
    webhooks: dict[str, str] = Field(default_factory=dict)


class Version(BaseModel):
    """A published version. It never changes."""

    workflow_id: str
    version: int
    machine_arn: str
    states: int
    webhooks: dict[str, str]
    """Trigger id → the URL that starts the workflow."""


class Start(Input):
    """What to start a workflow with. The same key again starts nothing new."""

    input: Any = Field(default_factory=dict)
    idempotency_key: str | None = Field(default=None, min_length=1, max_length=200)


class Started(BaseModel):
    """An execution that has begun; it is durable before anybody reads this."""

    execution_id: str
    url: str


class Execution(BaseModel):
    """One run of a workflow. ``version`` is 0 where it is not known."""

    id: str
    workflow_id: str
    workflow: str
    version: int
    status: Status
    trigger: str
    started_at: datetime
    stopped_at: datetime | None
    error: str | None
    cause: str | None
    parent_id: str | None = None
    """The execution whose step started it."""
    rerun_of: str | None = None
    """The execution whose input it was started with."""
    redrives: int = 0
    url: str


StepStatus = Literal["running", "waiting", "succeeded", "failed", "skipped", "not_reached"]


class StepRun(BaseModel):
    """What became of one step. A step in a loop or retried has several attempts."""

    pointer: str
    id: str | None
    name: str
    kind: str
    status: StepStatus
    runs: int
    failures: int
    undone: int = 0
    """How many of its completions were undone when the workflow failed."""
    started_at: datetime | None
    stopped_at: datetime | None
    output: Any = None
    error: str | None = None


class ExecutionDetail(Execution):
    """An execution with its input, output and steps in the definition's order. ``last_event``: the
    history's last event, after which one may wait for news."""

    input: Any
    output: Any
    steps: list[StepRun]
    last_event: int


class HistoryEvent(BaseModel):
    """One event of the state machine's history, as Step Functions tells it."""

    id: int
    type: str
    timestamp: datetime
    previous_event_id: int
    details: dict[str, Any]


class StopRequest(Input):
    """Why an execution is stopped."""

    reason: str = Field(default="", max_length=1000)


class Variables(Input):
    """The workspace's variables, ``$vars`` in expressions. Not for secrets."""

    variables: dict[str, Any]
