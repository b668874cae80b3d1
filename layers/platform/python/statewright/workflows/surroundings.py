"""What a workspace offers its workflows: the checks compare definitions with it."""

from __future__ import annotations

import re

from statewright.db import Session, load_queries
from statewright.integrations.connectors import acting, storage
from statewright.settings import settings
from statewright.workflows.actions.known import KnownActions
from statewright.workflows.checks import Surroundings
from statewright.workflows.definition import Definition, PollTrigger, calls_of, every_step
from statewright.workflows.imported_calls import ImportedCalls

_sql = load_queries(__package__, "surroundings.sql")


def surroundings_of(session: Session, definition: Definition | None = None) -> Surroundings:
    """The workspace that the session sees.

    Args:
        definition: whose steps name the operations of connectors that are looked up.
    """
    chosen = settings()
    published = session.all(_sql.list_published_workflows)
    templates = session.all(_sql.list_template_names)
    variables = session.one(_sql.list_variable_names) or {"names": []}
    return Surroundings(
        actions=_actions(session, definition),
        aws=tuple(filter(None, re.split(r"[,\s]+", settings().aws_actions))),
        workflows={row[key]: row["input"] for key in ("id", "name") for row in published},
        templates=frozenset(row["name"] for row in templates),
        variables=frozenset(variables["names"]),
        imported_calls=ImportedCalls(chosen.imported_call_patterns, chosen.prefix),
    )


def _actions(session: Session, definition: Definition | None) -> KnownActions:
    """What steps can use: what everybody has, and the workspace's own operations that they name."""
    used = {use: acting.parted(use) for use in _used(definition)} if definition else {}
    names = {parts[:2] for parts in used.values() if parts[1]}
    found = storage.find_operations(session, names)
    own = {}
    for connector, _, operation, connector_id in found:
        schemas = [operation.inputs, operation.result]
        definitions = storage.definitions_of(session, connector_id, schemas)
        for use, (wanted, name, every) in used.items():
            if (wanted, name) == (connector, operation.name) and (operation.paging or not every):
                own[use] = acting.action_of(use, operation, definitions)
    missing = used.keys() - own.keys()
    near = storage.operation_names(session, {used[use][0] for use in missing}) if missing else []
    return KnownActions(own, near)


def _used(definition: Definition) -> set[str]:
    """The names of all actions that a definition names."""
    found = {trigger.use for trigger in definition.triggers if isinstance(trigger, PollTrigger)}
    for _, step in every_step(definition.steps):
        found |= {call.use for call in calls_of(step)}
    return found
