"""The definition as a whole."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from statewright.workflows.definition.base import Duration, Model, Name
from statewright.workflows.definition.steps import Step
from statewright.workflows.definition.triggers import Trigger


class Concurrency(Model):
    """How many executions may run at once, for the workflow or for each value of ``key``."""

    limit: int = Field(ge=1, le=10_000)
    key: str | None = None
    when_full: Literal["queue", "drop", "fail"] = "queue"


Text = Annotated[str, Field(min_length=1, max_length=320)]
Names = Text | Annotated[list[Text], Field(min_length=1, max_length=100)]


class OnFailure(Model):
    """Who is told, and which workflow starts, when an execution fails.

    ``notify`` names users, roles, groups (a bare name is one), topics, addresses and chats.
    """

    notify: Names | None = None
    start: str | None = Field(default=None, min_length=1)


class Settings(Model):
    """How the workflow as a whole runs."""

    mode: Literal["standard", "express"] = "standard"
    timeout: Duration | None = None
    concurrency: Concurrency | None = None
    on_failure: OnFailure | None = None


class Definition(Model):
    """A workflow: of ``steps``, or of an imported state machine, ``asl``, as it is."""

    statewright: Literal[1] = 1
    name: Name
    description: str = Field(default="", max_length=10_000)
    triggers: list[Trigger] = Field(default_factory=list, max_length=100)
    input: dict[str, Any] | None = None
    settings: Settings = Settings()
    asl: dict[str, Any] | None = None
    steps: list[Step] = Field(default_factory=list, min_length=1)
    output: Any = None

    @field_validator("triggers")
    @classmethod
    def _distinct(cls, triggers: list[Trigger]) -> list[Trigger]:
        ids = [trigger.id for trigger in triggers]
        if len(set(ids)) != len(ids):
            raise ValueError("two triggers have the same id")
        return triggers
