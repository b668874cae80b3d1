"""Secrets that a connection only refers to: AWS Secrets Manager and the SSM Parameter Store.

A workspace reads below its own path only; the functions' policies say the same. So nobody can name
another workspace's secret, or the deployment's own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from botocore.exceptions import ClientError

from statewright import world
from statewright.aws import parameters, secrets
from statewright.errors import InvalidError, Issue
from statewright.settings import settings

KEPT_SECONDS = 60
"""How long a process keeps what it read: a secret rotated elsewhere is in use after this time."""


def path_of(workspace_id: str) -> str:
    """What the names of a workspace's secrets begin with."""
    return f"{settings().prefix}/workspaces/{workspace_id}/"


def check(workspace_id: str, found: Mapping[str, Any], pointer: str = "/auth") -> None:
    """Raises InvalidError where a reference leads out of the workspace's own path."""
    for name, value in found.items():
        if isinstance(value, Mapping) and "store" in value:
            if not str(value["id"]).lstrip("/").startswith(path_of(workspace_id)):
                issue = Issue(f"{pointer}/{name}/id", "is outside of the workspace's path")
                detail = f"Secrets of this workspace begin with {path_of(workspace_id)}"
                raise InvalidError(detail, (issue,))
        elif isinstance(value, Mapping):
            check(workspace_id, value, f"{pointer}/{name}")


def resolved(workspace_id: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """The same with a text in the place of each reference."""
    return {name: _value(workspace_id, value) for name, value in found.items()}


def _value(workspace_id: str, value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    if "store" not in value:
        return resolved(workspace_id, value)
    check(workspace_id, {"secret": value})
    minute = int(world.now().timestamp()) // KEPT_SECONDS
    return _read(value["store"], value["id"], value.get("field"), minute)


@lru_cache(maxsize=256)
def _read(store: str, name: str, field: str | None, _minute: int) -> str:
    read = secrets.fresh_text if store == "secrets_manager" else parameters.text
    try:
        text = read(name)
    except ClientError:
        raise InvalidError(f"The secret {name} cannot be read.") from None
    if field is None:
        return text
    try:
        return str(json.loads(text)[field])
    except (ValueError, KeyError, TypeError):
        raise InvalidError(f"The secret {name} has no field {field}.") from None
