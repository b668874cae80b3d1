"""Intents: what the runner is to do once the step that decided them is committed."""

from __future__ import annotations

from dataclasses import dataclass

from asl.execution import Path
from asl.machine import Resource
from asl.payload import Payload


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Call a task. ``key`` stays the same when a crash makes it be called again."""

    execution_arn: str
    path: Path
    id: int
    resource: Resource
    parameters: Payload
    token: str
    key: str
    timeout_seconds: int | None
    state: str
    """The name of the state that calls."""
    retry_count: int
    """How many attempts there were before this one."""
