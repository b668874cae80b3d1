"""Options that steps of several kinds share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field, model_validator

from statewright.workflows.definition.base import Duration, Model

if TYPE_CHECKING:
    from statewright.workflows.definition.steps import Step


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


class Undo(Model):
    """The action that takes a completed step back when the workflow fails later."""

    use: str = Field(min_length=1, max_length=200)
    connection: str | None = Field(default=None, min_length=1, max_length=100)
    inputs: dict[str, Any] = Field(default_factory=dict, alias="with")
    retry: Retry = Retry()


class Tolerate(Model):
    """How many elements of a loop may fail before the loop does."""

    count: int | None = Field(default=None, ge=0)
    percentage: float | None = Field(default=None, ge=0, le=100)

    @model_validator(mode="after")
    def _one(self) -> Tolerate:
        if (self.count is None) == (self.percentage is None):
            raise ValueError("needs exactly one of 'count' and 'percentage'")
        return self


class Batch(Model):
    """How many elements each run of a loop's steps gets at once, as a list."""

    size: int = Field(ge=1, le=10_000)
