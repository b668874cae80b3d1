"""A connection with its secrets, as only the code that calls other systems sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from statewright.aws import envelope
from statewright.aws.envelope import SealBrokenError
from statewright.db import Session, load_queries, tenant
from statewright.errors import InvalidError, NotFoundError, UnavailableError
from statewright.integrations import external_secrets
from statewright.integrations.errors import ConnectionInvalidError, ConnectionUnavailableError

_sql = load_queries(__package__, "connections.sql")


@dataclass(frozen=True, slots=True)
class Credentials:
    """A connection's settings and secrets. Its ``repr`` shows no secret."""

    id: str
    workspace_id: str
    name: str
    kind: str
    settings: Mapping[str, Any]
    version: int
    state: str
    secrets: Mapping[str, Any] = field(repr=False)
    tokens: Mapping[str, Any] = field(repr=False)

    def texts(self) -> Iterator[str]:
        """Every secret text: what must not be seen anywhere."""
        yield from _texts(self.secrets)
        for name in ("access_token", "refresh_token", "token", "token_secret"):
            if name in self.tokens:
                yield str(self.tokens[name])


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)


def find(workspace_id: str, name: str) -> Credentials:
    """The connection of a name, as a running step uses it.

    Raises:
        NotFoundError: there is none.
    """
    with tenant(workspace_id) as session:
        row = session.one(_sql.find_credentials, name=name)
    if row is None:
        raise NotFoundError(f"There is no connection '{name}'.")
    return opened(row)


def for_step(workspace_id: str, name: str) -> Credentials:
    """The same, for a step: its failures have names that a workflow can catch.

    Raises:
        ConnectionInvalidError: there is no such connection, or a secret cannot be read.
        ConnectionUnavailableError: the database or AWS does not answer.
    """
    try:
        return find(workspace_id, name)
    except (NotFoundError, InvalidError, SealBrokenError) as error:
        raise ConnectionInvalidError(str(error)) from error
    except UnavailableError as error:
        raise ConnectionUnavailableError(str(error)) from error


def find_by_id(session: Session, connection_id: str, *, lock: bool = False) -> Credentials:
    """The connection of an id; with ``lock``, nobody else changes it until the transaction ends."""
    query = _sql.lock_credentials if lock else _sql.find_credentials_by_id
    row = session.one(query, id=connection_id)
    if row is None:
        raise NotFoundError("There is no such connection.")
    return opened(row)


def opened(row: dict[str, Any]) -> Credentials:
    """A row with its secrets unsealed, and those that are kept elsewhere fetched."""
    sealed = unsealed(row["workspace_id"], row["id"], row["sealed"])
    return Credentials(
        row["id"],
        row["workspace_id"],
        row["name"],
        row["kind"],
        row["settings"],
        row["version"],
        row["state"],
        external_secrets.resolved(row["workspace_id"], sealed),
        unsealed(row["workspace_id"], row["id"], row["tokens"] or b""),
    )


def sealed(workspace_id: str, connection_id: str, secrets: Mapping[str, Any]) -> bytes:
    """Secrets as they are stored."""
    context = _context(workspace_id, connection_id)
    return envelope.seal(json.dumps(dict(secrets)).encode(), context)


def unsealed(workspace_id: str, connection_id: str, stored: bytes) -> dict[str, Any]:
    """What :func:`sealed` stored; nothing, where nothing is stored."""
    if not stored:
        return {}
    plain = envelope.unseal(stored, _context(workspace_id, connection_id))
    found: dict[str, Any] = json.loads(plain)
    return found


def _context(workspace_id: str, connection_id: str) -> dict[str, str]:
    return {"purpose": "connection", "workspace": workspace_id, "connection": connection_id}
