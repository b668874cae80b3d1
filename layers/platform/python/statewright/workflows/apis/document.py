"""A workspace's API as an OpenAPI 3.1 document and a page."""

from __future__ import annotations

from typing import Any

from statewright.gateway.docs_page import HEADERS, page
from statewright.workflows.apis import routes
from statewright.workflows.apis.routes import Route
from statewright.workflows.apis.snippets import sample_of, snippets
from statewright.workflows.definition.api_trigger import JwtAuth

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_REFUSALS = {
    "400": "The request cannot be read",
    "404": "Not found",
    "405": "Method not allowed",
    "409": "The workflow is turned off",
    "413": "Too large",
    "422": "The request is not as described",
    "429": "Too many requests",
    "500": "The workflow failed",
}
_OPENED = {"401": "No valid credentials", "403": "Not allowed"}
_FENCES = {"Shell": "sh", "Python": "python", "JavaScript": "js"}
PAGE = page("../../docs")


def document(workspace_id: str) -> dict[str, Any]:
    """The routes that are documented; without any, the document of an API that has none.

    Raises:
        NotFoundError: the id cannot be a workspace's.
    """
    found = [route for route in routes.routes_of(workspace_id) if route.trigger.documented]
    paths: dict[str, dict[str, Any]] = {}
    for route in found:
        path = f"/{route.trigger.version}{route.trigger.path}"
        paths.setdefault(path, {})[route.trigger.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": found[0].workspace if found else "API", "version": "1"},
        "servers": [{"url": routes.base_url(workspace_id)}],
        "paths": paths,
        "components": {
            "schemas": {"Started": _STARTED, "Problem": _PROBLEM},
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key."},
                "jwt": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            },
        },
    }


_STARTED = {
    "type": "object",
    "description": "It has begun; `Location` says where to ask for its result.",
    "required": ["execution_id"],
    "properties": {"execution_id": {"type": "string"}, "url": {"type": "string"}},
}
_PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}


def _operation(route: Route) -> dict[str, Any]:
    trigger = route.trigger
    samples = snippets(sample_of(route))
    told = "\n\n".join(
        f"**{sample['label']}**\n```{_FENCES[sample['lang']]}\n{sample['source']}\n```"
        for sample in samples
    )
    name = f"{trigger.method.lower()}_{trigger.version}_{trigger.id}_{route.id[-6:]}"
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": trigger.summary or route.target.workflow,
        "description": f"{trigger.description}\n\n{told}".strip(),
        "tags": [trigger.version],
        "parameters": _parameters(route),
        "responses": _responses(route),
        "security": _security(route),
        "x-codeSamples": samples,
    }
    if trigger.method in _WITH_BODY:
        operation["requestBody"] = {
            "content": {"application/json": {"schema": _body_schema(route)}},
            "required": trigger.request.body is not None,
        }
    return operation | ({"deprecated": True} if route.left_at is not None else {})


def _body_schema(route: Route) -> Any:
    request = route.trigger.request
    if request.body is not None:
        return request.body
    return route.target.input_schema or {} if request.map is None else {}


def _parameters(route: Route) -> list[dict[str, Any]]:
    request = route.trigger.request
    of_path = [
        {"name": name, "in": "path", "required": True, "schema": request.path.get(name, _TEXT)}
        for name in route.trigger.parameters
    ]
    query = request.query or {}
    needed = query.get("required", [])
    return of_path + [
        {"name": name, "in": "query", "required": name in needed, "schema": schema}
        for name, schema in query.get("properties", {}).items()
    ]


_TEXT = {"type": "string"}


def _responses(route: Route) -> dict[str, Any]:
    trigger = route.trigger
    content = {"application/json": {"schema": {} if trigger.returns is None else trigger.returns}}
    later = {"application/json": {"schema": {"$ref": "#/components/schemas/Started"}}}
    link = {"Location": {"schema": _TEXT, "description": "Where to ask for the result."}}
    found: dict[str, Any] = {
        "202": {"description": "It has begun", "headers": link, "content": later}
    }
    if trigger.respond != "immediately":
        status = trigger.response.status
        code = str(status) if isinstance(status, int) else "default"
        found[code] = {"description": "The workflow's answer", "content": content}
    refused = _REFUSALS | ({} if trigger.auth == "public" else _OPENED)
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for code, words in refused.items():
        found.setdefault(code, {"description": words, "content": problem})
    return dict(sorted(found.items()))


def _security(route: Route) -> list[dict[str, list[str]]]:
    if route.trigger.auth == "public":
        return []
    return [{"jwt" if isinstance(route.trigger.auth, JwtAuth) else "key": []}]


def page_headers() -> dict[str, str]:
    """What the page is allowed to load: its own parts only."""
    return dict(HEADERS)
