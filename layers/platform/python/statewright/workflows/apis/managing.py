"""A workspace's published APIs as its people see them, and the end of earlier API versions."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from statewright.db import load_queries, tenant
from statewright.errors import ConflictError, NotFoundError
from statewright.workflows import drafts
from statewright.workflows.apis import routes
from statewright.workflows.apis.routes import base_url
from statewright.workflows.definition import ApiTrigger
from statewright.workflows.definition.api_trigger import ApiMethod

_sql = load_queries(__package__)
Access = Literal["key", "jwt", "public"]


class ApiRoute(BaseModel):
    """A route of a published workflow. ``left_at``: since when its workflow publishes another API
    version; ``state`` is off with the workflow or the trigger."""

    url: str
    method: ApiMethod
    version: str
    access: Access
    state: Literal["on", "off"]
    workflow_id: str
    workflow: str
    trigger_id: str
    left_at: datetime | None


class Apis(BaseModel):
    """A workspace's API: where it is, its description, its page, and its routes."""

    url: str
    document: str
    page: str
    items: list[ApiRoute]


def list_apis(workspace_id: str) -> Apis:
    """The workspace's routes."""
    with tenant(workspace_id) as session:
        rows = session.all(_sql.list_routes)
    home = base_url(workspace_id)
    items = []
    for row in rows:
        trigger = ApiTrigger.model_validate(row["settings"])
        item = ApiRoute(
            url=f"{home}/{trigger.version}{trigger.path}",
            method=trigger.method,
            version=trigger.version,
            access=trigger.auth if isinstance(trigger.auth, str) else "jwt",
            state="on" if row["open"] else "off",
            **{name: row[name] for name in ("workflow_id", "workflow", "trigger_id", "left_at")},
        )
        items.append(item)
    return Apis(url=home, document=f"{home}/openapi.json", page=f"{home}/docs", items=items)


def retire(workspace_id: str, workflow_id: str, version: str) -> None:
    """Ends an earlier API version of a workflow.

    Raises:
        ConflictError: it is the one that the workflow publishes.
        NotFoundError: the workflow has no such API version.
    """
    with tenant(workspace_id) as session:
        row = drafts.find(session, workflow_id)
        which = {"workflow_id": row["id"], "version": version}
        if session.one(_sql.has_current_routes, **which) is not None:
            raise ConflictError(
                "The workflow publishes this version: turn it off, or publish another."
            )
        if session.run(_sql.retire_routes, **which) == 0:
            raise NotFoundError("The workflow has no such API version.")
    routes.forget()
