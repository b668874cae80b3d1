"""A webhook's request as verification sees it, and how a verification ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from statewright.errors import ForbiddenError, UnauthenticatedError


class UnverifiedError(UnauthenticatedError):
    """The sender does not prove to be who it has to be (caller's fault)."""

    kind, title = "webhook-unverified", "The sender is not verified"
    scheme = "Signature"


class UnverifiedPasswordError(UnverifiedError):
    """The sender gives no password, or a wrong one (caller's fault)."""

    scheme = 'Basic realm="webhook", charset="UTF-8"'


class UnverifiedTokenError(UnverifiedError):
    """The sender gives no token, or a wrong one (caller's fault)."""

    scheme = "Bearer"


class TooOldError(ForbiddenError):
    """The request is genuine, and too old or too early: it may be a replay (caller's fault)."""

    kind, title = "webhook-too-old", "Outside the replay window"


class AddressRefusedError(ForbiddenError):
    """The request comes from an address that is not on the list (caller's fault)."""

    kind, title = "webhook-address", "This address may not call the webhook"


@dataclass(frozen=True, slots=True)
class Received:
    """What was received. Header names are in lower case; ``raw`` is the body, byte by byte."""

    method: str
    url: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    raw: bytes
    authorization: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """What a connection holds for verification: a secret, a password with its name, or a token."""

    kind: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The secret itself; with ``basic``, name and password as they are sent."""
        match self.kind:
            case "basic":
                return f"{self.settings['username']}:{self.secrets['password']}"
            case "bearer":
                return str(self.secrets["token"])
        return str(self.secrets["secret"])


def texts(secrets: tuple[Secret, ...]) -> Iterator[str]:
    """The secrets themselves: any of them will do, so that they can be changed with an overlap."""
    return (secret.text for secret in secrets)
