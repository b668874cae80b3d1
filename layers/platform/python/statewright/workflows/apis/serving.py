"""Everything below ``/apis/{workspace}``: the description, its page, results, and the routes."""

from __future__ import annotations

import json
from typing import Any

from statewright.errors import MethodNotAllowedError, NotFoundError
from statewright.gateway.origins import preflight_headers
from statewright.workflows.apis import calling, document, routes
from statewright.workflows.apis.calling import ApiCall
from statewright.workflows.triggers.results import Reply
from statewright.workflows.webhook_request import call_of

_READ = frozenset({"GET", "HEAD"})


def serve(event: Any) -> Reply:
    """Answers one request, from its API Gateway event.

    Raises:
        StatewrightError: the request is refused.
    """
    request = _call(event)
    if request.call.method == "OPTIONS":
        return _methods(request)
    match request.path.strip("/").split("/"):
        case ["openapi.json"]:
            _require_read(request)
            found = document.document(request.workspace_id)
            return Reply(200, "application/json", json.dumps(found, ensure_ascii=False))
        case ["docs"]:
            _require_read(request)
            return Reply(200, "text/html; charset=utf-8", document.PAGE, document.page_headers())
        case ["executions", route_id, execution_id]:
            _require_read(request)
            return calling.show_result(request, route_id, execution_id)
        case _:
            return calling.receive(request)


def _call(event: Any) -> ApiCall:
    raw = event.raw_event
    given = raw.get("pathParameters") or {}
    headers = {name.lower(): value for name, value in (raw.get("headers") or {}).items()}
    call = call_of(event, "")
    many = raw.get("multiValueQueryStringParameters") or {}
    return ApiCall(given.get("workspace_id", ""), given.get("route", ""), call, headers, many)


def _require_read(request: ApiCall) -> None:
    if request.call.method not in _READ:
        raise MethodNotAllowedError("This address has GET, HEAD, OPTIONS.", "GET, HEAD, OPTIONS")


def _methods(request: ApiCall) -> Reply:
    """What an address has, and what a page of another origin may do there."""
    known = routes.routes_of(request.workspace_id)
    found = routes.matches(known, request.path)
    own = request.path.strip("/").split("/")[0] in {"openapi.json", "docs", "executions"}
    if not found and not own:
        raise NotFoundError("There is nothing at this address.")
    methods = ["GET", "HEAD", "OPTIONS"] if own else routes.allowed(found)
    headers = {"Allow": ", ".join(methods)}
    origin = request.headers.get("origin", "")
    if origin and "access-control-request-method" in request.headers:
        headers |= preflight_headers(origin)
    return Reply(204, "", "", headers)
