"""What an action is, to the catalogue, the checks and the compiler."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Schema = dict[str, Any]
Integration = Literal["function", "callback", "workflow", "event", "aws", "agent"]


Native = Callable[[Mapping[str, str], Mapping[str, Any]], str]
"""From the JSONata sources of a step's inputs, and the inputs as they are written, to a source."""


@dataclass(frozen=True, slots=True)
class Action:
    """An action of the catalogue.

    ``inputs`` and ``result`` are JSON Schemas. In them, ``x-literal`` marks what is needed when the
    workflow is published, so that it cannot be an expression; ``x-refers-to`` the name of a
    workflow, connection or template; ``x-duration`` a duration; ``x-form`` a form. ``function``
    names the step Lambda that performs it. ``errors`` are the error names that it can fail with,
    for ``retry``, ``on_error`` and ``catch``. ``native`` writes the action as one JSONata
    expression, which the state machine evaluates by itself.
    """

    name: str
    title: str
    integration: Integration
    inputs: Schema
    result: Schema
    function: str = ""
    errors: tuple[str, ...] = ()
    defaults: dict[str, Any] = field(default_factory=dict)
    native: Native | None = None
    fixed: dict[str, Any] = field(default_factory=dict)
    """What the step Lambda is told besides the inputs: which operation of a connector it calls."""
    definitions: dict[str, Schema] = field(default_factory=dict)
    """The schemas that ``inputs`` and ``result`` refer to below ``$defs``."""


def object_schema(required: list[str], **properties: Schema) -> Schema:
    """The schema of an object with these properties and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": properties,
    }
