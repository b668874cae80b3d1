"""Groups: people who get grants together."""

from __future__ import annotations

from statewright import world
from statewright.auth import audit
from statewright.auth.access_models import Group, GroupContent
from statewright.db import Session, load_queries, tenant
from statewright.errors import InvalidError, Issue, NotFoundError
from statewright.http.caller import Caller
from statewright.ids import parse_id

_sql = load_queries(__package__, "access.sql")


def list_all(workspace_id: str) -> list[Group]:
    """The workspace's groups with their members."""
    with tenant(workspace_id) as session:
        return [Group.model_validate(row) for row in session.all(_sql.list_groups)]


def create(caller: Caller, content: GroupContent) -> Group:
    """Makes a group.

    Raises:
        ConflictError: there is one of that name.
        InvalidError: somebody is not a member of the workspace.
    """
    group_id = world.new_id()
    with tenant(caller.workspace_id) as session:
        session.run(
            _sql.insert_group,
            id=group_id,
            workspace_id=caller.workspace_id,
            name=content.name,
            now=world.now(),
        )
        return _fill(session, caller, group_id, content, "group.created")


def change(caller: Caller, group_id: str, content: GroupContent) -> Group:
    """Replaces a group's name and members."""
    group_id = parse_id(group_id, "group")
    with tenant(caller.workspace_id) as session:
        if not session.run(_sql.rename_group, id=group_id, name=content.name):
            raise NotFoundError("There is no such group.")
        session.run(_sql.clear_group, id=group_id)
        return _fill(session, caller, group_id, content, "group.changed")


def _fill(
    session: Session, caller: Caller, group_id: str, content: GroupContent, action: str
) -> Group:
    members = list(dict.fromkeys(parse_id(member, "member") for member in content.members))
    filled = session.run(
        _sql.fill_group, id=group_id, workspace_id=caller.workspace_id, members=members
    )
    if filled != len(members):
        issue = Issue("/members", "has somebody who is not a member of the workspace")
        raise InvalidError("A group has members of the workspace only.", (issue,))
    audit.record(session, caller, action, f"group:{group_id}", name=content.name, members=members)
    return Group.model_validate(session.one(_sql.find_group, id=group_id))


def delete(caller: Caller, group_id: str) -> None:
    """Removes a group and what was granted to it."""
    group_id = parse_id(group_id, "group")
    with tenant(caller.workspace_id) as session:
        if not session.run(_sql.delete_group, id=group_id):
            raise NotFoundError("There is no such group.")
        audit.record(session, caller, "group.deleted", f"group:{group_id}")
