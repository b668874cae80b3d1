"""The public shapes of test runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field, model_validator

from statewright.workflows.models import Input, Status, StepRun


class TestRunRequest(Input):
    """What of the draft is tried out, and with what.

    ``pins``: step → output that stands in for its work, beside the draft's own pins; ``until``: the
    last step that runs; ``only``: the one step that runs, with ``values`` for the names it reads.
    """

    __test__ = False

    input: Any = Field(default_factory=dict)
    pins: dict[str, Any] = Field(default_factory=dict, max_length=500)
    until: str | None = None
    only: str | None = None
    values: dict[str, Any] = Field(default_factory=dict, max_length=200)

    @model_validator(mode="after")
    def _one(self) -> TestRunRequest:
        if self.until is not None and self.only is not None:
            raise ValueError("needs one of 'until' and 'only' at the most")
        return self


class TestRun(BaseModel):
    """A test run, step by step. Its state machine is thrown away at its end."""

    __test__ = False

    id: str
    workflow_id: str
    status: Status
    started_at: datetime
    stopped_at: datetime | None
    input: Any
    output: Any
    error: str | None
    cause: str | None
    steps: list[StepRun]

    @property
    def running(self) -> bool:
        """Whether its end has not been seen."""
        return self.status == "running"


class Mock(Input):
    """What stands in for a step's work: its result, or an error."""

    result: Any = None
    error: str | None = Field(default=None, min_length=1, max_length=256)
    cause: str = Field(default="", max_length=1000)


class TrialRequest(Input):
    """One step to be tried, with values for what it reads, and a stand-in for its work."""

    input: Any = Field(default_factory=dict)
    values: dict[str, Any] = Field(default_factory=dict, max_length=200)
    mock: Mock | None = None


class Trial(BaseModel):
    """What became of a step that was tried.

    ``caught``: an ``on_error`` or ``catch`` around it would take over; ``retriable``: it would be
    tried again. ``arguments``: what its action was (or would be) called with.
    """

    step: str
    status: Literal["succeeded", "failed", "caught", "retriable"]
    output: Any
    error: str | None
    cause: str | None
    arguments: Any
    variables: dict[str, Any]
