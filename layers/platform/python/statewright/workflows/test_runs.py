"""Test runs of a draft: a state machine that is thrown away, started with a made-up input.

Pinned outputs stand in for steps' work; what is not pinned really happens. The execution is no
execution of the workflow: it is not listed, recorded, or told about.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from psycopg.types.json import Jsonb

from statewright import world
from statewright.aws import states
from statewright.db import Session, load_queries, system, tenant
from statewright.errors import ConflictError, NotFoundError, StatewrightError
from statewright.integrations import connections
from statewright.settings import settings
from statewright.workflows import cutting, drafts
from statewright.workflows.compiler import Artefact, compile_definition
from statewright.workflows.definition import Definition
from statewright.workflows.executions import STATUS
from statewright.workflows.parsing import parse_definition
from statewright.workflows.placeholders import values_for
from statewright.workflows.starting import check_input
from statewright.workflows.step_view import step_runs
from statewright.workflows.surroundings import surroundings_of
from statewright.workflows.test_run_models import TestRun, TestRunRequest

MAX_OPEN = 20
"""Test runs that a workspace may have at once."""
LONGEST = "1d"
"""The time limit of a test run, where its draft has none."""
_FORGOTTEN, _KEPT = timedelta(days=1), timedelta(days=7)
_sql = load_queries(__package__, "test_runs.sql")


def begin(workspace_id: str, user_id: str, workflow_id: str, request: TestRunRequest) -> TestRun:
    """Starts a test run of the draft.

    Raises:
        InvalidError: the draft does not compile, the input does not fit, or a step is not there.
        ConflictError: very many test runs run.
    """
    run_id = world.new_id()
    _make_room(workspace_id)
    with tenant(workspace_id) as session:
        row = drafts.find(session, workflow_id)
        definition = _part(row["definition"], request)
        if request.only is None:
            check_input(definition.get("input"), request.input)
        artefact = _compiled(session, user_id, definition)
        text = artefact.deployed(values_for(session, workspace_id, row["id"]))
        variables = (session.one(_sql.get_variables) or {})["variables"]
        machine_arn = states.create_machine(
            f"{settings().prefix}-test-{run_id}", text, settings().workflow_role_arn
        )
        content = {"trigger": trigger_of(request.input), "vars": variables}
        _start(machine_arn, run_id, json.dumps(content))
        session.run(
            _sql.insert_test_run,
            id=run_id,
            workspace_id=workspace_id,
            workflow_id=row["id"],
            definition=Jsonb(definition),
            bindings=Jsonb(artefact.bindings),
            machine_arn=machine_arn,
            execution_arn=f"{machine_arn.replace(':stateMachine:', ':execution:')}:{run_id}",
            created_by=user_id,
            now=world.now(),
        )
    return get(workspace_id, run_id)


def _make_room(workspace_id: str) -> None:
    """Refuses a run too many; ends that nobody has looked at yet make room first."""
    with tenant(workspace_id) as session:
        rows = session.all(_sql.find_open)
    if len(rows) < MAX_OPEN:
        return
    running = [row for row in rows if get(workspace_id, row["id"]).running]
    if len(running) >= MAX_OPEN:
        raise ConflictError(f"{MAX_OPEN} test runs run already. Wait for one, or end one.")


def _start(machine_arn: str, run_id: str, content: str) -> None:
    try:
        states.start(machine_arn, run_id, content)
    except StatewrightError:
        states.delete_machine(machine_arn)
        raise


def trigger_of(body: Any) -> dict[str, Any]:
    """``$trigger`` of what is tried out."""
    at = world.now().isoformat()
    facts = {"type": "test", "id": "test", "headers": {}, "query": {}, "received_at": at}
    return {**facts, "body": body}


def _part(definition: dict[str, Any], request: TestRunRequest) -> dict[str, Any]:
    if "asl" in definition:
        if request.pins or request.until or request.only:
            raise ConflictError("Of an imported state machine, only the whole can be run.")
        return definition
    part = cutting.with_pins(definition, request.pins)
    if request.until is not None:
        return cutting.up_to(part, request.until)
    if request.only is not None:
        return cutting.alone(part, request.only, request.values)
    return part


def _compiled(session: Session, user_id: str, definition: dict[str, Any]) -> Artefact:
    """A test run keeps its history, so it is Standard even where the workflow is Express."""
    given = definition.get("settings", {})
    chosen = {"timeout": LONGEST, **given, "mode": "standard"}
    parsed: Definition = parse_definition({**definition, "settings": chosen})
    usable = connections.usable(session, user_id)
    surroundings = replace(surroundings_of(session, parsed), connections=usable)
    return compile_definition(parsed, 0, surroundings, pinned=True)


def get(workspace_id: str, run_id: str) -> TestRun:
    """A test run as far as it is. Once it has ended, its state machine is thrown away."""
    row = _find(workspace_id, run_id)
    if row["result"] is not None:
        return TestRun.model_validate(row["result"])
    try:
        run = _seen(row)
    except NotFoundError:
        # Whoever saw the end first has thrown the state machine away just now.
        return TestRun.model_validate(_find(workspace_id, run_id)["result"])
    if not run.running:
        with tenant(workspace_id) as session:
            session.run(
                _sql.finish_test_run,
                id=row["id"],
                result=Jsonb(run.model_dump(mode="json")),
                now=world.now(),
            )
        states.delete_machine(row["machine_arn"])
    return run


def _seen(row: dict[str, Any]) -> TestRun:
    described = states.describe(row["execution_arn"])
    return TestRun(
        id=row["id"],
        workflow_id=row["workflow_id"],
        status=STATUS[described["status"]],
        started_at=described["startDate"],
        stopped_at=described.get("stopDate"),
        input=described["input"]["trigger"]["body"],
        output=described.get("output"),
        error=described.get("error"),
        cause=described.get("cause"),
        steps=step_runs(row["definition"], row["bindings"], states.history(row["execution_arn"])),
    )


def stop(workspace_id: str, run_id: str) -> TestRun:
    """Ends a test run.

    Raises:
        ConflictError: it has ended.
    """
    row = _find(workspace_id, run_id)
    if row["result"] is not None:
        raise ConflictError("The test run has ended.")
    states.stop_if_running(row["execution_arn"], "Stopped", "The test run was ended.")
    return get(workspace_id, run_id)


def tidy() -> int:
    """Ends test runs that nobody looked at for a day, and forgets those of a week ago.

    Returns:
        How many were ended.
    """
    now = world.now()
    with system() as session:
        session.run(_sql.delete_old_test_runs, before=now - _KEPT)
        forgotten = session.all(_sql.find_forgotten, before=now - _FORGOTTEN)
    for row in forgotten:
        states.stop_if_running(row["execution_arn"], "Stopped", "The test run took a day.")
        states.delete_machine(row["machine_arn"])
        with system() as session:
            session.run(_sql.finish_test_run, id=row["id"], result=None, now=now)
    return len(forgotten)


def _find(workspace_id: str, run_id: str) -> dict[str, Any]:
    with tenant(workspace_id) as session:
        row = session.one(_sql.find_test_run, id=drafts.parse_id(run_id, "test run"))
    if row is None or (row["ended_at"] is not None and row["result"] is None):
        raise NotFoundError("There is no such test run.")
    return row
