"""Publishing: draft → checks → state machine with a version → triggers that point at it."""

from __future__ import annotations

from dataclasses import replace

from psycopg.types.json import Jsonb

from statewright import world
from statewright.aws import states
from statewright.db import Session, load_queries, tenant
from statewright.integrations import connections
from statewright.settings import settings
from statewright.workflows import drafts
from statewright.workflows.compiler import Artefact, compile_definition
from statewright.workflows.going_live import go_live
from statewright.workflows.locking import ANY, Expected
from statewright.workflows.models import Version
from statewright.workflows.parsing import parse_definition
from statewright.workflows.placeholders import values_for
from statewright.workflows.surroundings import surroundings_of

_sql = load_queries(__package__)


def publish(
    workspace_id: str, workflow_id: str, user_id: str, note: str = "", expected: Expected = ANY
) -> Version:
    """Makes the draft the version that triggers start.

    Raises:
        ConflictError: the workflow is archived.
        InvalidError: the checks found something, or Step Functions refuses the state machine.
    """
    with tenant(workspace_id) as session:
        row = drafts.find(session, workflow_id, lock=True)
        expected.check(row)
        drafts.refuse_archived(row)
        definition = parse_definition(row["definition"])
        number = (session.one(_sql.next_version, id=row["id"]) or {})["version"]
        surroundings = replace(
            surroundings_of(session, definition), connections=connections.usable(session, user_id)
        )
        artefact = compile_definition(definition, number, surroundings)
        machine_arn = _deploy(session, workspace_id, row["id"], artefact)
        session.run(
            _sql.insert_version,
            workflow_id=row["id"],
            version=number,
            workspace_id=workspace_id,
            definition=Jsonb(row["definition"]),
            source=row["source"],
            note=note,
            asl=Jsonb(artefact.asl),
            bindings=Jsonb(artefact.bindings),
            machine_arn=machine_arn,
            created_by=user_id,
            now=world.now(),
        )
        hooks = go_live(session, row, number, definition, machine_arn)
    return Version(
        workflow_id=row["id"],
        version=number,
        machine_arn=machine_arn,
        states=artefact.report.states,
        webhooks=hooks,
    )


def _deploy(session: Session, workspace_id: str, workflow_id: str, artefact: Artefact) -> str:
    chosen = settings()
    # A state machine keeps its type for good, so each type has its own.
    kind = "" if artefact.kind == "STANDARD" else f"{artefact.kind.lower()}-"
    name = f"{chosen.prefix}-{kind}{workflow_id}"
    definition = artefact.deployed(values_for(session, workspace_id, workflow_id))
    arn = f"arn:aws:states:{chosen.region}:{chosen.account}:stateMachine:{name}"
    group = chosen.express_group_arn if artefact.kind == "EXPRESS" else None
    return states.put_machine(arn, name, definition, chosen.workflow_role_arn, artefact.kind, group)
