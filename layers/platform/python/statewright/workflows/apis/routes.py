"""What a workspace's address leads to: its routes, and the one that a request is for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from statewright import world
from statewright.db import load_queries, system
from statewright.errors import MethodNotAllowedError, NotFoundError
from statewright.ids import parse_id
from statewright.settings import settings
from statewright.workflows.definition import ApiTrigger
from statewright.workflows.triggers.targets import Target

KIND = "api"
_sql = load_queries(__package__)


@dataclass(frozen=True, slots=True)
class Route:
    """A route that is published. ``left_at``: since when its workflow publishes another version."""

    id: str
    workspace: str
    trigger: ApiTrigger
    target: Target
    left_at: datetime | None

    @property
    def url(self) -> str:
        """Where it is, with its parameters' names."""
        return f"{base_url(self.target.workspace_id)}/{self.trigger.version}{self.trigger.path}"


@dataclass(frozen=True, slots=True)
class Match:
    """A route, and the values of its path's parameters."""

    route: Route
    values: dict[str, str]


def base_url(workspace_id: str) -> str:
    """Where a workspace's API is."""
    return f"{settings().base_url}/apis/{workspace_id}"


def routes_of(workspace_id: str) -> tuple[Route, ...]:
    """A workspace's routes, read once a second at the most."""
    return _read(parse_id(workspace_id, "API"), int(world.now().timestamp()))


@lru_cache(maxsize=1024)
def _read(workspace_id: str, _second: int) -> tuple[Route, ...]:
    with system() as session:
        rows = session.all(_sql.find_routes, workspace_id=workspace_id)
    return tuple(_route(row) for row in rows)


def forget() -> None:
    """Forgets what was read: a workflow has just been published, or turned on or off."""
    _read.cache_clear()


def _route(row: dict[str, Any]) -> Route:
    home = f"/apis/{row['workspace_id']}/executions/{row['id']}"
    target = Target.of(
        row, workflow=row["workflow"], type=KIND, open=row["open"], results_path=home
    )
    trigger = ApiTrigger.model_validate(row["settings"])
    return Route(row["id"], row["workspace"], trigger, target, row["left_at"])


def matches(routes: tuple[Route, ...], path: str) -> dict[str, Match]:
    """Method → the route of a path, such as ``v1/orders/7``; those with fewer parameters win."""
    found: dict[str, tuple[tuple[bool, ...], Match]] = {}
    parts = path.strip("/").split("/")
    for route in routes:
        pattern = [route.trigger.version, *route.trigger.path.split("/")[1:]]
        values = _values(pattern, parts)
        if values is None:
            continue
        rank = tuple(piece.startswith("{") for piece in pattern)
        method = route.trigger.method
        if method not in found or rank < found[method][0]:
            found[method] = (rank, Match(route, values))
    return {method: match for method, (_, match) in found.items()}


def _values(pattern: list[str], parts: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(parts):
        return None
    values: dict[str, str] = {}
    for piece, part in zip(pattern, parts, strict=True):
        if piece.startswith("{"):
            if not part:
                return None
            values[piece[1:-1]] = part
        elif piece != part:
            return None
    return values


def match(routes: tuple[Route, ...], method: str, path: str) -> Match:
    """The route of a request.

    Raises:
        NotFoundError: no route has this path.
        MethodNotAllowedError: those that have it have other methods.
    """
    found = matches(routes, path)
    if not found:
        raise NotFoundError("There is nothing at this address.")
    if method not in found:
        methods = ", ".join(allowed(found))
        raise MethodNotAllowedError(f"This address has {methods}.", methods)
    return found[method]


def allowed(found: dict[str, Match]) -> list[str]:
    """The methods that an address has."""
    return [*sorted(found), "OPTIONS"]
