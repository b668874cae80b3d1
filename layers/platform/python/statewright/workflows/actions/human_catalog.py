"""``human.approval`` and ``human.task``: a workflow asks people and waits for them."""

from __future__ import annotations

from statewright.workflows.actions.action import Action, Schema, object_schema

_TEXT: Schema = {"type": "string"}
_DURATION: Schema = {"type": "string", "x-literal": True, "x-duration": True}
_PEOPLE: Schema = {"type": "array", "items": _TEXT, "minItems": 1}
_ESCALATION: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["after", "to"],
    "properties": {"after": {"type": "string"}, "to": _PEOPLE},
}


def _human(name: str, title: str, kind: str, decisions: list[str], **more: Schema) -> Action:
    """An action that asks people and waits for their answer."""
    return Action(
        name,
        title,
        "callback",
        object_schema(
            ["assignees", "title"],
            assignees=_PEOPLE,
            title={"type": "string", "minLength": 1},
            text=_TEXT,
            expires=_DURATION,
            quorum={"oneOf": [{"enum": ["any", "all"]}, {"type": "integer", "minimum": 1}]},
            allow_self={"type": "boolean"},
            form={"type": "object", "x-literal": True, "x-form": True},
            remind=_DURATION,
            escalate=_ESCALATION,
            **more,
        ),
        {
            "type": "object",
            "properties": {
                "decision": {"enum": decisions},
                "comment": _TEXT,
                "decided_at": _TEXT,
                "decided_by": {"type": ["string", "null"]},
                "form": {"type": "object", "additionalProperties": True},
                "votes": {"type": "array", "items": {"type": "object"}},
            },
        },
        "ask-approval",
        ("HumanTask.Invalid", "HumanTask.NobodyToAsk", "States.Timeout"),
        {"kind": kind, "text": "", "expires": "7d"},
    )


ACTIONS = (
    _human(
        "human.approval",
        "Let people decide",
        "approval",
        ["approved", "rejected"],
        on_expiry={"enum": ["fail", "approve", "reject"], "x-literal": True},
    ),
    _human("human.task", "Let a person do something", "task", ["completed"]),
)
