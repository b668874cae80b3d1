"""What a compiled workflow's ``${…}`` stand for in this deployment."""

from __future__ import annotations

from statewright.db import Session, load_queries
from statewright.errors import InvalidError, Issue
from statewright.settings import settings
from statewright.workflows.compiler.artefact import ValueOf
from statewright.workflows.versions import LIVE

_sql = load_queries(__package__)


def values_for(session: Session, workspace_id: str, workflow_id: str) -> ValueOf:
    """Gives the value of each placeholder of one of the workspace's workflows."""
    chosen = settings()
    home = f"{chosen.region}:{chosen.account}"

    def value_of(placeholder: str, argument: str | None) -> str:
        match placeholder:
            case "WorkspaceId":
                return workspace_id
            case "WorkflowId":
                return workflow_id
            case "EventBus":
                return chosen.event_bus
            case "FilesBucket":
                return chosen.files_bucket
            case "Function":
                # By the alias, too: a release's traffic is shifted for steps as for endpoints.
                return f"arn:aws:lambda:{home}:function:{chosen.prefix}-steps-{argument}:{LIVE}"
            case "ExecutionsOf":
                machine = _machine_of(session, str(argument))
                return f"{machine.replace(':stateMachine:', ':execution:')}:*"
            case _:
                # By the alias: a child runs the version that is live when it is started, and none
                # while its workflow is off.
                return f"{_machine_of(session, str(argument))}:{LIVE}"

    return value_of


def _machine_of(session: Session, name: str) -> str:
    row = session.one(_sql.find_machine_of_workflow, name=name)
    if row is None:
        detail = f"there is no published workflow called '{name}'"
        raise InvalidError(f"A step runs a workflow, but {detail}.", (Issue("/steps", detail),))
    return str(row["machine_arn"]).rpartition(":")[0]
