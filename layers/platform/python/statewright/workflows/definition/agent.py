"""``ai.agent``: what its inputs say about the tools, and about how far it may go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field, ValidationError

from statewright.workflows.definition.base import Duration, Model
from statewright.workflows.definition.options import Retry, Undo
from statewright.workflows.definition.steps import Step, Use

AGENT = "ai.agent"
PART = "part "
"""With this begin the roles of those states of an agent that show what it does."""
ANSWER = "give_answer"
"""The tool by which a model gives its answer where that has a ``schema``: nobody else's name."""


class AgentTool(Model):
    """An action that the model may ask for.

    ``with`` holds what the author has decided: the model neither sees nor changes it. It chooses
    the other inputs, or those of them that ``from_model`` names. ``approval`` holds inputs of
    ``human.approval``: people decide on each call before it is made.
    """

    use: str = Field(min_length=1, max_length=200)
    description: str = Field(default="", max_length=2_000)
    connection: str | None = Field(default=None, min_length=1, max_length=100)
    inputs: dict[str, Any] = Field(default_factory=dict, alias="with")
    from_model: list[str] | None = None
    approval: dict[str, Any] | None = None
    retry: Retry | None = None
    timeout: Duration | None = None


class AgentLimits(Model):
    """Where an agent ends, done or not.

    ``steps``: answers of the model; ``calls``: of tools; ``tokens`` and ``cost`` are those of all
    its answers, the cost in the currency of the connection's prices.
    """

    steps: int = Field(default=10, ge=1, le=50)
    calls: int = Field(default=20, ge=1, le=200)
    tokens: int = Field(default=100_000, ge=1, le=10_000_000)
    cost: float | None = Field(default=None, ge=0, le=1e9)


def tools_of(inputs: dict[str, Any]) -> dict[str, AgentTool]:
    """The tools by name. What is none is left out: the checks say so."""
    given = inputs.get("tools")
    found: dict[str, AgentTool] = {}
    for name, tool in (given if isinstance(given, dict) else {}).items():
        try:
            found[name] = AgentTool.model_validate(tool)
        except ValidationError:
            continue
    return found


def limits_of(inputs: dict[str, Any]) -> AgentLimits:
    """The limits of inputs that the checks have nothing against."""
    return AgentLimits.model_validate(inputs.get("limits", {}))


def calls_of(step: Step) -> Iterator[Use | Undo | AgentTool]:
    """Every use of an action that a step itself makes: its own, its tools', its undo's."""
    if isinstance(step, Use):
        yield step
        if step.use == AGENT:
            yield from tools_of(step.inputs).values()
    undo: Undo | None = getattr(step, "undo", None)
    if undo is not None:
        yield undo
