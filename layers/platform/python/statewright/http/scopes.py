"""Which parts of a workspace a caller's grants cover."""

from __future__ import annotations

from statewright.auth.roles import built_in_with
from statewright.db import load_queries, tenant
from statewright.http.caller import Caller

_sql = load_queries("statewright.auth", "access.sql")


def scopes_of(caller: Caller, permission: str) -> list[str]:
    """The ids of folders (with all below them), workflows, … on which grants give a permission."""
    with tenant(caller.workspace_id) as session:
        rows = session.all(
            _sql.find_scopes,
            principal=caller.user_id,
            permission=permission,
            built_in=built_in_with(permission),
        )
    return [row["id"] for row in rows]
