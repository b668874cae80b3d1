"""The public shapes of the assistant's tasks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from statewright.workflows.gallery.models import TemplateSummary
from statewright.workflows.inspecting import FindingView
from statewright.workflows.life_cycle_models import Difference

Words = Annotated[str, Field(min_length=3, max_length=10_000)]
Repairs = Annotated[int, Field(ge=0, le=5)]
Kind = Literal["draft", "change", "explain", "fix", "expression"]


class _Task(BaseModel):
    model_config = ConfigDict(extra="forbid")

    connection: Annotated[str, Field(max_length=63)] | None = None
    """The AI provider; by default the workspace's."""


class DraftTask(_Task):
    """A workflow from words."""

    kind: Literal["draft"]
    request: Words
    repairs: Repairs = 3


class ChangeTask(_Task):
    """A workflow's draft, changed as words say."""

    kind: Literal["change"]
    workflow_id: str
    request: Words
    repairs: Repairs = 3


class ExplainTask(_Task):
    """What a workflow's draft does, step by step."""

    kind: Literal["explain"]
    workflow_id: str


class FixTask(_Task):
    """Why an execution failed, and the definition without the mistake."""

    kind: Literal["fix"]
    execution_id: str
    repairs: Repairs = 3


class Sample(BaseModel):
    """Values of the names that an expression reads (without ``$``), and what it should give."""

    model_config = ConfigDict(extra="forbid")

    values: Annotated[dict[str, Any], Field(max_length=50)] = {}
    expected: Any


class ExpressionTask(_Task):
    """A JSONata expression that is right for each sample."""

    kind: Literal["expression"]
    request: Words
    samples: Annotated[list[Sample], Field(min_length=1, max_length=10)]
    repairs: Repairs = 3


TaskRequest = Annotated[
    DraftTask | ChangeTask | ExplainTask | FixTask | ExpressionTask, Field(discriminator="kind")
]


class Evidence(BaseModel):
    """What in the request a step comes from."""

    step: str
    words: str


class Simulation(BaseModel):
    """A run of the definition in which every action's result was made up."""

    status: str
    input: Any
    output: Any
    error: str | None
    cause: str | None
    steps: list[str]
    """The steps that ran."""


class Stages(BaseModel):
    """How far a definition came."""

    parsed: bool = False
    checked: bool = False
    compiled: bool = False
    simulated: bool = False

    @property
    def passed(self) -> bool:
        """Whether nothing is left to mend."""
        return self.simulated


class Proposal(BaseModel):
    """A definition that somebody may take over: nothing has been stored or published.

    ``uses`` and ``connections`` are all that it would act with; ``findings`` what the checks still
    say (warnings and notes, where it passed).
    """

    definition: dict[str, Any]
    stages: Stages
    passed: bool
    findings: list[FindingView]
    simulation: Simulation | None
    evidence: list[Evidence]
    assumptions: list[str]
    questions: list[str]
    uses: list[str]
    connections: list[str]
    repairs: int
    explanation: str = ""
    difference: Difference | None = None


class StepExplanation(BaseModel):
    """What a step does."""

    step: str
    says: str


class Explanation(BaseModel):
    """What a workflow does."""

    summary: str
    steps: list[StepExplanation]


class Expression(BaseModel):
    """An expression, and what it gave for each sample."""

    expression: str
    results: list[Any]
    repairs: int


class Progress(BaseModel):
    """One thing that happened."""

    at: datetime
    stage: str
    detail: str


class Suggestion(BaseModel):
    """Something of the catalogue that fits the words."""

    action: str
    title: str


class Task(BaseModel):
    """A task as far as it is. ``unavailable``: the workspace has no AI provider; ``suggestions``
    (actions) and ``templates`` are what a search finds without one."""

    id: str
    kind: Kind
    status: Literal["working", "done", "failed", "unavailable"]
    created_at: datetime
    ended_at: datetime | None
    progress: list[Progress]
    proposal: Proposal | None = None
    explanation: Explanation | None = None
    expression: Expression | None = None
    suggestions: list[Suggestion] = []
    templates: list[TemplateSummary] = []
    error: str | None = None
    detail: str | None = None
