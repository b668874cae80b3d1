"""Operations as actions: what ``use: <connector>.<operation>`` takes, gives and compiles to."""

from __future__ import annotations

from statewright.integrations.connectors.model import CALL, Operation, Schema
from statewright.integrations.connectors.paging import MOST_ITEMS, MOST_PAGES
from statewright.integrations.error_names import HTTP_ERRORS
from statewright.integrations.errors import CONNECTION_ERRORS
from statewright.workflows.actions.action import Action

FUNCTION = "call-connector"
ALL = ".all"
CUSTOM_ERRORS = (
    "Connector.Error",
    "Connector.Timeout",
    "Connector.OutOfMemory",
    "Connector.TooLarge",
    "Connector.NotInstalled",
)
"""What connectors in Python can fail with, beside what calls fail with."""
_BOUNDS: dict[str, Schema] = {
    "max_items": {"type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "default": 1_000},
    "max_pages": {"type": "integer", "minimum": 1, "maximum": MOST_PAGES, "default": 20},
}


def parted(action: str) -> tuple[str, str, bool]:
    """The connector, the operation, and whether all pages are meant."""
    connector, _, operation = action.partition(".")
    every = operation.endswith(ALL)
    return connector, operation.removesuffix(ALL), every


def action_of(name: str, operation: Operation, definitions: dict[str, Schema]) -> Action:
    """The action of a name such as ``crm.contacts_list`` or ``crm.contacts_list.all``."""
    inputs, result = dict(operation.inputs), operation.result
    if name.endswith(ALL) and operation.paging is not None:
        fields = {k: v for k, v in inputs["properties"].items() if k != operation.paging.field}
        inputs = {**inputs, "properties": {**fields, **_BOUNDS}}
        result = {
            "type": "object",
            "properties": {
                "items": {"type": "array"},
                "more": {"type": "boolean"},
                "pages": {"type": "integer"},
            },
        }
    own = CUSTOM_ERRORS if operation.method == CALL else ()
    return Action(
        name,
        operation.title,
        "function",
        inputs,
        result,
        FUNCTION,
        (*HTTP_ERRORS, *CONNECTION_ERRORS, *own),
        fixed={"operation": name},
        definitions=definitions,
    )


def standing_alone(schema: Schema, definitions: dict[str, Schema]) -> Schema:
    """A schema with all that it refers to."""
    return {**schema, "$defs": definitions} if definitions else schema
