"""The workflow definition: what a person draws, writes or describes, as typed values.

``docs/workflow-definition.md`` is the reference. Every model refuses fields that it does not know.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)

_DURATION = re.compile(r"([0-9]{1,8})([smhdw])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
MAX_SECONDS = 31_536_000
RESERVED = frozenset({"trigger", "vars", "execution", "result", "error", "index", "states"})


def seconds(duration: str) -> int:
    """A duration such as ``30s``, ``5m``, ``2h``, ``3d`` or ``1w`` in seconds.

    Raises:
        ValueError: it is not one, is zero, or is longer than a year.
    """
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise ValueError("is not a duration such as 30s, 5m, 2h, 3d or 1w")
    value = int(match[1]) * _UNITS[match[2]]
    if not 1 <= value <= MAX_SECONDS:
        raise ValueError("must be between one second and one year")
    return value


def _duration(text: str) -> str:
    seconds(text)
    return text


def _variable(name: str) -> str:
    if name in RESERVED:
        raise ValueError(f"'{name}' is a name that expressions already use")
    return name


Duration = Annotated[str, AfterValidator(_duration)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$"), AfterValidator(_variable)]
Name = Annotated[str, Field(min_length=1, max_length=60)]


class Model(BaseModel):
    """A part of a definition."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Retry(Model):
    """How often, and how patiently, a failing step is tried again."""

    attempts: int = Field(default=3, ge=1, le=100)
    interval: Duration = "1s"
    backoff: float = Field(default=2.0, ge=1, le=10)
    max_interval: Duration | None = None
    jitter: bool = False
    on: list[str] = Field(default=["States.ALL"], min_length=1)


class OnError(Model):
    """Steps to run when a step fails for good."""

    steps: list[Step] = Field(min_length=1)


class StepBase(Model):
    """What every step may have."""

    id: Id | None = None
    name: Name | None = None
    note: str | None = None
    when: str | bool | None = None


class Use(StepBase):
    """Runs an action of the catalogue."""

    id: Id
    use: str = Field(min_length=1, max_length=200)
    inputs: dict[str, Any] = Field(default_factory=dict, alias="with")
    retry: Retry | None = None
    timeout: Duration | None = None
    on_error: Literal["continue"] | OnError | None = None
    output: Any = None


class Set(StepBase):
    """Computes a value."""

    id: Id
    set: Any


class Case(Model):
    """One case of a choice."""

    when: str | bool
    steps: list[Step] = Field(min_length=1)


class Otherwise(Model):
    """What a choice does when no case holds."""

    otherwise: list[Step]


class Choose(StepBase):
    """Takes the first case that holds."""

    choose: list[Case | Otherwise] = Field(min_length=1)

    @model_validator(mode="after")
    def _otherwise_last(self) -> Choose:
        others = [i for i, case in enumerate(self.choose) if isinstance(case, Otherwise)]
        if others and others != [len(self.choose) - 1]:
            raise ValueError("'otherwise' comes once, and last")
        if others == [0]:
            raise ValueError("needs at least one case with 'when'")
        return self

    @property
    def cases(self) -> list[Case]:
        """The cases with a condition."""
        return [case for case in self.choose if isinstance(case, Case)]

    @property
    def otherwise(self) -> list[Step]:
        """The steps for when none holds; empty where nothing is to happen."""
        last = self.choose[-1]
        return last.otherwise if isinstance(last, Otherwise) else []


class ForEach(StepBase):
    """Runs steps once for each element."""

    id: Id
    for_each: str | list[Any]
    item: Id = Field(alias="as")
    concurrency: int = Field(default=10, ge=1, le=40)
    steps: list[Step] = Field(min_length=1)
    retry: Retry | None = None
    on_error: Literal["continue"] | OnError | None = None
    output: Any = None


class Parallel(StepBase):
    """Runs named branches at once and joins them."""

    id: Id
    parallel: dict[Id, Annotated[list[Step], Field(min_length=1)]] = Field(min_length=1)
    retry: Retry | None = None
    on_error: Literal["continue"] | OnError | None = None
    output: Any = None


class Pause(Model):
    """How long, or until when."""

    for_: Duration | None = Field(default=None, alias="for")
    until: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Pause:
        if (self.for_ is None) == (self.until is None):
            raise ValueError("needs exactly one of 'for' and 'until'")
        return self


class Wait(StepBase):
    """Lets time pass."""

    wait: Pause


class Ending(Model):
    """How a workflow ends."""

    status: Literal["succeeded", "failed"]
    output: Any = None
    error: str | None = None
    cause: str | None = None

    @model_validator(mode="after")
    def _fits(self) -> Ending:
        if self.status == "failed" and self.output is not None:
            raise ValueError("a failed end has an error and a cause, not an output")
        if self.status == "succeeded" and (self.error or self.cause):
            raise ValueError("a succeeded end has an output, not an error")
        return self


class Stop(StepBase):
    """Ends the workflow."""

    stop: Ending


KINDS: dict[str, type[StepBase]] = {
    "use": Use,
    "set": Set,
    "choose": Choose,
    "for_each": ForEach,
    "parallel": Parallel,
    "wait": Wait,
    "stop": Stop,
}
LATER = frozenset({"repeat", "try"})
"""Kinds of the design that are not built yet: refused by name."""


def _kind(step: Any) -> str | None:
    if isinstance(step, dict):
        found = [kind for kind in KINDS if kind in step]
        return found[0] if len(found) == 1 else None
    return next((kind for kind, model in KINDS.items() if isinstance(step, model)), None)


Step = Annotated[
    Annotated[Use, Tag("use")]
    | Annotated[Set, Tag("set")]
    | Annotated[Choose, Tag("choose")]
    | Annotated[ForEach, Tag("for_each")]
    | Annotated[Parallel, Tag("parallel")]
    | Annotated[Wait, Tag("wait")]
    | Annotated[Stop, Tag("stop")],
    Discriminator(
        _kind,
        custom_error_type="step_kind",
        custom_error_message=f"a step has exactly one of {', '.join(KINDS)}",
    ),
]


class WebhookTrigger(Model):
    """Starts the workflow when its URL is called."""

    id: Id
    type: Literal["webhook"]
    method: Literal["POST", "GET", "PUT"] = "POST"
    respond: Literal["immediately"] = "immediately"


class ManualTrigger(Model):
    """Lets people and API keys start the workflow."""

    id: Id
    type: Literal["manual"]


Trigger = Annotated[WebhookTrigger | ManualTrigger, Field(discriminator="type")]


class Settings(Model):
    """How the workflow as a whole runs."""

    mode: Literal["standard"] = "standard"
    timeout: Duration | None = None


class Definition(Model):
    """A workflow."""

    statewright: Literal[1] = 1
    name: Name
    description: str = ""
    triggers: list[Trigger] = Field(default_factory=list)
    input: dict[str, Any] | None = None
    settings: Settings = Settings()
    steps: list[Step] = Field(min_length=1, max_length=1000)
    output: Any = None

    @field_validator("triggers")
    @classmethod
    def _distinct(cls, triggers: list[Trigger]) -> list[Trigger]:
        ids = [trigger.id for trigger in triggers]
        if len(set(ids)) != len(ids):
            raise ValueError("two triggers have the same id")
        return triggers


for _model in (OnError, Case, Otherwise, Choose, ForEach, Parallel, Definition):
    _model.model_rebuild()
