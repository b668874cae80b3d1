"""Turning provisioning on and off: a service account with one key, which the provider is given."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from statewright import world
from statewright.auth import audit
from statewright.auth.access_models import NewServiceAccount, RoleName
from statewright.auth.api_keys import issue
from statewright.auth.authority import may_give
from statewright.auth.models import Input
from statewright.auth.scim.protocol import BASE_PATH
from statewright.db import Session, load_queries, tenant
from statewright.errors import NotFoundError
from statewright.http.caller import Caller
from statewright.settings import settings

ROLE = "provisioner"
_NAME = "SCIM provisioning"
_sql = load_queries(__package__)
_accounts = load_queries("statewright.auth", "accounts.sql")


class ProvisioningSettings(Input):
    """As what people join whom the identity provider names."""

    default_role: RoleName = "viewer"


class Provisioning(BaseModel):
    """Whether and how identity providers provision the workspace. ``hint``: how the key begins."""

    base_url: str
    default_role: str
    hint: str | None
    last_used_at: datetime | None
    created_at: datetime


class ProvisioningKey(Provisioning):
    """The same, with the key; it is shown this once."""

    key: str


def get(workspace_id: str) -> Provisioning:
    """How the workspace is provisioned.

    Raises:
        NotFoundError: it is not.
    """
    with tenant(workspace_id) as session:
        return _shown(session)


def _shown(session: Session) -> Provisioning:
    row = session.one(_sql.find_provisioning)
    if row is None:
        raise NotFoundError("Nothing provisions this workspace.")
    return Provisioning(base_url=f"{settings().base_url}{BASE_PATH}", **row)


def turn_on(caller: Caller, wanted: ProvisioningSettings) -> ProvisioningKey:
    """Turns provisioning on, or gives a new key; an earlier key stops working.

    Raises:
        InvalidError: there is no such role.
        ForbiddenError: the role allows more than the caller may.
    """
    with tenant(caller.workspace_id) as session:
        may_give(session, caller, wanted.default_role, "/default_role")
        row = session.one(_sql.find_provisioning)
        account_id = row["service_account_id"] if row else _account(session, caller)
        session.run(_sql.delete_account_keys, account_id=account_id)
        session.run(
            _sql.put_provisioning,
            workspace_id=caller.workspace_id,
            account_id=account_id,
            default_role=wanted.default_role,
            now=world.now(),
        )
        key = issue(session, caller, _NAME, ROLE, account_id)
        audit.record(session, caller, "provisioning.turned_on", **wanted.model_dump())
        return ProvisioningKey(key=key, **_shown(session).model_dump())


def _account(session: Session, caller: Caller) -> str:
    account_id, new = world.new_id(), NewServiceAccount(name=_NAME, role=ROLE)
    session.run(
        _accounts.insert_service_account,
        id=account_id,
        workspace_id=caller.workspace_id,
        name=new.name,
        role=new.role,
        now=world.now(),
    )
    return account_id


def turn_off(caller: Caller) -> None:
    """Turns provisioning off: its key stops working. Members and groups stay.

    Raises:
        NotFoundError: it is not on.
    """
    with tenant(caller.workspace_id) as session:
        row = session.one(_sql.find_provisioning)
        if row is None:
            raise NotFoundError("Nothing provisions this workspace.")
        session.run(_accounts.delete_service_account, id=row["service_account_id"])
        audit.record(session, caller, "provisioning.turned_off")
