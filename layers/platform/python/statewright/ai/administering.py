"""The AI service's settings, as people change them."""

from __future__ import annotations

from statewright.ai import metering
from statewright.ai.models import AISettings
from statewright.db import tenant
from statewright.http.caller import Caller
from statewright.integrations import connections


def put_settings(caller: Caller, wanted: AISettings) -> AISettings:
    """Sets the default connection, which the caller has to be allowed to use, and the budgets."""
    with tenant(caller.workspace_id) as session:
        usable = connections.usable(session, caller.user_id)
    return metering.put_settings(caller.workspace_id, wanted, usable)
