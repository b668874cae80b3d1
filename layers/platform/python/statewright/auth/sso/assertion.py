"""What an identity provider says about somebody, whatever protocol it said it in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from statewright.auth.sso.models import Rules
from statewright.errors import StatewrightError


class SignInRefusedError(StatewrightError):
    """The provider's answer does not open the workspace (caller's fault: another account may)."""

    kind, title, status = "sign-in-refused", "This sign-in is not accepted", 403


class ProviderError(StatewrightError):
    """The identity provider does not answer as it should (transient, or its settings)."""

    kind, title, status = "identity-provider", "The identity provider did not answer properly", 502


@dataclass(frozen=True, slots=True)
class Assertion:
    """Somebody, as a provider knows them. ``email`` is empty where it tells none."""

    subject: str
    email: str
    email_verified: bool
    name: str
    second_factor: bool = False
    claims: dict[str, Any] = field(default_factory=dict)
    provider_session: dict[str, Any] | None = None
    once: tuple[str, datetime] | None = None
    """What is not to be taken twice, and until when that must be remembered."""


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """A provider that people may sign in through, as stored."""

    id: str
    workspace_id: str
    kind: str
    name: str
    settings: dict[str, Any]
    secret: bytes | None

    @property
    def rules(self) -> Rules:
        """Who may come in, and as what."""
        return Rules.model_construct(**{**Rules().model_dump(), **self.settings["rules"]})
