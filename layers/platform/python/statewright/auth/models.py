"""The public shapes of the auth service."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Role = Literal["owner", "editor", "operator", "viewer"]


def _email(text: str) -> str:
    name, at, host = text.strip().lower().rpartition("@")
    if not (at and name and host and " " not in text.strip() and len(text) <= 254):
        raise ValueError("is not an e-mail address")
    return f"{name}@{host}"


Email = Annotated[str, AfterValidator(_email)]


class Input(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Registration(Input):
    """A new workspace with its owner."""

    workspace: str = Field(min_length=1, max_length=100)
    email: Email
    name: str = Field(min_length=1, max_length=100)
    password: str = Field(min_length=12, max_length=200)


class Credentials(Input):
    """A sign-in. ``workspace_id`` is needed only by members of several workspaces."""

    email: Email
    password: str = Field(max_length=200)
    workspace_id: str | None = None


class Session(BaseModel):
    """A session: send ``token`` as ``Authorization: Bearer …``."""

    token: str
    expires_at: datetime
    workspace_id: str
    user_id: str
    role: Role


class Account(BaseModel):
    """Who one is."""

    user_id: str
    email: str
    name: str
    workspace_id: str
    workspace: str
    role: Role


class NewApiKey(Input):
    """A key to create."""

    name: str = Field(min_length=1, max_length=100)
    role: Role = "operator"


class ApiKey(BaseModel):
    """A created key. ``key`` is shown this once; the service keeps a digest only."""

    id: str
    name: str
    role: Role
    key: str
