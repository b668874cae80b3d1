"""The workflow's step that waits for what becomes of its notification."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger

from statewright.aws import states
from statewright.db import load_queries, system, tenant
from statewright.errors import GoneError

logger = Logger(service="statewright", level="INFO")
_sql = load_queries(__package__)


def tell(workspace_id: str, notification_id: str) -> None:
    """Lets the step go on, once nothing of its request is pending.

    The token is forgotten only after Step Functions has taken the answer: telling twice is refused
    there, and not telling at all would leave the execution waiting.
    """
    with tenant(workspace_id) as session:
        row = session.one(_sql.find_token, id=notification_id)
        counts = session.one(_sql.count_pending, notification_id=notification_id)
    if row is None or row["task_token"] is None or counts is None or counts["pending"]:
        return
    _answer(row["task_token"], notification_id, counts)
    with tenant(workspace_id) as session:
        session.run(_sql.clear_token, id=notification_id)


def adopt(workspace_id: str, notification_id: str, token: str) -> None:
    """Lets a step wait for a request that exists already, whose result may even be known."""
    with tenant(workspace_id) as session:
        session.run(_sql.set_token, id=notification_id, token=token)
    tell(workspace_id, notification_id)


def tell_all() -> int:
    """Does the same for every request that a crash left in between; says how many."""
    with system() as session:
        rows = session.all(_sql.list_answerable)
    for row in rows:
        tell(row["workspace_id"], row["id"])
    return len(rows)


def _answer(token: str, notification_id: str, counts: dict[str, Any]) -> None:
    try:
        if counts["reached"]:
            result = {
                "notification_id": notification_id,
                "message_id": notification_id,
                "reached": counts["reached"],
                "deliveries": counts["total"],
            }
            states.succeed_task(token, result)
        else:
            states.fail_task(token, "Notification.NotReached", "Nobody could be reached.")
    except GoneError:
        logger.info("the step does not wait for its notification any more")
