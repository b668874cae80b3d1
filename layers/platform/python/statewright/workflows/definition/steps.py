"""The nine kinds of step. ``docs/workflow-definition.md`` says what each does."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from statewright.workflows.definition import options
from statewright.workflows.definition.base import RESERVED, AnyName, Duration, Id, Model, Name
from statewright.workflows.definition.options import Batch, OnError, Retry, Tolerate, Undo

OPTIONS = frozenset(
    {"name", "note", "when", "retry", "timeout", "heartbeat", "on_error", "undo", "output"}
    | {"disabled", "pin", "connection", "concurrency", "tolerate", "batch"}
)
"""What some kinds of step have; another kind that is given one is told so."""


class StepBase(Model):
    """What every step may have."""

    id: Id | None = None
    name: Name | None = None
    note: str | None = Field(default=None, max_length=10_000)
    when: str | bool | None = None
    disabled: bool = False


class Catching(StepBase):
    """A step whose failure can be dealt with where it stands."""

    on_error: Literal["continue"] | OnError | None = None


class Doing(Catching):
    """A step that can be tried again, undone, and has a value."""

    retry: Retry | None = None
    undo: Undo | None = None
    output: Any = None
    pin: Any = None


class Holding(Doing):
    """A step that holds steps of the same scope. It has a value where ``output`` says which."""

    @model_validator(mode="after")
    def _has_an_id(self) -> Holding:
        for option in ("output", "undo", "pin"):
            if option in self.model_fields_set and self.id is None:
                raise ValueError(f"needs an id, because it has '{option}'")
        if "pin" in self.model_fields_set and "output" not in self.model_fields_set:
            raise ValueError("has a 'pin' but no 'output' that it could stand for")
        return self


class Use(Doing):
    """Runs an action of the catalogue."""

    id: Id
    use: str = Field(min_length=1, max_length=200)
    connection: str | None = Field(default=None, min_length=1, max_length=100)
    inputs: dict[str, Any] = Field(default_factory=dict, alias="with")
    timeout: Duration | None = None
    heartbeat: Duration | None = None


class Set(Catching):
    """Computes a value."""

    id: Id
    set: Any
    undo: Undo | None = None
    pin: Any = None


class Case(Model):
    """One case of a choice."""

    when: str | bool
    steps: list[Step] = Field(min_length=1)


class Otherwise(Model):
    """What a choice does when no case holds."""

    otherwise: list[Step]


class Choose(Holding):
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


class File(Model):
    """Elements that stand in a file of the workspace."""

    file: str = Field(min_length=1)
    format: Literal["json", "jsonl", "csv"] = "json"


INLINE_CONCURRENCY = 40
"""Step Functions runs so many iterations of an inline Map at once, and not more."""


class ForEach(Doing):
    """Runs steps once for each element."""

    id: Id
    for_each: str | list[Any] | File
    item: Id = Field(alias="as")
    concurrency: int = Field(default=10, ge=1, le=10_000)
    tolerate: Tolerate | None = None
    batch: Batch | None = None
    steps: list[Step] = Field(min_length=1)

    @property
    def distributed(self) -> bool:
        """Whether the rounds are executions of their own."""
        return isinstance(self.for_each, File) or self.concurrency > INLINE_CONCURRENCY


class Parallel(Doing):
    """Runs named branches at once and joins them."""

    id: Id
    parallel: dict[AnyName, Annotated[list[Step], Field(min_length=1)]] = Field(min_length=1)


class Rounds(Model):
    """What is repeated, and for how long."""

    until: str | bool | None = None
    while_: str | bool | None = Field(default=None, alias="while")
    max: int = Field(default=100, ge=1, le=100_000)
    every: Duration | None = None
    steps: list[Step] = Field(min_length=1)

    @model_validator(mode="after")
    def _bounded(self) -> Rounds:
        if self.until is not None and self.while_ is not None:
            raise ValueError("has both 'until' and 'while'")
        if self.until is None and self.while_ is None and "max" not in self.model_fields_set:
            raise ValueError("needs one of 'until', 'while' and 'max'")
        return self


class Repeat(Holding):
    """Runs steps again and again."""

    id: Id
    repeat: Rounds


class Catch(Model):
    """Steps for some of the errors that the tried steps can fail with."""

    on: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        default=["States.ALL"], min_length=1
    )
    item: AnyName = Field(default="error", alias="as")
    steps: list[Step]

    @model_validator(mode="after")
    def _all_alone(self) -> Catch:
        if self.item in RESERVED - {"error"}:
            raise ValueError(f"'{self.item}' is a name that expressions already use")
        if "States.ALL" in self.on and len(self.on) > 1:
            raise ValueError("'States.ALL' stands alone: it means every error")
        return self


class Trying(Model):
    """Steps, what is done when they fail, and what is done in any case."""

    steps: list[Step] = Field(min_length=1)
    catch: list[Catch] = Field(default_factory=list)
    finally_: list[Step] = Field(default_factory=list, alias="finally")

    @model_validator(mode="after")
    def _does_something(self) -> Trying:
        if not self.catch and not self.finally_:
            raise ValueError("needs 'catch', 'finally' or both")
        for index, clause in enumerate(self.catch[:-1]):
            if "States.ALL" in clause.on:
                raise ValueError(f"the clause /catch/{index} takes every error: it comes last")
        return self


class Try(Holding):
    """Runs steps and deals with their failure."""

    try_: Trying = Field(alias="try")


class Pause(Model):
    """How long, or until when."""

    for_: Duration | None = Field(default=None, alias="for")
    until: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Pause:
        if (self.for_ is None) == (self.until is None):
            raise ValueError("needs exactly one of 'for' and 'until'")
        return self


class Wait(Catching):
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
    "repeat": Repeat,
    "wait": Wait,
    "try": Try,
    "stop": Stop,
}


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
    | Annotated[Repeat, Tag("repeat")]
    | Annotated[Wait, Tag("wait")]
    | Annotated[Try, Tag("try")]
    | Annotated[Stop, Tag("stop")],
    Discriminator(
        _kind,
        custom_error_type="step_kind",
        custom_error_message=f"a step has exactly one of {', '.join(KINDS)}",
    ),
]

options.OnError.model_rebuild(_types_namespace={"Step": Step})
for _model in (Case, Otherwise, Choose, ForEach, Parallel, Rounds, Repeat, Catch, Trying, Try):
    _model.model_rebuild()
