"""Groups by SCIM: a workspace's groups, which grants are given to."""

from __future__ import annotations

from typing import Any

from scim2_models import Context, Group, PatchOp

from statewright import world
from statewright.auth import groups
from statewright.auth.access_models import GroupContent
from statewright.auth.scim import users
from statewright.auth.scim.listing import Listing
from statewright.auth.scim.protocol import POLICY, location
from statewright.db import Session, load_queries, tenant
from statewright.errors import NotFoundError
from statewright.http.caller import Caller

ENDPOINT = "Groups"
_sql = load_queries(__package__)


def _member(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "type": "User", "$ref": location(users.ENDPOINT, row["value"])}


def _read(row: dict[str, Any]) -> Group:
    content = {
        "id": row["id"],
        "displayName": row["name"],
        "externalId": row["external_id"],
        "members": [_member(member) for member in row["members"]],
        "meta": users.meta("Group", ENDPOINT, row),
    }
    return Group.model_validate(content, scim_policy=POLICY)


LISTING = Listing(Group, "display_name", _sql.find_groups, _sql.count_groups, _read)


def find(session: Session, group_id: str) -> Group:
    """A group.

    Raises:
        NotFoundError: there is none of that id.
    """
    row = LISTING.one(session, group_id)
    if row is None:
        raise NotFoundError("There is no such group.")
    return _read(row)


def create(caller: Caller, body: str) -> str:
    """Makes a group; returns its id.

    Raises:
        ConflictError: there is one of that name.
        InvalidError: somebody is not a member of the workspace.
    """
    wanted = Group.model_validate_json(
        body, scim_ctx=Context.RESOURCE_CREATION_REQUEST, scim_policy=POLICY
    )
    made = groups.create(caller, _content(wanted))
    _name_outside(caller, made.id, wanted)
    return made.id


def replace(caller: Caller, group_id: str, body: str) -> None:
    """Replaces a group's name and members (PUT)."""
    wanted = Group.model_validate_json(
        body, scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST, scim_policy=POLICY
    )
    with tenant(caller.workspace_id) as session:
        wanted.replace(find(session, group_id))
    _store(caller, group_id, wanted)


def patch(caller: Caller, group_id: str, body: str) -> None:
    """Adds and removes members, or renames a group (PATCH)."""
    change = PatchOp[Group].model_validate_json(
        body, scim_ctx=Context.RESOURCE_PATCH_REQUEST, scim_policy=POLICY
    )
    with tenant(caller.workspace_id) as session:
        wanted = find(session, group_id)
    change.patch(wanted, scim_policy=POLICY)
    _store(caller, group_id, wanted)


def delete(caller: Caller, group_id: str) -> None:
    """Removes a group and what was granted to it."""
    groups.delete(caller, group_id)


def _store(caller: Caller, group_id: str, wanted: Group) -> None:
    groups.change(caller, group_id, _content(wanted))
    _name_outside(caller, group_id, wanted)


def _content(group: Group) -> GroupContent:
    members = [member.value or "" for member in group.members or []]
    return GroupContent(name=group.display_name or "", members=members)


def _name_outside(caller: Caller, group_id: str, wanted: Group) -> None:
    with tenant(caller.workspace_id) as session:
        session.noted = True  # the change itself is in the audit log
        session.run(
            _sql.set_group_external_id,
            id=group_id,
            external_id=wanted.external_id,
            now=world.now(),
        )
