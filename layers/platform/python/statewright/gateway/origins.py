"""CORS: which web pages of other origins may call the API.

Each workspace lists origins (https://fetch.spec.whatwg.org/#cors-protocol). A preflight request
carries no credentials, so it is answered where any workspace lists its origin; the answer to the
request itself can be read only where the caller's own workspace does. Credentials are bearer
tokens, which a page must hold to send: cookies are never allowed across origins.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from statewright import world
from statewright.db import load_queries, lookup, tenant
from statewright.errors import UnavailableError
from statewright.settings import settings

if TYPE_CHECKING:  # statewright.http imports this module: a function that begins here could not
    from statewright.http.caller import Caller

KEPT = timedelta(seconds=5)
"""How soon a change counts in every process."""
MAX_AGE = 600
"""For how many seconds browsers may keep a preflight's answer."""
METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
ASKED_HEADERS = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-API-Key"
TOLD_HEADERS = (
    "Deprecation, ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, "
    "X-Request-Id"
)
_ORIGIN = re.compile(r"https?://(\[[0-9a-f:]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:\d{1,5})?")
_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})
_sql = load_queries(__package__, "origins.sql")


def _origin(text: str) -> str:
    found = _ORIGIN.fullmatch(text.lower())
    if found is None:
        raise ValueError("an origin is written as https://app.example.com or with a :port")
    if text.lower().startswith("http:") and found[1] not in _LOCAL:
        raise ValueError("an origin on another machine must use https")
    return text.lower()


class Origins(BaseModel):
    """The origins whose pages may call the API for this workspace."""

    model_config = ConfigDict(extra="forbid")
    origins: list[Annotated[str, AfterValidator(_origin)]] = Field(
        max_length=50, examples=[["https://app.example.com"]]
    )


def get(caller: Caller) -> Origins:
    """The workspace's list."""
    with tenant(caller.workspace_id) as session:
        return Origins(origins=[row["origin"] for row in session.all(_sql.list_origins)])


def put(caller: Caller, wanted: Origins) -> Origins:
    """Makes the list what is given. Every process knows within KEPT."""
    with tenant(caller.workspace_id) as session:
        session.run(_sql.replace_origins, origins=sorted(set(wanted.origins)))
    return get(caller)


class Directory:
    """All workspaces' origins, read again every few seconds: what pages send costs no query."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: datetime | None = None
        self._workspaces: Mapping[str, frozenset[str]] = {}

    def allows(self, origin: str, workspace_id: str | None) -> bool:
        """Whether the workspace lists an origin; without a workspace: whether any does."""
        found = self._current().get(origin)
        return found is not None and (workspace_id is None or workspace_id in found)

    def _current(self) -> Mapping[str, frozenset[str]]:
        now = world.now()
        with self._lock:
            if self._until is None or now >= self._until:
                self._until = now + KEPT
                try:
                    row = lookup(_sql.all_origins)
                except UnavailableError:
                    return self._workspaces  # what was known is better than nothing
                listed: dict[str, Any] = row["origins"] if row else {}
                self._workspaces = {origin: frozenset(ids) for origin, ids in listed.items()}
            return self._workspaces


directory = Directory()


def answer_headers(origin: str, workspace_id: str | None) -> dict[str, str]:
    """What lets the page of an origin read an answer; nothing where it may not."""
    if origin != _own() and directory.allows(origin, workspace_id):
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Expose-Headers": TOLD_HEADERS,
        }
    return {}


def preflight_headers(origin: str) -> dict[str, str]:
    """What a preflight request is told; nothing where no workspace lists the origin."""
    if not directory.allows(origin, None):
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": ASKED_HEADERS,
        "Access-Control-Max-Age": str(MAX_AGE),
    }


def _own() -> str:
    parts = urlsplit(settings().base_url)
    return f"{parts.scheme}://{parts.netloc}"
