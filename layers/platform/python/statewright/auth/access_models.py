"""The public shapes of who may do what: members, roles, groups, grants, folders, keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from statewright.auth.models import Email, Input, Name, Password

RoleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
ScopeKind = Literal["workspace", "folder", "workflow", "connection", "report"]
Minutes = Annotated[int, Field(ge=20, le=43_200)]
Description = Annotated[str, Field(max_length=500)]


class Permission(BaseModel):
    """Something that may be allowed. ``scoped``: a grant on a folder or an item can give it."""

    name: str
    description: str
    scoped: bool


class Role(BaseModel):
    """A named set of permissions. Built-in ones cannot be changed."""

    name: str
    description: str
    permissions: list[str]
    built_in: bool = False


class NewRole(Input):
    """A role to make."""

    name: RoleName
    description: Description = ""
    permissions: list[str] = Field(max_length=200)


class RoleChange(Input):
    """What a role is to allow from now on."""

    description: Description = ""
    permissions: list[str] = Field(max_length=200)


class Member(BaseModel):
    """Somebody who belongs to the workspace."""

    user_id: str
    email: str
    name: str
    role: str
    active: bool
    second_factor: bool
    joined_at: datetime


class MemberChange(Input):
    """What is to change of a member; what is not given stays."""

    role: RoleName | None = None
    active: bool | None = None


class Invite(Input):
    """Whom to invite, as what."""

    email: Email
    role: RoleName = "viewer"


class Invitation(BaseModel):
    """An invitation that waits for its answer."""

    id: str
    email: str
    role: str
    created_at: datetime
    expires_at: datetime


class Acceptance(Input):
    """The answer to an invitation. Who has an account gives its password; others choose one."""

    token: str = Field(min_length=1, max_length=300)
    name: Name | None = None
    password: Password


class Group(BaseModel):
    """People who get grants together."""

    id: str
    name: str
    members: list[str]


class GroupContent(Input):
    """A group's name and its members' user ids."""

    name: Name
    members: list[str] = Field(default_factory=list, max_length=10_000)


class NewGrant(Input):
    """A role for a user, a group or a service account, on the workspace or a part of it."""

    user_id: str | None = None
    group_id: str | None = None
    service_account_id: str | None = None
    role: RoleName
    scope_kind: ScopeKind = "workspace"
    scope_id: str | None = None


class Grant(BaseModel):
    """Who has which role where."""

    id: str
    user_id: str | None
    group_id: str | None
    service_account_id: str | None
    grantee: str
    role: str
    scope_kind: str
    scope_id: str | None


class Folder(BaseModel):
    """A folder. ``workflows`` counts those directly in it."""

    id: str
    name: str
    parent_id: str | None
    workflows: int


class FolderContent(Input):
    """A folder's name and where it lies (null: at the top)."""

    name: Name
    parent_id: str | None = None


class Move(Input):
    """Where a workflow is to lie (null: at the top)."""

    folder_id: str | None


class NewApiKey(Input):
    """A key to create. ``permissions`` narrow what its role would allow."""

    name: Name
    role: RoleName = "operator"
    permissions: list[str] | None = Field(default=None, max_length=200)
    expires_in_days: int | None = Field(default=None, ge=1, le=3650)
    service_account_id: str | None = None


class ApiKeyInfo(BaseModel):
    """A key, without the key itself. ``hint`` is how it begins."""

    id: str
    name: str
    hint: str
    role: str
    permissions: list[str] | None
    user_id: str | None
    service_account_id: str | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class ApiKey(ApiKeyInfo):
    """A created key. ``key`` is shown this once; the service keeps a digest only."""

    key: str


class NewServiceAccount(Input):
    """An account for a program."""

    name: Name
    role: RoleName = "operator"


class ServiceAccount(BaseModel):
    """An account for a program: it has API keys, and nobody signs in as it."""

    id: str
    name: str
    role: str
    created_at: datetime


class Workspace(BaseModel):
    """A workspace's settings."""

    id: str
    name: str
    require_second_factor: bool
    session_minutes: int
    idle_minutes: int
    created_at: datetime


class WorkspaceChange(Input):
    """What is to change; what is not given stays."""

    name: Name | None = None
    require_second_factor: bool | None = None
    session_minutes: Minutes | None = None
    """After how long people sign in again."""
    idle_minutes: Minutes | None = None
    """The same where a session goes unused."""


class WorkspaceDeletion(Input):
    """The workspace's name, typed again, and the password."""

    name: str = Field(max_length=100)
    password: Password
