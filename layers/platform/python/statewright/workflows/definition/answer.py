"""What callers of triggers are answered."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from statewright.workflows.definition.base import Model


class Answer(Model):
    """What a caller gets once there is a result. Expressions see ``$output``, ``$trigger`` and
    ``$execution``."""

    status: int | Annotated[str, Field(min_length=1, max_length=10_000)] = 200
    headers: dict[str, str] = Field(default_factory=dict, max_length=50)
    body: Any = "{% $output %}"
