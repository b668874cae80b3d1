"""A step that calls a connector's operation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from statewright import world
from statewright.db import tenant
from statewright.integrations import authorizing
from statewright.integrations.calls.sending import Way
from statewright.integrations.connectors import acting, custom, ready, storage
from statewright.integrations.connectors.calling import call, call_all
from statewright.integrations.connectors.model import CALL, Operation
from statewright.integrations.failures import InvalidRequest
from statewright.integrations.messages import Limits
from statewright.integrations.reach import reach_of
from statewright.settings import settings

SECONDS = 25.0


def perform(event: Mapping[str, Any]) -> Any:
    """Calls the operation that the step names, with its connection's credential.

    Args:
        event: the step's payload: workspace_id, key, operation, connection, inputs (``with``).

    Raises:
        HttpRequestError: under the name of what went wrong.
    """
    name, workspace_id = event["operation"], event["workspace_id"]
    server, operation = _find(workspace_id, name)
    if operation.method == CALL:
        return custom.perform(acting.parted(name)[0], operation.name, event)
    authorize = authorizing.for_step(event)
    limits = Limits(settings().http_step_limit, SECONDS)
    ends = world.now() + timedelta(seconds=SECONDS)
    way = Way(reach_of(workspace_id), limits, authorize, ends=ends)
    if not server and authorize is None and not operation.server:
        raise InvalidRequest(f"'{name}' has no server: the step needs a connection that names it")
    calls = call_all if name.endswith(acting.ALL) else call
    # With a connection, addresses are relative: they continue the connection's own base.
    base = server if authorize is None else ""
    return calls(operation, event["with"], base, event["key"], way)


def _find(workspace_id: str, name: str) -> tuple[str, Operation]:
    """The workspace's own connector goes before a ready one of its name."""
    connector, wanted, _ = acting.parted(name)
    with tenant(workspace_id) as session:
        found = storage.find_operations(session, [(connector, wanted)])
    if found:
        return found[0][1], found[0][2]
    given = ready.find(name)
    if given is None:
        raise InvalidRequest(f"there is no operation '{name}' any more")
    return given
