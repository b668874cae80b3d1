"""What follows a failed execution: people are told, and a workflow starts with it as its input.

Each failed execution is taken on once: a row says so, in the transaction that stores the notices.
The workflow is started after that under a name made of the failure's, so starting it again starts
nothing. What was started for a failure (and whatever that starts) starts nothing when it fails.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger

from statewright import world
from statewright.aws import states
from statewright.db import Session, load_queries, system, tenant
from statewright.errors import StatewrightError
from statewright.settings import settings
from statewright.workflows import failure_notices, starting
from statewright.workflows.triggers.targets import Target

HANDLER = "system:failure"
"""Who has started what failures start; ``workflow.run`` passes it on to children."""
_TYPE = "failure"
MAX_INPUT = 100_000
"""The most characters of the failed execution's input that its handler is given."""
logger = Logger(service="statewright", level="INFO")
_sql = load_queries(__package__, "failures.sql")


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed execution."""

    execution_id: str
    workflow_id: str
    workflow: str
    workspace_id: str
    status: str
    error: str
    cause: str
    trigger: Mapping[str, Any]
    started_at: datetime
    failed_at: datetime

    @property
    def url(self) -> str:
        """Where it can be looked at."""
        return f"{settings().base_url}/v1/executions/{self.execution_id}"

    @property
    def is_handlers(self) -> bool:
        """Whether it was started for another failure, or by what was."""
        return self.trigger.get("type") == _TYPE or self.trigger.get("started_by") == HANDLER


def handle(detail: dict[str, Any]) -> None:
    """Does what is to be done about a failed execution, once however often this is called.

    Args:
        detail: of Step Functions' "Execution Status Change" event.
    """
    with system() as session:
        row = session.one(
            _sql.find_failed,
            id=detail["stateMachineArn"][-36:],
            machine_arn=detail.get("stateMachineVersionArn") or "",
        )
    if row is None:
        return  # deleted meanwhile, or a test run
    failure = _failure(detail, row)
    wanted = wanted_of(row, failure.trigger)
    notices: list[str] = []
    with tenant(failure.workspace_id) as session:
        start = None if failure.is_handlers else wanted["start"]
        if _take_on(session, failure, start) and wanted["notify"]:
            notices = failure_notices.write(session, failure, wanted["notify"])
    failure_notices.publish(notices)
    _start(failure)


def wanted_of(row: Mapping[str, Any], trigger: Mapping[str, Any]) -> dict[str, Any]:
    """Whom to tell and what to start: what the workflow says, else what the workspace does.

    The workspace's default leaves out children, whose parents know of their failure.
    """
    own = row["own"] or {}
    usual = {} if trigger.get("type") == "workflow" else row["usual"] or {}
    notify = own.get("notify") or usual.get("notify") or []
    return {
        "notify": [notify] if isinstance(notify, str) else notify,
        "start": own.get("start") or usual.get("start"),
    }


def _failure(detail: dict[str, Any], row: Mapping[str, Any]) -> Failure:
    text = detail.get("input")
    # Step Functions leaves a long input out of its event.
    given = json.loads(text) if text else states.describe(detail["executionArn"])["input"]
    trigger = given.get("trigger") if isinstance(given, dict) else None
    return Failure(
        detail["name"],
        row["id"],
        row["name"],
        row["workspace_id"],
        detail["status"],
        detail.get("error") or detail["status"],
        detail.get("cause") or "",
        trigger if isinstance(trigger, dict) else {},
        datetime.fromtimestamp(detail["startDate"] / 1000, UTC),
        datetime.fromtimestamp(detail["stopDate"] / 1000, UTC),
    )


def _take_on(session: Session, failure: Failure, start: str | None) -> bool:
    taken = session.run(
        _sql.insert_handling,
        execution_id=failure.execution_id,
        workflow_id=failure.workflow_id,
        now=world.now(),
        start=start,
        problem=None,
    )
    return bool(taken)


def _start(failure: Failure) -> None:
    """Starts what is still to be started; a crash before that is noted starts nothing twice."""
    ids = {"execution_id": failure.execution_id, "workflow_id": failure.workflow_id}
    with tenant(failure.workspace_id) as session:
        row = session.one(_sql.find_unstarted, **ids)
        target = None if row is None else session.one(_sql.find_target, name=row["start"])
    if row is None:
        return
    started, problem = None, None
    try:
        started = _start_target(failure, row["start"], target)
    except StatewrightError as error:
        if error.status >= 500:
            raise  # the queue brings it again
        problem = f"'{row['start']}' was not started: {error.detail}"[:1000]
        logger.warning("a failure's workflow was not started", problem=problem)
    with tenant(failure.workspace_id) as session:
        session.run(_sql.set_started, **ids, started_id=started, problem=problem)
        if problem is not None:
            notices = failure_notices.write(session, failure, failure_notices.ADMINS, problem)
    if problem is not None:
        failure_notices.publish(notices)


def _start_target(failure: Failure, name: str, target: dict[str, Any] | None) -> str:
    if target is None:
        raise NothingToStartError(f"There is no published workflow called '{name}'.")
    if not target["enabled"]:
        raise NothingToStartError("It is turned off.")
    body = body_of(failure)
    found = Target(
        workspace_id=failure.workspace_id,
        workflow_id=target["id"],
        workflow=target["name"],
        trigger_id=_TYPE,
        type=_TYPE,
        machine_arn=target["machine_arn"],
        mode=target["definition"].get("settings", {}).get("mode", "standard"),
        input_schema=target["definition"].get("input"),
        variables=target["variables"],
    )
    starting.check_input(found.input_schema, body)
    at, cause = failure.failed_at, failure.execution_id
    trigger = starting.facts(_TYPE, cause, body, received_at=at, started_by=HANDLER)
    return starting.begin_once(found, trigger, f"{failure.workflow_id}\n{cause}").execution_id


class NothingToStartError(StatewrightError):
    """What a failure should start is not there (caller's fault)."""

    kind, title, status = "conflict", "Nothing to start", 409


def body_of(failure: Failure) -> dict[str, Any]:
    """What a failure's workflow is given as ``$trigger.body``."""
    given = failure.trigger.get("body")
    short = len(json.dumps(given, ensure_ascii=False)) <= MAX_INPUT
    return {
        "workflow": {"id": failure.workflow_id, "name": failure.workflow},
        "execution": {
            "id": failure.execution_id,
            "url": failure.url,
            "status": failure.status.lower(),
            "started_at": failure.started_at.isoformat(),
            "failed_at": failure.failed_at.isoformat(),
        },
        "error": failure.error,
        "cause": failure.cause,
        "input": given if short else None,
    }
