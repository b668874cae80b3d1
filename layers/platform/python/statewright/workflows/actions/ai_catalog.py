"""``ai.*``: what language models do to texts. The connection is an ``ai_provider``, or the default
of the workspace."""

from __future__ import annotations

from statewright.ai.errors import ERRORS
from statewright.ai.personal_data import KINDS
from statewright.workflows.actions.action import Action, Schema, object_schema
from statewright.workflows.definition.agent import AGENT

_ERRORS = (*ERRORS, "Connection.Invalid", "Connection.Unavailable")
_TEXT: Schema = {"type": "string"}
_WORDS: Schema = {"type": "string", "minLength": 1}
_TOKENS: Schema = {"type": "integer", "minimum": 1, "maximum": 64_000}
_REPAIRS: Schema = {"type": "integer", "minimum": 0, "maximum": 5}
_NUMBER: Schema = {"type": "number"}


def _texts(least: int, most: int) -> Schema:
    return {"type": "array", "items": _WORDS, "minItems": least, "maxItems": most}


_LABELS: Schema = {
    "oneOf": [
        _texts(2, 200),
        {"type": "object", "minProperties": 2, "additionalProperties": _TEXT},
    ]
}


def _result(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties}


_TOOL: Schema = {
    "type": "object",
    "required": ["use"],
    "properties": {
        "use": {"type": "string", "x-refers-to": "action"},
        "description": _TEXT,
        "connection": {"type": "string", "x-refers-to": "connection"},
        "with": {"type": "object"},
        "from_model": {"type": "array", "items": _TEXT},
        "approval": {"type": "object"},
        "retry": {"type": "object"},
        "timeout": {"type": "string", "x-duration": True},
    },
}
_LIMITS: Schema = {
    "type": "object",
    "additionalProperties": False,
    "x-literal": True,
    "properties": {
        "steps": {"type": "integer", "minimum": 1, "maximum": 50, "default": 10},
        "calls": {"type": "integer", "minimum": 1, "maximum": 200, "default": 20},
        "tokens": {"type": "integer", "minimum": 1, "maximum": 10_000_000, "default": 100_000},
        "cost": {"type": "number", "minimum": 0, "maximum": 1e9},
    },
}
_AGENT = Action(
    AGENT,
    "Let a model do a task with tools",
    "agent",
    object_schema(
        ["prompt", "tools"],
        prompt=_WORDS,
        system=_TEXT,
        data={},
        tools={
            "type": "object",
            "minProperties": 1,
            "maxProperties": 40,
            "additionalProperties": _TOOL,
        },
        limits=_LIMITS,
        schema={"type": "object", "x-literal": True},
        max_tokens=_TOKENS,
        temperature={"type": "number", "minimum": 0, "maximum": 2},
    ),
    _result(
        text=_TEXT,
        data={},
        model=_TEXT,
        steps={"type": "integer"},
        calls={"type": "integer"},
        tokens={"type": "integer"},
        cost=_NUMBER,
    ),
    "use-ai",
    (*_ERRORS, "AI.LimitReached"),
    {"task": "agent"},
)


def _action(
    task: str, title: str, required: list[str], inputs: dict[str, Schema], result: Schema
) -> Action:
    return Action(
        f"ai.{task}",
        title,
        "function",
        object_schema(required, **inputs),
        result,
        "use-ai",
        _ERRORS,
        {"task": task},
    )


ACTIONS = (
    _action(
        "generate",
        "Write a text",
        ["prompt"],
        {
            "prompt": _WORDS,
            "system": _TEXT,
            "schema": {"type": "object"},
            "max_tokens": _TOKENS,
            "temperature": {"type": "number", "minimum": 0, "maximum": 2},
            "repairs": _REPAIRS,
        },
        _result(text=_TEXT, data={}, model=_TEXT),
    ),
    _action(
        "extract",
        "Extract data from a text",
        ["text", "schema"],
        {
            "text": _TEXT,
            "schema": {"type": "object"},
            "instructions": _TEXT,
            "max_tokens": _TOKENS,
            "repairs": _REPAIRS,
        },
        _result(data={}, model=_TEXT),
    ),
    _action(
        "classify",
        "Classify a text",
        ["text", "labels"],
        {
            "text": _TEXT,
            "labels": _LABELS,
            "multiple": {"type": "boolean"},
        },
        _result(label=_TEXT, labels={"type": "array", "items": _TEXT}, confidence=_NUMBER),
    ),
    _action(
        "summarize",
        "Summarize a text, however long",
        ["text"],
        {
            "text": _TEXT,
            "length": {"enum": ["short", "medium", "long"]},
            "language": _WORDS,
            "focus": _TEXT,
        },
        _result(summary=_TEXT, parts={"type": "integer"}),
    ),
    _action(
        "translate",
        "Translate a text",
        ["text", "to"],
        {
            "text": _TEXT,
            "to": _WORDS,
            "from": _WORDS,
            "glossary": {"type": "object", "additionalProperties": _TEXT},
        },
        _result(text=_TEXT, language=_TEXT),
    ),
    _action(
        "sentiment",
        "Judge the sentiment of a text",
        ["text"],
        {"text": _TEXT},
        _result(
            sentiment={"enum": ["positive", "neutral", "negative", "mixed"]}, score=_NUMBER
        ),
    ),
    _action(
        "moderate",
        "Find out whether a text is acceptable",
        ["text"],
        {
            "text": _TEXT,
            "categories": _texts(1, 30),
            "threshold": {"type": "number", "minimum": 0, "maximum": 1},
        },
        _result(
            flagged={"type": "boolean"},
            categories={"type": "array", "items": _TEXT},
            scores={"type": "object"},
            reason=_TEXT,
        ),
    ),
    _action(
        "redact",
        "Take personal data out of a text",
        ["text"],
        {
            "text": _TEXT,
            "kinds": {
                "type": "array",
                "items": {"enum": [*KINDS, "name", "address"]},
                "minItems": 1,
            },
        },
        _result(text=_TEXT, found={"type": "array", "items": {"type": "object"}}),
    ),
    _AGENT,
)  # fmt: skip
