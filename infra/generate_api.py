"""Writes infra/api.yaml: the REST API's body, from the routes that the functions declare.

Run it (``make api``) after adding or changing an endpoint; a test fails while the file is stale.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "infra" / "api.yaml"
EFFECTS = frozenset(
    {
        "begin_sign_in",
        "end_authorization",
        "end_sign_in",
        "receive_saml_logout",
    }
)
"""Functions whose GET does something: a HEAD, which must not, is not for them. Webhooks take it
as a method of its own."""
GREEDY = {"call_api": ("{route}", "{route+}")}
"""Functions that answer everything below an address, with the parameter that takes the rest."""
_REFUSAL_HEADERS = {
    "X-Request-Id": "context.requestId",
    "X-Content-Type-Options": "'nosniff'",
    "Strict-Transport-Security": "'max-age=63072000; includeSubDomains'",
    "Cache-Control": "'no-store'",
    # These say nothing about anybody, and no credentials are allowed with them: a page of an origin
    # that a workspace lists can tell "sign in again" from "not reachable".
    "Access-Control-Allow-Origin": "'*'",
}
_BINARY = (
    "application/zip",
    "application/octet-stream",
    "multipart/form-data",
    "application/pdf",
    "application/gzip",
    "application/x-protobuf",
    "application/protobuf",
    "application/msgpack",
    "application/cbor",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "audio/mpeg",
    "audio/wav",
    "video/mp4",
)
_HEADER = "# Generated from the functions' routes: change those, then `make api`.\n"


def endpoints() -> Iterator[tuple[str, str, Any]]:
    """Service, function and Powertools app of every endpoint, in a fixed order."""
    for file in sorted((ROOT / "functions").glob("*/*.py")):
        module = importlib.import_module(f"functions.{file.parent.name}.{file.stem}")
        if hasattr(module, "app"):
            yield file.parent.name, file.stem, module.app


def body() -> dict[str, Any]:
    """The API as OpenAPI 3.0 with API Gateway's extensions."""
    paths: dict[str, dict[str, Any]] = {}
    for service, function, app in endpoints():
        if function in GREEDY:
            path = next(iter(app._dynamic_routes)).openapi_path.replace(*GREEDY[function])
            paths[path] = {"x-amazon-apigateway-any-method": _any(service, function, path)}
            continue
        schema = app.get_openapi_schema(title="Statewright", version="1")
        for path, item in (schema.paths or {}).items():
            for method in ("get", "post", "put", "patch", "delete"):
                operation = getattr(item, method, None)
                if operation is not None:
                    entry = _operation(service, function, operation, path, app.permission)
                    paths.setdefault(path, {})[method] = entry
                    if method == "get" and function not in EFFECTS:
                        paths[path]["head"] = deepcopy(entry)
    for item in paths.values():
        item.setdefault("x-amazon-apigateway-any-method", _other_methods())
    return {
        "openapi": "3.0.1",
        "info": {"title": {"Fn::Sub": "${AWS::StackName}"}, "version": "1"},
        "paths": dict(sorted(paths.items())),
        "components": {"securitySchemes": {"bearer": _authorizer()}},
        # What is sent as bytes to those who ask for it, such as exported applications, and what
        # webhooks are called with, which would be garbled as text.
        "x-amazon-apigateway-binary-media-types": list(_BINARY),
        "x-amazon-apigateway-gateway-responses": dict(_gateway_responses()),
    }


def _any(service: str, function: str, path: str) -> dict[str, Any]:
    """Every method of an address, and of all below it, to one function."""
    return {
        "responses": {"default": {"description": "See the documentation"}},
        "parameters": _parameters(path),
        "x-amazon-apigateway-integration": _integration(service, function),
    }


def _parameters(path: str) -> list[dict[str, Any]]:
    names = [part[1:-1].rstrip("+") for part in path.split("/") if part.startswith("{")]
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
    ]


def _other_methods() -> dict[str, Any]:
    """OPTIONS, and a 405 for what the path has not."""
    return {
        "responses": {"default": {"description": "Which methods there are"}},
        "x-amazon-apigateway-integration": _integration("gateway", "answer_other_methods"),
    }


def _gateway_responses() -> Iterator[tuple[str, dict[str, Any]]]:
    """The gateway's own refusals, as problem documents like every other."""
    for kind, status, name, title in (
        # What API Gateway says where no route matches.
        ("MISSING_AUTHENTICATION_TOKEN", 404, "not-found", "There is nothing at this address"),
        ("UNAUTHORIZED", 401, "unauthenticated", "Sign in first"),
        ("ACCESS_DENIED", 403, "forbidden", "Not allowed"),
        ("REQUEST_TOO_LARGE", 413, "too-large", "Too large"),
        ("THROTTLED", 429, "rate-limited", "Too many requests"),
        ("INTEGRATION_TIMEOUT", 504, "timeout", "The endpoint took too long"),
        ("DEFAULT_5XX", 500, "internal", "Something went wrong"),
    ):
        document = {"type": f"urn:statewright:problem:{name}", "title": title, "status": status}
        headers = _REFUSAL_HEADERS | ({"WWW-Authenticate": "'Bearer'"} if status == 401 else {})
        yield (
            kind,
            {
                "statusCode": status,
                "responseParameters": {
                    f"gatewayresponse.header.{n}": v for n, v in headers.items()
                },
                "responseTemplates": {"application/problem+json": json.dumps(document)},
            },
        )


def _operation(
    service: str, function: str, operation: Any, path: str, permission: str | None
) -> dict[str, Any]:
    parameters = _parameters(path)
    entry: dict[str, Any] = {
        "summary": operation.summary,
        "tags": operation.tags,
        "responses": {"default": {"description": "See the documentation"}},
        "x-amazon-apigateway-integration": _integration(service, function),
    }
    if parameters:
        entry["parameters"] = parameters
    if permission is not None:
        entry["x-permission"] = permission
        entry["security"] = [{"bearer": []}]
    return entry


def _integration(service: str, function: str) -> dict[str, Any]:
    return {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": _invocation(service, function),
        "credentials": {"Fn::GetAtt": ["ApiRole", "Arn"]},
    }


def _authorizer() -> dict[str, Any]:
    return {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": {
            "type": "token",
            "authorizerUri": _invocation("auth", "authorize"),
            "authorizerCredentials": {"Fn::GetAtt": ["ApiRole", "Arn"]},
            "authorizerResultTtlInSeconds": 10,
        },
    }


def _invocation(service: str, function: str) -> dict[str, str]:
    name = f"{service}-{function.replace('_', '-')}"
    return {
        "Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/"
        "functions/"
        "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
        f"${{AWS::StackName}}-{name}:live/invocations"
    }


def text() -> str:
    """The file's content."""
    return _HEADER + yaml.safe_dump(body(), sort_keys=False, width=100)


if __name__ == "__main__":
    TARGET.write_text(text())
