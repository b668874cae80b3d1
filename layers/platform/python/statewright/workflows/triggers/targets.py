"""What a trigger starts: looked up by its URL's token, or by its id in a workflow."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from statewright import world
from statewright.db import load_queries, lookup
from statewright.errors import ConflictError, NotFoundError

_sql = load_queries(__package__)
_COMMON = (
    "workspace_id",
    "workflow_id",
    "trigger_id",
    "machine_arn",
    "mode",
    "settings",
    "input_schema",
    "variables",
)


@dataclass(frozen=True, slots=True)
class Target:
    """A published trigger and what it starts.

    ``open``: it may start something; its workflow is on, and it is not paused itself.
    ``results_path``: where its callers ask what has become of an execution.
    """

    workspace_id: str
    workflow_id: str
    workflow: str
    trigger_id: str
    type: str
    machine_arn: str
    mode: str
    settings: dict[str, Any] = field(default_factory=dict)
    input_schema: dict[str, Any] | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    token: str = ""
    created_at: datetime | None = None
    open: bool = True
    results_path: str = ""

    @classmethod
    def of(cls, row: dict[str, Any], **more: Any) -> Target:
        """The target of a row that has what every kind of trigger has, and what this kind has."""
        return cls(**{name: row[name] for name in _COMMON}, **more)

    def require_open(self) -> None:
        """Raises ConflictError where the trigger may not start anything now."""
        if not self.open:
            raise ConflictError("The workflow or its trigger is turned off.")


def by_token(token: str, kind: str) -> Target:
    """What a URL starts, read once a second at the most: a busy one asks all the time.

    What it starts is never old: the alias that it names leads to what is published now, and is gone
    when the workflow is turned off.

    Raises:
        NotFoundError: nothing of that kind has this token.
        ConflictError: the workflow or the trigger is turned off.
    """
    target = _by_token(token, int(world.now().timestamp()))
    if target is None or target.type != kind:
        raise NotFoundError(f"There is no such {kind}.")
    target.require_open()
    return target


@lru_cache(maxsize=4096)
def _by_token(token: str, _second: int) -> Target | None:
    if "\0" in token:
        return None
    row = lookup(_sql.find_trigger_by_token, token=token)
    return None if row is None else _target(row)


def forget() -> None:
    """Forgets what was read: a trigger has just been turned on or off."""
    _by_token.cache_clear()


def find(workflow_id: str, trigger_id: str) -> Target | None:
    """A trigger of a workflow, as it is now."""
    row = lookup(_sql.find_trigger, workflow_id=workflow_id, trigger_id=trigger_id)
    return None if row is None else _target(row)


def _target(row: dict[str, Any]) -> Target:
    return Target.of(
        row,
        workflow=row["name"],
        type=row["type"],
        token=row["token"],
        created_at=row["created_at"],
        open=row["enabled"] and not row["paused"],
        results_path=f"/hooks/{row['token']}/executions",
    )
