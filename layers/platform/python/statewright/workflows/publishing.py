"""Publishing: draft → checks → state machine with a version → triggers that point at it."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from statewright import world
from statewright.aws import states
from statewright.db import Session, load_queries, tenant
from statewright.errors import InvalidError, Issue
from statewright.settings import settings
from statewright.workflows import drafts
from statewright.workflows.compiler import Artefact, compile_definition
from statewright.workflows.definition import Definition, WebhookTrigger
from statewright.workflows.models import Version
from statewright.workflows.parsing import parse_definition

LIVE = "live"
"""The alias through which triggers start what is published."""
_sql = load_queries(__package__)


def publish(workspace_id: str, workflow_id: str, user_id: str) -> Version:
    """Makes the draft the version that triggers start.

    Raises:
        InvalidError: the checks found something, or Step Functions refuses the state machine.
    """
    with tenant(workspace_id) as session:
        row = drafts.find(session, workflow_id, lock=True)
        definition = parse_definition(row["definition"])
        number = (session.one(_sql.next_version, id=row["id"]) or {})["version"]
        artefact = compile_definition(definition, number)
        machine_arn = _deploy(session, workspace_id, row["id"], artefact)
        now = world.now()
        session.run(
            _sql.insert_version,
            workflow_id=row["id"],
            version=number,
            workspace_id=workspace_id,
            definition=Jsonb(row["definition"]),
            asl=Jsonb(artefact.asl),
            bindings=Jsonb(artefact.bindings),
            machine_arn=machine_arn,
            created_by=user_id,
            now=now,
        )
        session.run(_sql.set_version, id=row["id"], version=number, now=now)
        alias_arn = f"{machine_arn.rpartition(':')[0]}:{LIVE}"
        hooks = _point_webhooks(session, workspace_id, row["id"], definition, alias_arn)
        states.point_alias(machine_arn, LIVE)  # last: from here on triggers start this version
    return Version(
        workflow_id=row["id"],
        version=number,
        machine_arn=machine_arn,
        states=artefact.report["states"],
        webhooks=hooks,
    )


def _deploy(session: Session, workspace_id: str, workflow_id: str, artefact: Artefact) -> str:
    chosen = settings()
    name = f"{chosen.prefix}-{workflow_id}"
    home = f"{chosen.region}:{chosen.account}"

    def value_of(placeholder: str, argument: str | None) -> str:
        match placeholder:
            case "WorkspaceId":
                return workspace_id
            case "WorkflowId":
                return workflow_id
            case "EventBus":
                return chosen.event_bus
            case "Function":
                return f"arn:aws:lambda:{home}:function:{chosen.prefix}-steps-{argument}"
            case _:
                return _child_machine(session, str(argument))

    definition = artefact.deployed(value_of)
    arn = f"arn:aws:states:{home}:stateMachine:{name}"
    return states.put_machine(arn, name, definition, chosen.workflow_role_arn)


def _child_machine(session: Session, name: str) -> str:
    row = session.one(_sql.find_machine_of_workflow, name=name)
    if row is None:
        detail = f"there is no published workflow called '{name}'"
        raise InvalidError(f"A step runs a workflow, but {detail}.", (Issue("/steps", detail),))
    # Without the version: a child runs what is published when it is started.
    return str(row["machine_arn"]).rpartition(":")[0]


def _point_webhooks(
    session: Session,
    workspace_id: str,
    workflow_id: str,
    definition: Definition,
    machine_arn: str,
) -> dict[str, str]:
    urls: dict[str, str] = {}
    triggers = [t for t in definition.triggers if isinstance(t, WebhookTrigger)]
    schema: Any = None if definition.input is None else Jsonb(definition.input)
    for trigger in triggers:
        row = session.one(
            _sql.put_webhook,
            token=world.new_secret(16),
            workspace_id=workspace_id,
            workflow_id=workflow_id,
            trigger_id=trigger.id,
            method=trigger.method,
            machine_arn=machine_arn,
            input_schema=schema,
        )
        assert row is not None
        urls[trigger.id] = drafts.webhook_url(row["token"])
    session.run(_sql.delete_other_webhooks, workflow_id=workflow_id, keep=[t.id for t in triggers])
    return urls
