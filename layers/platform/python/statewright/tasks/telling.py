"""Telling Step Functions what was decided.

The decision is stored first and told afterwards; until Step Functions has taken it, it is told
again (by the sweeper, too). So a crash in between loses nothing; telling twice is refused there.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger

from statewright import logs, world
from statewright.aws import states
from statewright.db import system, tenant
from statewright.errors import GoneError, UnavailableError
from statewright.tasks.store import SYSTEM, Actor, note, sql

logger = Logger(service="statewright", level="INFO")


def tell(workspace_id: str, task_id: str) -> bool:
    """Lets the workflow go on, if it has not been told.

    Returns:
        False where nobody waits for the result: the execution was stopped or has failed.
    """
    with tenant(workspace_id) as session:
        row = session.one(sql.find_untold, id=task_id)
    if row is None:
        return True
    with logs.within(**logs.keys_of_execution(row["execution_id"], row), task_id=task_id):
        return _tell(workspace_id, task_id, row)


def _tell(workspace_id: str, task_id: str, row: dict[str, Any]) -> bool:
    try:
        states.succeed_task(row["task_token"], row["result"])
    except GoneError:
        return _is_told(workspace_id, task_id)
    except UnavailableError:
        logger.warning("a decision waits for its sweeper", exc_info=True)
        return True
    with tenant(workspace_id) as session:
        session.run(sql.set_told, id=task_id, now=world.now())
    logs.logger.info("decision told")
    return True


def _is_told(workspace_id: str, task_id: str) -> bool:
    """Whether somebody else told it meanwhile; else nobody waits for it any more."""
    with tenant(workspace_id) as session:
        session.one(sql.lock_task, id=task_id)
        if session.one(sql.find_untold, id=task_id) is None:
            return True
        session.run(sql.set_dead, id=task_id, now=world.now())
        note(session, task_id, Actor(SYSTEM), "cancelled", "The workflow did not wait any more.")
    return False


def tell_all() -> int:
    """Tells what a crash kept from Step Functions; says how much."""
    with system() as session:
        rows = session.all(sql.list_untold, before=world.now())
    for row in rows:
        tell(row["workspace_id"], row["id"])
    return len(rows)
