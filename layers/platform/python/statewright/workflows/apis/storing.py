"""Routes made live with the version of a workflow that has them."""

from __future__ import annotations

from psycopg.types.json import Jsonb

from statewright import world
from statewright.db import Session, load_queries
from statewright.errors import InvalidError, Issue
from statewright.workflows.definition import ApiTrigger, Definition

_sql = load_queries(__package__)


def put_routes(
    session: Session, workflow_id: str, definition: Definition, alias: str, version_arn: str
) -> None:
    """Makes a definition's routes the workflow's.

    Those of API versions that it does not name any more stay as they were published; a workflow
    that has no API any more keeps none.

    Args:
        alias: what routes start; ``version_arn`` is what they would start if they stayed behind.

    Raises:
        InvalidError: another workflow has such a route.
    """
    routes = {i: t for i, t in enumerate(definition.triggers) if isinstance(t, ApiTrigger)}
    versions = sorted({trigger.version for trigger in routes.values()})
    session.run(_sql.pin_routes, workflow_id=workflow_id, versions=versions, now=world.now())
    kept = []
    for index, trigger in routes.items():
        row = session.one(
            _sql.put_route,
            id=world.new_id(),
            workflow_id=workflow_id,
            trigger_id=trigger.id,
            version=trigger.version,
            method=trigger.method,
            path=trigger.path,
            shape=trigger.shape,
            settings=Jsonb(trigger.model_dump(mode="json", by_alias=True)),
            mode=definition.settings.mode,
            machine_arn=alias,
            version_arn=version_arn,
            input_schema=None if definition.input is None else Jsonb(definition.input),
            now=world.now(),
        )
        if row is None:
            raise _taken(session, index, trigger)
        kept.append(row["id"])
    session.run(_sql.delete_other_routes, workflow_id=workflow_id, keep=kept, all=not routes)


def drop_routes(session: Session, workflow_id: str) -> None:
    """Takes all of a workflow's routes away, those of earlier API versions, too."""
    session.run(_sql.delete_other_routes, workflow_id=workflow_id, keep=[], all=True)


def _taken(session: Session, index: int, trigger: ApiTrigger) -> InvalidError:
    holder = session.one(
        _sql.find_holder, version=trigger.version, method=trigger.method, shape=trigger.shape
    )
    name = holder["name"] if holder else "another workflow"
    route = f"{trigger.method} /{trigger.version}{trigger.path}"
    detail = f"{route} is a route of the workflow '{name}' already"
    issue = Issue(f"/triggers/{index}/path", detail)
    return InvalidError(f"{issue.pointer}: {detail}", (issue,))
