"""What a workspace offers its workflows: the checks compare definitions with it."""

from __future__ import annotations

from statewright.db import Session, load_queries
from statewright.workflows.checks import Surroundings

_sql = load_queries(__package__, "surroundings.sql")


def surroundings_of(session: Session) -> Surroundings:
    """The workspace that the session sees."""
    published = session.all(_sql.list_published_workflows)
    templates = session.all(_sql.list_template_names)
    variables = session.one(_sql.list_variable_names) or {"names": []}
    return Surroundings(
        workflows={row[key]: row["input"] for key in ("id", "name") for row in published},
        templates=frozenset(row["name"] for row in templates),
        variables=frozenset(variables["names"]),
    )
