"""The workspace's variables: ``$vars`` in expressions."""

from __future__ import annotations

import json

from psycopg.types.json import Jsonb

from statewright.db import load_queries, tenant
from statewright.errors import TooLargeError
from statewright.workflows.models import Variables

MAX_BYTES = 20_000
_sql = load_queries(__package__)


def get(workspace_id: str) -> Variables:
    """All of them."""
    with tenant(workspace_id) as session:
        [row] = session.all(_sql.show_variables)
    return Variables(variables=row["variables"])


def replace(workspace_id: str, variables: Variables) -> Variables:
    """Replaces them all. Executions that run keep those they were started with."""
    if len(json.dumps(variables.variables)) > MAX_BYTES:
        raise TooLargeError(f"Variables may have {MAX_BYTES:,} bytes in all.")
    with tenant(workspace_id) as session:
        session.run(_sql.set_variables, variables=Jsonb(variables.variables))
    return variables
