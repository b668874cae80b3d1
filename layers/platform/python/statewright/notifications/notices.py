"""What the platform itself tells people: failed workflows, the week."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from statewright import world
from statewright.db import load_queries, lookup, system
from statewright.errors import ConflictError
from statewright.notifications import sending
from statewright.notifications.models import Body, NewNotification
from statewright.notifications.sending import Sender
from statewright.settings import settings

ACTOR = "system:notices"
ADMINS = ["role:owner", "role:admin"]
_sql = load_queries(__package__, "notices.sql")


def workflow_failed(detail: dict[str, Any]) -> None:
    """Tells of a workflow's first failure in an hour; the others of that hour are in the list.

    Args:
        detail: of Step Functions' "Execution Status Change" event.
    """
    found = lookup(_sql.find_workflow, id=detail["stateMachineArn"][-36:])
    if found is None or found["told"]:
        return  # deleted meanwhile; or the workflow or the workspace says who is told each time
    at = datetime.fromtimestamp(detail["stopDate"] / 1000, UTC)
    hour = at.replace(minute=0, second=0, microsecond=0)
    why = detail.get("error") or detail["status"]
    text = (
        f"The execution {detail['name']} of '{found['name']}' ended with {why} at {at:%H:%M} UTC.\n"
        f"Further failures between {hour:%H:%M} and {hour + timedelta(hours=1):%H:%M} are not told "
        f"one by one: see {settings().base_url}/v1/executions?workflow_id={found['id']}"
    )
    content = Body(
        subject=f"'{found['name']}' failed"[:500],
        text=text,
        url=f"{settings().base_url}/v1/executions/{detail['name']}",
    )
    wanted = NewNotification(
        to=[*ADMINS],
        channels=["in_app", "email"],
        content=content,
        category="workflow-failed",
        dedup_key=f"workflow-failed:{found['id']}:{hour:%Y-%m-%dT%H}",
    )
    try:
        sending.send(Sender(found["workspace_id"], ACTOR), wanted)
    except ConflictError:
        return  # another failure of this hour was told


def weekly_summary() -> int:
    """Tells every workspace that ran something what became of it in seven days; says how many."""
    now = world.now()
    with system() as session:
        rows = session.all(_sql.count_executions, since=now - timedelta(days=7))
    for row in rows:
        done = f"{row['succeeded']} succeeded, {row['failed']} failed, {row['running']} run."
        worst = f" Most failures: '{row['worst']}'." if row["worst"] else ""
        wanted = NewNotification(
            to=[*ADMINS],
            channels=["email"],
            content=Body(
                subject=f"Your week: {row['total']} executions",
                text=f"In the last seven days {row['total']} executions started: {done}{worst}",
            ),
            category="weekly-summary",
            dedup_key=f"weekly-summary:{now:%G-%V}",
        )
        _send_once(row["workspace_id"], wanted)
    return len(rows)


def _send_once(workspace_id: str, wanted: NewNotification) -> None:
    try:
        sending.send(Sender(workspace_id, ACTOR), wanted)
    except ConflictError:
        return  # this week's has gone out, with the figures of that moment
