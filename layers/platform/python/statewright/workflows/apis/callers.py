"""Who calls a published API: an API key of the workspace, a token of an issuer, or anybody."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from statewright import world
from statewright.auth.gate import bearer_of
from statewright.auth.identify import identify
from statewright.db import narrowed, tenant
from statewright.errors import (
    ForbiddenError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
)
from statewright.http.caller import Caller
from statewright.http.scopes import scopes_of
from statewright.integrations import outbound
from statewright.integrations.messages import Limits, Request
from statewright.integrations.outbound import OutboundError
from statewright.integrations.reach import reach_of
from statewright.settings import settings
from statewright.workflows import drafts
from statewright.workflows.apis.routes import Route
from statewright.workflows.definition.api_trigger import JwtAuth

PERMISSION = "executions:run"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Asymmetric ones only: neither ``none`` nor a shared secret proves who signed."""
LEEWAY = 60
FRESH = timedelta(hours=1)
_LIMITS = Limits(size=1_000_000, seconds=8.0, redirects=0)


@dataclass(frozen=True, slots=True)
class ApiCaller:
    """Whoever calls: ``id`` is the key's, the token's subject, or the address. ``key``: what came
    with the request was an API key or a session of the workspace."""

    kind: str
    id: str
    claims: dict[str, Any] = field(default_factory=dict)
    user_id: str = ""

    @property
    def shown(self) -> dict[str, Any]:
        """What expressions and executions know of the caller; an address is not their business."""
        if self.kind == "public":
            return {"kind": self.kind}
        claims = {"claims": self.claims} if self.claims else {}
        return {"kind": self.kind, "id": self.id, **claims}


def caller_of(route: Route, headers: Mapping[str, str], address: str) -> ApiCaller:
    """Who calls a route, if they may.

    Args:
        headers: by names in lower case.

    Raises:
        UnauthenticatedError: what the route asks for is missing, or does not hold.
        ForbiddenError: it is of somebody who may not start the workflow.
    """
    wanted = route.trigger.auth
    if wanted == "public":
        return ApiCaller("public", address)
    if isinstance(wanted, JwtAuth):
        return _by_token(route, wanted, bearer_of(headers.get("authorization", "")))
    return _by_key(route, headers.get("x-api-key") or bearer_of(headers.get("authorization", "")))


def _by_key(route: Route, key: str) -> ApiCaller:
    context = identify(key.strip())
    if context["workspace_id"] != route.target.workspace_id:
        raise UnauthenticatedError("This key is of another workspace.")
    caller = Caller.from_authorizer(context)
    if not caller.require(PERMISSION):
        _require_grant(caller, route.target.workflow_id)
    return ApiCaller("key", caller.key_id or caller.user_id, user_id=caller.user_id)


def _require_grant(caller: Caller, workflow_id: str) -> None:
    with narrowed(scopes_of(caller, PERMISSION)), tenant(caller.workspace_id) as session:
        try:
            drafts.find(session, workflow_id)
        except NotFoundError:
            raise ForbiddenError("Your grants do not cover this workflow.") from None


class _Documents:
    """Issuers' documents, kept for a while by this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], tuple[datetime, Any]] = {}

    def get(self, workspace_id: str, url: str, *, older_than: timedelta = FRESH) -> Any:
        """A JSON document, as far as the workspace's calls may reach."""
        now, place = world.now(), (workspace_id, url)
        with self._lock:
            kept = self._kept.get(place)
        if kept is not None and now - kept[0] < older_than:
            return kept[1]
        found = _fetch(workspace_id, url)
        with self._lock:
            self._kept[place] = (now, found)
        return found


_documents = _Documents()


def _fetch(workspace_id: str, url: str) -> Any:
    try:
        answer = outbound.send(Request("GET", url), reach_of(workspace_id), _LIMITS)
        if answer.head.status != 200:
            raise ValueError(f"status {answer.head.status}")
        return json.loads(answer.text)
    except (OutboundError, ValueError, RecursionError):
        raise UnavailableError("The tokens' issuer does not tell its keys.") from None


def _keys(route: Route, wanted: JwtAuth, older_than: timedelta = FRESH) -> KeySet:
    workspace, url = route.target.workspace_id, wanted.keys
    if url is None:
        place = f"{wanted.issuer.rstrip('/')}/.well-known/openid-configuration"
        url = str((_documents.get(workspace, place) or {}).get("jwks_uri", ""))
    try:
        return KeySet.import_key_set(_documents.get(workspace, url, older_than=older_than))
    except (JoseError, ValueError, KeyError, TypeError):
        raise UnavailableError("The tokens' issuer does not tell its keys.") from None


def _by_token(route: Route, wanted: JwtAuth, token: str) -> ApiCaller:
    try:
        claims = _verified(route, wanted, token)
        registry = jwt.JWTClaimsRegistry(
            now=int(world.now().timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": wanted.issuer},
            aud={"essential": True, "value": wanted.audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        registry.validate(claims)
    except (JoseError, ValueError) as error:
        raise UnauthenticatedError(f"The token does not hold: {error}.") from None
    for name, value in wanted.claims.items():
        if not _has(claims.get(name), value):
            raise ForbiddenError(f"The token's claim '{name}' is not what this route asks for.")
    return ApiCaller("jwt", str(claims["sub"]), claims)


def _verified(route: Route, wanted: JwtAuth, token: str) -> dict[str, Any]:
    try:
        return dict(jwt.decode(token, _keys(route, wanted), algorithms=ALGORITHMS).claims)
    except (JoseError, ValueError):
        # The issuer may have changed its keys since.
        soon = timedelta(seconds=settings().provider_keys_seconds)
        again = _keys(route, wanted, older_than=soon)
        return dict(jwt.decode(token, again, algorithms=ALGORITHMS).claims)


def _has(claim: Any, value: Any) -> bool:
    """Whether a claim is the value, or a list or a text of words that holds it (as `scope` is)."""
    if isinstance(claim, list):
        return value in claim
    if isinstance(claim, str) and isinstance(value, str):
        return value == claim or value in claim.split()
    return bool(claim == value)
