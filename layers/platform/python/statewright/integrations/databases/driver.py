"""What every kind of database can do, and how an address becomes a connection."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

import httpcore

from statewright.integrations.databases.errors import (
    DatabaseInvalidError,
    DatabaseRefusedError,
    DatabaseUnavailableError,
)
from statewright.integrations.reach import Reach
from statewright.integrations.wire import RefusedAddressError, permitted

CONNECT_SECONDS = 5
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a statement may take."""

    rows: int = 1_000
    size: int = 200_000
    seconds: float = 20.0


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """Where a database is, and who signs in. ``address`` is the one that may be connected to."""

    host: str
    address: str
    port: int
    user: str
    password: str
    database: str
    options: Mapping[str, str]


class Driver(Protocol):
    """One connection to a database."""

    def query(self, statement: str, values: Mapping[str, Any]) -> Generator[Row, None, None]:
        """The rows of a statement that changes nothing; the database is asked to see to it."""

    def execute(
        self, statement: str, values: Mapping[str, Any], most: int
    ) -> tuple[int, list[Row]]:
        """Changes something; says how many rows it touched, and those that it returns."""

    def write(self, table: str, rows: Sequence[Row], key: Sequence[str] | None) -> int:
        """Inserts rows, all or none; with a key, in the place of those of the same key."""

    def schema(self) -> list[dict[str, Any]]:
        """Tables with their columns."""


def parsed(url: str, reach: Reach, schemes: Sequence[str], port: int) -> Address:
    """An address that may be connected to.

    Raises:
        DatabaseInvalidError: the URL is none of these.
        DatabaseRefusedError: the host is not to be reached from here.
    """
    parts = urlsplit(url)
    try:
        found = parts.port or port
    except ValueError:
        raise DatabaseInvalidError("the connection's URL has no valid port") from None
    if parts.scheme not in schemes or not parts.hostname or parts.hostname.startswith("/"):
        raise DatabaseInvalidError(f"the connection's URL has to begin with {schemes[0]}://host")
    return Address(
        parts.hostname,
        address_of(reach, parts.hostname, found),
        found,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        unquote(parts.path.lstrip("/")),
        dict(parse_qsl(parts.query)),
    )


def address_of(reach: Reach, host: str, port: int) -> str:
    """The address of a host that may be connected to."""
    try:
        found = permitted(reach, host, port)
    except RefusedAddressError as error:
        raise DatabaseRefusedError(str(error)) from None
    except httpcore.ConnectError as error:
        raise DatabaseUnavailableError(str(error)) from None
    return found[0]
