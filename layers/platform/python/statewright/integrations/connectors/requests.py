"""An operation and its inputs to a request."""

from __future__ import annotations

import json
import re
from typing import Any

from statewright.integrations.connectors import bodies, writing
from statewright.integrations.connectors.model import Body, Operation, Parameter
from statewright.integrations.failures import InvalidRequest
from statewright.integrations.messages import Request


def request_of(operation: Operation, inputs: dict[str, Any], server: str, key: str) -> Request:
    """The request that an operation with these inputs makes.

    Args:
        server: the connector's URL, unless the operation has its own.
        key: tells this call from others: sent as ``Idempotency-Key``, and parts a multipart body.

    Raises:
        InvalidRequest: an input is missing, or cannot be written where it goes.
    """
    path, query, headers, cookies = operation.path, [], dict(operation.headers), []
    for parameter in operation.parameters:
        value = inputs.get(parameter.field)
        if parameter.place == "path":
            path = path.replace("{" + parameter.name + "}", _path(parameter, value))
        elif value is not None:
            match parameter.place:
                case "query":
                    query += _query(parameter, value)
                case "header":
                    headers[parameter.name.lower()] = _plain(parameter, value)
                case _:
                    cookies.append(_cookie(parameter, value))
    address = f"{(operation.server or server).rstrip('/')}{path}"
    joint = "&" if "?" in address else "?"
    url = f"{address}{joint}{'&'.join(query)}" if query else address
    headers.setdefault("accept", operation.accept)
    if cookies:
        headers["cookie"] = "; ".join(cookies)
    content = _content(operation, inputs, headers, key)
    if operation.method not in {"GET", "HEAD", "OPTIONS", "TRACE"}:
        headers.setdefault("idempotency-key", key)
    return Request(operation.method, url, tuple(headers.items()), content)


def _path(parameter: Parameter, value: Any) -> str:
    if value is None or text_is_missing(value):
        raise InvalidRequest(f"the input '{parameter.field}' is part of the address: it is missing")
    if parameter.content:
        return writing.path_value(parameter.name, json.dumps(value), "simple", explode=False)
    style, explode = parameter.style, parameter.explode
    text = writing.path_value(parameter.name, value, style, explode=explode)
    # A segment of dots alone would lead out of the operation's path.
    return re.sub(r"^\.{1,2}$", lambda dots: "%2E" * len(dots[0]), text)


def text_is_missing(value: Any) -> bool:
    """Whether nothing would stand in the address."""
    return isinstance(value, str | list | dict) and not value


def _query(parameter: Parameter, value: Any) -> list[str]:
    if parameter.content:
        value = value if isinstance(value, str) else json.dumps(value)
    found = writing.query_pairs(
        parameter.name,
        value,
        "form" if parameter.content else parameter.style,
        explode=parameter.explode,
        reserved=parameter.reserved,
    )
    return list(found)


def _plain(parameter: Parameter, value: Any) -> str:
    if parameter.content and not isinstance(value, str):
        return json.dumps(value)
    return writing.header_value(value, explode=parameter.explode)


def _cookie(parameter: Parameter, value: Any) -> str:
    value = json.dumps(value) if parameter.content else value
    return writing.cookie_value(parameter.name, value, explode=parameter.explode)


def _content(
    operation: Operation, inputs: dict[str, Any], headers: dict[str, str], key: str
) -> bytes:
    if not operation.bodies:
        return b""
    value = _body_value(operation, inputs)
    if value is None:
        return b""
    body = _chosen(operation, inputs)
    boundary = re.sub(r"[^A-Za-z0-9]+", "-", f"part-{key}")[-60:]
    content, headers["content-type"] = bodies.written(body, value, boundary)
    return content


def _body_value(operation: Operation, inputs: dict[str, Any]) -> Any:
    fields = {parameter.field for parameter in operation.parameters}
    rest = {k: v for k, v in inputs.items() if k not in fields}
    if len(operation.bodies) > 1 and "content_type" not in fields:
        rest.pop("content_type", None)
    if not operation.spread:
        return inputs.get("request_body" if "body" in fields else "body")
    if rest or operation.inputs.get("required") or operation.method in {"POST", "PUT", "PATCH"}:
        return rest
    return None


def _chosen(operation: Operation, inputs: dict[str, Any]) -> Body:
    wanted = inputs.get("content_type")
    found = (body for body in operation.bodies if body.media_type == wanted)
    return next(found, operation.bodies[0])
