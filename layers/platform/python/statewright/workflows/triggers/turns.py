"""Turns: how many executions of a workflow, or of one key of it, may run at once.

The first state of a limited workflow asks for a turn and waits for its task token, as for a
person's answer: it costs nothing while it waits, whichever way the execution was started, and
survives all that executions survive. The end of an execution gives its turn to the next in line.

An end is told at least once, and may be told before the question has been noted; so whoever asks
first puts right what was left behind by executions that have ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools import Logger

from statewright import world
from statewright.aws import states
from statewright.db import Session, load_queries, system
from statewright.errors import GoneError, NotFoundError

FULL = "Concurrency.LimitReached"
DROPPED = "Concurrency.Dropped"
MAX_KEY = 500
MOST_ASKED = 25
"""So many of those that run are asked whether they still do, when there is no room."""
_ENDS = frozenset({"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"})
_sql = load_queries(__package__)
logger = Logger(service="statewright", level="INFO")


def ask(request: dict[str, Any]) -> str:
    """Gives an execution its turn, lets it wait, or turns it away.

    Args:
        request: what the state sends: workspace_id, workflow_id, execution_arn, task_token, limit,
            when_full, and key, which is null for the workflow as a whole.

    Returns:
        What became of it: ``runs``, ``waits``, ``dropped`` or ``failed``.
    """
    key = "" if request["key"] is None else str(request["key"])[:MAX_KEY]
    place = {"workflow_id": request["workflow_id"], "key": key}
    with system() as session:
        session.run(_sql.lock_turns, **place)
        session.run(_sql.forget_ended_turns, **place)
        found = session.one(
            _sql.ask_turn,
            **place,
            workspace_id=request["workspace_id"],
            execution_arn=request["execution_arn"],
            task_token=request["task_token"],
            most=request["limit"],
            now=world.now(),
        )
        assert found is not None
        _admit(session, place)
        if not _waits(session, request):
            return "runs"
        if _forget_gone(session, place):
            _admit(session, place)
            if not _waits(session, request):
                return "runs"
        if request["when_full"] == "queue":
            return "waits"
        session.run(_sql.forget_turns, arns=[request["execution_arn"]])
    return _turn_away(request)


def _waits(session: Session, request: dict[str, Any]) -> bool:
    arn = request["execution_arn"]
    return session.one(_sql.find_waiting, execution_arn=arn) is not None


def _forget_gone(session: Session, place: dict[str, Any]) -> int:
    """Takes back the turns of executions that have ended, though nobody has told so yet."""
    held = [row["execution_arn"] for row in session.all(_sql.find_held, **place, most=MOST_ASKED)]
    gone = [arn for arn in held if states.describe(arn)["status"] != "RUNNING"]
    return session.run(_sql.forget_turns, arns=gone) if gone else 0


def _turn_away(request: dict[str, Any]) -> str:
    words = f"{request['limit']} executions run already"
    try:
        if request["when_full"] == "fail":
            states.fail_task(request["task_token"], FULL, words)
            return "failed"
        states.stop(request["execution_arn"], DROPPED, words)
    except (GoneError, NotFoundError):
        logger.info("an execution ended before it could be turned away")
    return "dropped"


def release(details: Sequence[dict[str, Any]]) -> None:
    """Gives the turns of executions that have ended to the next in line."""
    ended = [detail["executionArn"] for detail in details if detail["status"] in _ENDS]
    if not ended:
        return
    with system() as session:
        places = session.all(_sql.find_turns, arns=ended)
    for place in sorted(places, key=lambda row: (row["workflow_id"], row["key"])):
        with system() as session:
            session.run(_sql.lock_turns, **place)
            session.run(_sql.forget_turns, arns=ended)
            _admit(session, place)


def repair() -> int:
    """Gives away turns that executions have left behind; returns how many lines were looked at."""
    with system() as session:
        places = session.all(_sql.find_lines)
    for place in places:
        with system() as session:
            session.run(_sql.lock_turns, **place)
            session.run(_sql.forget_ended_turns, **place)
            _admit(session, place)
    return len(places)


def _admit(session: Session, place: dict[str, Any]) -> None:
    """Lets those in who are next, as far as there is room.

    They are told before the transaction ends: killed in between, they are told again, and one that
    does not wait any more has its turn until its end is told.
    """
    for row in session.all(_sql.find_admissible, **place):
        session.run(_sql.admit_turn, number=row["number"])
        try:
            states.succeed_task(row["task_token"], {"turn": row["number"]})
        except GoneError:
            logger.info("an execution does not wait for its turn any more")
