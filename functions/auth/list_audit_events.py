"""GET /v1/audit/events: what was done, by whom, to what."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.auth import audit
from statewright.auth.audit import AuditEvent, AuditQuery
from statewright.http import Api, Page

app = Api(permission="audit:read")


@app.get("/v1/audit/events", summary="Search the audit log", tags=["auth"])
def list_audit_events(
    actor: Annotated[str | None, Query()] = None,
    action: Annotated[str | None, Query()] = None,
    target: Annotated[str | None, Query()] = None,
    words: Annotated[str | None, Query(max_length=200)] = None,
    since: Annotated[datetime | None, Query()] = None,
    until: Annotated[datetime | None, Query()] = None,
    cursor: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[AuditEvent]:
    """Events that fit every condition given, the newest first."""
    query = AuditQuery(
        actor=actor, action=action, target=target, words=words, since=since, until=until
    )
    return audit.search(app.caller().workspace_id, query, cursor, limit)


handler = app.handler()
