"""GET /v1/audit/export: the audit log with its hashes."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.auth import audit
from statewright.auth.audit import ChainedEvent
from statewright.http import Api, Page

app = Api(permission="audit:read")


@app.get("/v1/audit/export", summary="Export the audit log", tags=["auth"])
def export_audit_events(cursor: Annotated[str | None, Query()] = None) -> Page[ChainedEvent]:
    """Events in the order of their chain, with what is needed to verify it elsewhere."""
    return audit.export(app.caller().workspace_id, cursor)


handler = app.handler()
