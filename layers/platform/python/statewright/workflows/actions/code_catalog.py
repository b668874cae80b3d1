"""``code.javascript``: the user's own code, without a way out."""

from __future__ import annotations

from statewright.workflows.actions.action import Action, object_schema

ACTIONS = (
    Action(
        "code.javascript",
        "Run JavaScript",
        "function",
        object_schema(
            ["code"],
            code={"type": "string", "minLength": 1, "maxLength": 50_000, "x-literal": True},
            input={},
            seconds={"type": "number", "exclusiveMinimum": 0, "maximum": 10},
        ),
        {
            "type": "object",
            "properties": {"result": {}, "logs": {"type": "array", "items": {"type": "string"}}},
        },
        "run-javascript",
        ("Code.Error", "Code.Timeout", "Code.OutOfMemory", "Code.TooLarge"),
        {"input": None, "seconds": 5},
    ),
)
