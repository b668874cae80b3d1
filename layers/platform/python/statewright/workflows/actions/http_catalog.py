"""``http.request`` and ``graphql.query``: calls that a workflow spells out itself."""

from __future__ import annotations

from statewright.integrations.error_names import GRAPHQL_ERRORS, HTTP_ERRORS
from statewright.integrations.errors import CONNECTION_ERRORS
from statewright.integrations.files.errors import ERRORS as FILE_ERRORS
from statewright.workflows.actions.action import Action, Schema, object_schema

_TEXT: Schema = {"type": "string"}
_URL: Schema = {"type": "string", "minLength": 1}
_SECONDS: Schema = {"type": "number", "exclusiveMinimum": 0, "maximum": 600}
_PATIENCE: Schema = {"type": "number", "minimum": 0, "maximum": 60}
_BOUNDS: dict[str, Schema] = {
    "max_pages": {"type": "integer", "minimum": 1, "maximum": 100},
    "max_items": {"type": "integer", "minimum": 1, "maximum": 10_000},
}
_PAGES: Schema = object_schema(
    ["by"],
    by={"enum": ["link", "next", "cursor", "page", "offset"]},
    items=_TEXT,
    next=_TEXT,
    field=_TEXT,
    start={"type": "integer", "minimum": 0},
    more=_TEXT,
    **{"in": {"enum": ["query", "body"]}},
    **_BOUNDS,
)
_ITEMS: dict[str, Schema] = {
    "items": {"type": "array"},
    "pages": {"type": "integer"},
    "more": {"type": "boolean"},
}

ACTIONS = (
    Action(
        "http.request",
        "Call an HTTP API",
        "function",
        object_schema(
            ["url"],
            method={"enum": ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]},
            url=_URL,
            query={"type": "object"},
            arrays={"enum": ["repeat", "brackets", "comma"]},
            headers={"type": "object"},
            body={},
            body_type={"enum": ["json", "form", "multipart", "text", "binary"]},
            pages=_PAGES,
            response={"enum": ["json", "text", "base64"]},
            save_to={"type": "string", "minLength": 1, "maxLength": 500},
            retry_after=_PATIENCE,
            seconds=_SECONDS,
        ),
        {
            "type": "object",
            "properties": {
                "status": {"type": "integer"},
                "headers": {"type": "object"},
                "body": {},
                "file": {"type": "object"},
                **_ITEMS,
            },
        },
        "http-request",
        (*HTTP_ERRORS, *FILE_ERRORS, *CONNECTION_ERRORS),
        {"method": "GET"},
    ),
    Action(
        "graphql.query",
        "Ask a GraphQL API",
        "function",
        object_schema(
            ["url", "query"],
            url=_URL,
            query={"type": "string", "minLength": 1, "maxLength": 50_000, "x-literal": True},
            variables={"type": "object"},
            operation_name=_TEXT,
            headers={"type": "object"},
            partial={"type": "boolean"},
            pages=object_schema(["connection"], connection=_TEXT, variable=_TEXT, **_BOUNDS),
            retry_after=_PATIENCE,
            seconds=_SECONDS,
        ),
        {
            "type": "object",
            "properties": {
                "data": {},
                "errors": {"type": "array"},
                "extensions": {},
                **_ITEMS,
            },
        },
        "http-request",
        (*GRAPHQL_ERRORS, *HTTP_ERRORS, *CONNECTION_ERRORS),
        {"graphql": True},
    ),
)
