"""What a model may give to the tools of an agent: the checks and the compiler see the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from statewright.workflows.actions.action import Action, Schema
from statewright.workflows.checks.schemas import flattened
from statewright.workflows.definition import AgentTool

MAX_DESCRIBED = 40_000
"""The most bytes in which an agent's tools may be described: each question to a model has them."""
Workflows = Mapping[str, Schema | None]


def from_model(tool: AgentTool, action: Action) -> list[str]:
    """The inputs that the model chooses: what the author has left open, and can be chosen late."""
    return [
        name
        for name, schema in action.inputs.get("properties", {}).items()
        if name not in tool.inputs
        and not (isinstance(schema, dict) and schema.get("x-literal"))
        and (tool.from_model is None or name in tool.from_model)
    ]


def arguments_schema(tool: AgentTool, action: Action, workflows: Workflows) -> Schema:
    """The JSON Schema of what the model gives: closed, and without references."""
    properties = action.inputs.get("properties", {})
    names = from_model(tool, action)
    found = {name: _plain(flattened(properties[name], action.definitions)) for name in names}
    if action.integration == "workflow" and "input" in found:
        found["input"] = workflows.get(str(tool.inputs.get("workflow"))) or {"type": "object"}
    required = [name for name in action.inputs.get("required", []) if name in found]
    return {
        "type": "object",
        "properties": found,
        "required": required,
        "additionalProperties": False,
    }


def described(name: str, tool: AgentTool, action: Action, workflows: Workflows) -> dict[str, Any]:
    """A tool as a model is told of it."""
    return {
        "name": name,
        "description": tool.description or action.title,
        "inputs": arguments_schema(tool, action, workflows),
    }


def _plain(schema: Any) -> Any:
    """A schema without our own keywords."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    named = {"properties", "patternProperties"}
    return {
        key: {name: _plain(part) for name, part in value.items()}
        if key in named and isinstance(value, dict)
        else _plain(value)
        for key, value in schema.items()
        if not key.startswith("x-")
    }
