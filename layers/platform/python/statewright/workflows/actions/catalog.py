"""What each built-in action takes, returns and compiles to."""

from __future__ import annotations

from statewright.workflows.actions import (
    ai_catalog,
    code_catalog,
    data_catalog,
    database_catalog,
    file_catalog,
    http_catalog,
    human_catalog,
    table_catalog,
)
from statewright.workflows.actions.action import Action, Schema, object_schema

_WORKFLOW: Schema = {
    "type": "string",
    "minLength": 1,
    "x-literal": True,
    "x-refers-to": "workflow",
}
_TEXT: Schema = {"type": "string"}
_ADDRESSES: Schema = {"oneOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]}

_MESSAGE: dict[str, Schema] = {
    "to": _ADDRESSES,
    "subject": _TEXT,
    "text": _TEXT,
    "html": _TEXT,
    "url": _TEXT,
    "template": _TEXT,
    "data": {"type": "object"},
    "locale": _TEXT,
    "category": _TEXT,
    "priority": {"enum": ["low", "normal", "high", "critical"]},
    "wait": {"type": "boolean"},
}


def _message(name: str, title: str, channel: str, more: dict[str, Schema] | None = None) -> Action:
    """An action that sends a notification; with ``wait`` it ends when nothing of it is pending."""
    return Action(
        name,
        title,
        "callback",
        object_schema(["to"], **_MESSAGE, **(more or {})),
        {
            "type": "object",
            "properties": {
                "notification_id": _TEXT,
                "reached": {"type": "integer"},
                "deliveries": {"type": "integer"},
            },
        },
        "send-notification",
        ("Notification.Invalid", "Notification.NotReached", "States.Timeout"),
        {"channels": [channel]},
    )


_CHANNELS: Schema = {
    "type": "array",
    "items": {"enum": ["email", "sms", "push", "in_app", "chat"]},
    "minItems": 1,
}

_ACTIONS = (
    _message("sms.send", "Send an SMS", "sms"),
    _message("push.send", "Send a push message", "push"),
    _message("inapp.send", "Send an in-app message", "in_app"),
    _message(
        "notify.send",
        "Notify people over several channels",
        "in_app",
        {"channels": _CHANNELS, "strategy": {"enum": ["all", "fallback"]}},
    ),
    Action(
        "email.send",
        "Send an e-mail",
        "function",
        object_schema(
            ["to", "subject", "text"],
            to=_ADDRESSES,
            subject=_TEXT,
            text=_TEXT,
            html=_TEXT,
            wait={"type": "boolean", "x-literal": True},
        ),
        {
            "type": "object",
            "properties": {
                "message_id": _TEXT,
                "reached": {"type": "integer"},
                "deliveries": {"type": "integer"},
            },
        },
        "send-email",
        ("Email.Rejected", "Notification.NotReached", "States.Timeout"),
    ),
    Action(
        "workflow.run",
        "Run another workflow and wait for it",
        "workflow",
        object_schema(["workflow"], workflow=_WORKFLOW, input={}),
        {},
        errors=("States.TaskFailed",),
    ),
    Action(
        "event.publish",
        "Publish an event",
        "event",
        object_schema(
            ["type"],
            type={"type": "string", "minLength": 1, "maxLength": 128},
            data={"type": "object"},
        ),
        {"type": "object", "properties": {"FailedEntryCount": {"type": "integer"}}},
    ),
)

CATALOG: dict[str, Action] = {
    action.name: action
    for action in (
        *_ACTIONS,
        *http_catalog.ACTIONS,
        *data_catalog.ACTIONS,
        *table_catalog.ACTIONS,
        *code_catalog.ACTIONS,
        *ai_catalog.ACTIONS,
        *human_catalog.ACTIONS,
        *database_catalog.ACTIONS,
        *file_catalog.ACTIONS,
    )
}
