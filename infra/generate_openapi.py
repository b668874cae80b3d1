"""Prints the API's OpenAPI 3.1 document: every function's routes, merged and made complete.

What an endpoint's annotations cannot say is added: its permission, its refusals, and an example,
which is the function's sample event. The console's types and `/docs` are made of it.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections import defaultdict
from typing import Any

from generate_api import EFFECTS, ROOT, endpoints
from openapi_answers import answers
from openapi_refusals import PARAMETERS, RESPONSES, SCHEMAS, refusals

_METHODS = ("get", "post", "put", "patch", "delete")
_TAGS = {
    "ai": "Language models",
    "apis": "Workflows published as APIs",
    "analytics": "Performance, activity, reports, search",
    "approvals": "What people decide by a link",
    "auth": "Accounts, sign-in, roles, keys, the audit log",
    "connections": "Signing in to other systems",
    "executions": "Runs of workflows",
    "forms": "Forms that start workflows",
    "gateway": "CORS, limits, this description",
    "notifications": "Messages to people",
    "operations": "The platform's own state",
    "live": "News as it happens",
    "tables": "Rows kept here",
    "triggers": "What starts workflows",
    "connectors": "Typed actions of other systems",
    "gallery": "Workflows to begin with",
    "tasks": "What people are asked to do",
    "webhooks": "Calls that start workflows",
    "webhooks-out": "Events that are sent to a workspace's own endpoints",
    "workflows": "Definitions, versions, triggers",
}
_DESCRIPTION = (
    "No-code business process automation that compiles to AWS Step Functions. Send "
    "`Authorization: Bearer …` with a session's token or an API key. Errors are problem documents "
    "(RFC 9457). What holds for every address: docs/gateway.md."
)
Part = tuple[str, str, Any, dict[str, Any]]


def document() -> dict[str, Any]:
    """The whole API, with each operation's permission, refusals and example."""
    parts = [
        (service, function, app, json.loads(app.get_openapi_json_schema(title="-", version="1")))
        for service, function, app in endpoints()
    ]
    paths: dict[str, dict[str, Any]] = {}
    schemas = dict(SCHEMAS)
    for service, function, app, found in _told_apart(parts):
        schemas |= found.get("components", {}).get("schemas", {})
        for path, method, operation in _operations(found):
            _complete(operation, service, function, app, path, method)
            paths.setdefault(path, {})[method] = operation
    for left in (
        "HTTPValidationError",
        "ValidationError",
        "ResponseValidationError",
    ):  # Powertools' own; ours are problems
        schemas.pop(left, None)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Statewright",
            "version": "1",
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "http://localhost:8000"}],
        "tags": [{"name": name, "description": _TAGS.get(name, name)} for name in _tags(paths)],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": RESPONSES,
            "parameters": PARAMETERS,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operations(found: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, item[method])
        for path, item in found.get("paths", {}).items()
        for method in _METHODS
        if method in item
    ]


def _tags(paths: dict[str, dict[str, Any]]) -> list[str]:
    return sorted({tag for item in paths.values() for o in item.values() for tag in o["tags"]})


def _told_apart(parts: list[Part]) -> list[Part]:
    """The parts, with models of one name and different content named after their service too."""
    contents: dict[str, set[str]] = defaultdict(set)
    for *_, found in parts:
        for name, schema in found.get("components", {}).get("schemas", {}).items():
            contents[name].add(json.dumps(schema, sort_keys=True))
    doubled = {name for name, different in contents.items() if len(different) > 1}
    while more := {n for n in contents.keys() - doubled if _mentions(contents[n], doubled)}:
        doubled |= more  # what refers to one of them means another in each service
    return [(s, f, app, _renamed(found, doubled, s)) for s, f, app, found in parts]


def _mentions(texts: set[str], names: set[str]) -> bool:
    return any(f'"#/components/schemas/{name}"' in text for text in texts for name in names)


def _renamed(found: dict[str, Any], doubled: set[str], service: str) -> dict[str, Any]:
    schemas = found.get("components", {}).get("schemas", {})
    text = json.dumps(found)
    for name in doubled & schemas.keys():
        own = f"{service.title()}{name}"
        text = text.replace(f'"#/components/schemas/{name}"', f'"#/components/schemas/{own}"')
    renamed: dict[str, Any] = json.loads(text)
    for name in doubled & schemas.keys():
        own = renamed["components"]["schemas"]
        own[f"{service.title()}{name}"] = own.pop(name)
    return renamed


def _complete(
    operation: dict[str, Any], service: str, function: str, app: Any, path: str, method: str
) -> None:
    routes = [*app._static_routes, *app._dynamic_routes]
    operation["operationId"] = f"{method}_{function}" if len(routes) > 1 else function
    operation["description"] = _description(app)
    operation["security"] = [{"bearer": []}] if app.permission else []
    if app.permission:
        operation["x-permission"] = app.permission
    if method == "get" and function in EFFECTS:
        operation["x-unsafe"] = True
    if method == "post" and app.permission:
        key = {"$ref": "#/components/parameters/IdempotencyKey"}
        operation.setdefault("parameters", []).append(key)
    sample = json.loads((ROOT / "events" / service / f"{function}.json").read_text())
    _exemplify(operation, sample)
    operation["responses"] = answers(operation, method)
    operation["responses"] |= refusals(operation, path, method)


def _description(app: Any) -> str:
    route = next(iter([*app._static_routes, *app._dynamic_routes]))
    text = inspect.getdoc(route.func) or ""
    if app.permission is None:
        return text
    return f"{text}\n\nNeeds the permission `{app.permission}`."


def _exemplify(operation: dict[str, Any], sample: dict[str, Any]) -> None:
    """Puts the sample event's body and path into the operation."""
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None and sample.get("body"):
        body["example"] = json.loads(sample["body"])
    given = sample.get("pathParameters") or {}
    for parameter in operation.get("parameters", []):
        if parameter.get("in") == "path" and parameter["name"] in given:
            parameter["example"] = given[parameter["name"]]


if __name__ == "__main__":
    json.dump(document(), sys.stdout, indent=1)
