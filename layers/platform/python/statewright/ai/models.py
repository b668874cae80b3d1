"""The public shapes of the AI service's settings and spending."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0, le=10**15)]


class AISettings(BaseModel):
    """What the AI service may do in a workspace.

    ``connection`` is used where a step names none, and by the assistant. Budgets hold for a
    calendar month (UTC); ``monthly_cost`` is in the currency of the connections' prices.
    """

    model_config = ConfigDict(extra="forbid")

    connection: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")] | None = None
    monthly_cost: Annotated[float, Field(ge=0, le=1e12)] | None = None
    monthly_tokens: Count | None = None
    workflow_monthly_tokens: Count | None = None
    """For each workflow."""
    requests_per_minute: Annotated[int, Field(ge=1, le=100_000)] = 600


class Spending(BaseModel):
    """What one step, or one task of the assistant, has used in a month."""

    workflow_id: str | None
    workflow: str | None
    step: str
    connection: str
    model: str
    requests: int
    failures: int
    input_tokens: int
    output_tokens: int
    cost: float
    unpriced: int
    """Tokens of models that have no price."""


class Usage(BaseModel):
    """A month of the AI service."""

    month: date
    cost: float
    tokens: int
    budget: AISettings
    items: list[Spending]
