"""Keys that make starts one: the same key again gives the same execution.

The key's row comes first, then the start under the row's execution id. Killed in between, the next
call with the key finds the row and starts what it stands for: Step Functions starts a name once.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from statewright import world
from statewright.db import load_queries, lookup, system
from statewright.errors import InvalidError, Issue

KEPT = timedelta(days=7)
"""How long an Idempotency-Key is known."""
MAX_KEY = 200
_sql = load_queries(__package__)


@dataclass(frozen=True, slots=True)
class Key:
    """A key as its sender gives it. ``request``: what must be the same with the same key."""

    workflow_id: str
    workspace_id: str
    scope: str
    text: str
    request: Any = None
    window: timedelta = KEPT


@dataclass(frozen=True, slots=True)
class Claim:
    """The execution that a key stands for, and whether it is known to have been started."""

    execution_id: str
    started: bool


def claim(key: Key) -> Claim:
    """The execution of a key, which is a new one where the key is new or its window is over.

    Raises:
        InvalidError: the key came with another request before.
    """
    now = world.now()
    request = None if key.request is None else digest(_canonical(key.request))
    row = lookup(
        _sql.claim_key,
        workflow_id=key.workflow_id,
        workspace_id=key.workspace_id,
        scope=key.scope,
        key=digest(key.text),
        request=request,
        execution_id=world.new_id(),
        now=now,
        expires_at=now + key.window,
    )
    assert row is not None
    if request is not None and row["request"] not in {None, request}:
        issue = Issue("/headers/idempotency-key", "was sent with another request before")
        raise InvalidError("This idempotency key was sent with another request before.", (issue,))
    return Claim(row["execution_id"], row["started"])


def note_used(key: Key) -> None:
    """Notes that the execution has begun, for state machines that do not know names."""
    with system() as session:
        session.run(
            _sql.note_key_used,
            workflow_id=key.workflow_id,
            scope=key.scope,
            key=digest(key.text),
        )


def forget_expired() -> int:
    """Forgets keys whose time is over, and returns how many."""
    with system() as session:
        return session.run(_sql.delete_expired_keys, now=world.now())


def digest(text: str) -> bytes:
    """The SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
