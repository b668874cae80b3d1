"""A request to a published API: its route, who calls, how often, what it holds; then it is started.

In this order, so that nobody learns more than they may: a stranger hears that they are one before
anything of the request is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from statewright.errors import InvalidError, NotFoundError
from statewright.gateway.limits import day_key, limiter
from statewright.gateway.plans import Rate, assignments
from statewright.workflows import starting
from statewright.workflows.apis import reading, routes
from statewright.workflows.apis.callers import ApiCaller, caller_of
from statewright.workflows.apis.reading import ApiRequestValues
from statewright.workflows.apis.routes import KIND, Match, Route
from statewright.workflows.triggers import results, webhooks
from statewright.workflows.triggers.evaluation import evaluate
from statewright.workflows.triggers.keys import MAX_KEY, Key
from statewright.workflows.triggers.results import Receipt, Reply
from statewright.workflows.webhook_request import WebhookCall


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A request to a workspace's API. ``headers`` are in lower case and hold the credentials,
    which ``call`` has not."""

    workspace_id: str
    path: str
    call: WebhookCall
    headers: Mapping[str, str] = field(repr=False)
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)


def receive(request: ApiCall) -> Reply:
    """Starts what the route starts; the execution is durable when this returns.

    Raises:
        NotFoundError: there is no such route.
        MethodNotAllowedError: it has other methods.
        ConflictError: its workflow is off.
        UnauthenticatedError, ForbiddenError: the caller may not.
        RateLimitedError: there have been too many requests.
        MalformedError, InvalidError: the request is not what the route takes.
    """
    match = routes.match(routes.routes_of(request.workspace_id), request.call.method, request.path)
    target = match.route.target
    target.require_open()
    caller = caller_of(match.route, request.headers, request.call.address)
    told = limiter.spend(*_buckets(match.route, caller))
    values = reading.read(match, request.call, request.query)
    body = _body(match.route, values, caller)
    starting.check_input(target.input_schema, body)
    facts = starting.facts(
        KIND,
        target.trigger_id,
        body,
        headers=values.headers,
        query=values.query,
        method=values.method,
        path=values.path,
        caller=caller.shown,
    )
    key = _key(match, request.call, caller, facts)
    return _marked(match.route, webhooks.answer(target, facts, key, Receipt()), told)


def show_result(request: ApiCall, route_id: str, execution_id: str) -> Reply:
    """What an execution has come to, for whoever may call its route; what a token's subject has
    started, only they see.

    Raises:
        NotFoundError: the route has started no such execution, or not for this caller.
    """
    found = next((r for r in routes.routes_of(request.workspace_id) if r.id == route_id), None)
    if found is None:
        raise NotFoundError("There is nothing at this address.")
    caller = caller_of(found, request.headers, request.call.address)
    told = limiter.spend(*_buckets(found, caller))

    def may_see(facts: dict[str, Any]) -> bool:
        return caller.kind != "jwt" or facts.get("caller", {}).get("id") == caller.id

    return _marked(found, results.look(found.target, execution_id, may_see), told)


def _buckets(route: Route, caller: ApiCaller) -> Iterator[tuple[str, str, Rate]]:
    """What the route allows each caller, and what the workspace's plan allows all of them."""
    workspace = route.target.workspace_id
    limit = route.trigger.limit
    if limit is not None:
        rate = Rate(limit.requests / limit.seconds, limit.requests)
        yield "route", f"route:{route.id}:{caller.kind}:{caller.id}", rate
    plan = assignments.plan_of(workspace)
    if caller.kind == "key":
        yield "principal", f"principal:{workspace}:{caller.id}", plan.principal
    yield "workspace", f"workspace:{workspace}", plan.workspace
    yield "day", day_key(workspace), Rate(0.0, plan.per_day)


def _body(route: Route, values: ApiRequestValues, caller: ApiCaller) -> Any:
    """What the workflow is given: the request's body, or what the trigger makes of the request."""
    wanted = route.trigger.request.map
    if wanted is None:
        return values.body
    names = {"request": values.names(caller.shown), "vars": route.target.variables}
    return evaluate(wanted, names)


def _key(match: Match, call: WebhookCall, caller: ApiCaller, facts: dict[str, Any]) -> Key | None:
    """The caller's Idempotency-Key: theirs alone, for this route."""
    text = call.idempotency_key
    if text is None or call.method == "GET":
        return None
    if len(text) > MAX_KEY:
        raise InvalidError(f"An Idempotency-Key has {MAX_KEY} characters at the most.")
    target = match.route.target
    scope = f"{match.route.id}\napi\n{caller.kind}:{caller.id}"
    request = {part: facts[part] for part in ("body", "query", "path")}
    return Key(target.workflow_id, target.workspace_id, scope, text, request)


def _marked(route: Route, reply: Reply, told: dict[str, str]) -> Reply:
    """An earlier API version says since when it is one (RFC 9745); all say how many are left."""
    left = route.left_at
    old = {} if left is None else {"Deprecation": f"@{int(left.timestamp())}"}
    return replace(reply, headers={**told, **reply.headers, **old})
