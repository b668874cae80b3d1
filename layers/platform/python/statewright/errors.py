"""The kinds of failure that services raise. Each answers "who retries?" and has one HTTP status.

Services raise these; only :mod:`statewright.http` knows that they become problem documents.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing wrong with the input: ``pointer`` is a JSON pointer into what was sent."""

    pointer: str
    detail: str
    suggestion: str | None = None


class StatewrightError(Exception):
    """A failure that the caller is told about."""

    kind = "internal"
    title = "Something went wrong"
    status = 500

    def __init__(self, detail: str, issues: tuple[Issue, ...] = ()):
        super().__init__(detail)
        self.detail = detail
        self.issues = issues


class InvalidError(StatewrightError):
    """The input is not acceptable; sending it again changes nothing (caller's fault)."""

    kind, title, status = "invalid-input", "The input is not valid", 422


class MalformedError(StatewrightError):
    """The request cannot even be read (caller's fault)."""

    kind, title, status = "malformed-request", "The request cannot be read", 400


class UnauthenticatedError(StatewrightError):
    """Nobody known is asking (caller's fault)."""

    kind, title, status = "unauthenticated", "Sign in first", 401
    scheme = "Bearer"
    """How to authenticate, as ``WWW-Authenticate`` says it."""


class ForbiddenError(StatewrightError):
    """The caller's role does not allow this (caller's fault)."""

    kind, title, status = "forbidden", "Not allowed", 403


class NotFoundError(StatewrightError):
    """There is no such thing in the caller's workspace (caller's fault)."""

    kind, title, status = "not-found", "Not found", 404


class MethodNotAllowedError(StatewrightError):
    """The address exists, and does not do this (caller's fault)."""

    kind, title, status = "method-not-allowed", "Method not allowed", 405

    def __init__(self, detail: str, allowed: str = ""):
        super().__init__(detail)
        self.allowed = allowed


class ConflictError(StatewrightError):
    """The thing is not in the state that the request needs (caller's fault: look, then decide)."""

    kind, title, status = "conflict", "Conflict", 409


class GoneError(StatewrightError):
    """It was there, and its time is over (caller's fault; final)."""

    kind, title, status = "gone", "No longer available", 410


class PreconditionFailedError(StatewrightError):
    """The thing is not as it was when the caller read it (caller's fault: load it again)."""

    kind, title, status = "precondition-failed", "Changed in the meantime", 412


class PreconditionRequiredError(StatewrightError):
    """The request does not say which state of the thing it changes (caller's fault)."""

    kind, title, status = "precondition-required", "Say what you have read", 428


class TooLargeError(StatewrightError):
    """The input is larger than the limit (caller's fault)."""

    kind, title, status = "too-large", "Too large", 413


class UnsupportedMediaTypeError(StatewrightError):
    """The body is of a kind that is not read here (caller's fault)."""

    kind, title, status = "unsupported-media-type", "Unsupported media type", 415


class RateLimitedError(StatewrightError):
    """Too many attempts (caller's fault: wait ``retry_after`` seconds, then try again)."""

    kind, title, status = "rate-limited", "Too many attempts", 429

    def __init__(self, detail: str, retry_after: int, told: dict[str, str] | None = None):
        super().__init__(detail)
        self.retry_after = retry_after
        self.told = told or {}


class InProgressError(StatewrightError):
    """The same request is being answered already (ask again after ``retry_after`` seconds)."""

    kind, title, status = "in-progress", "Still being answered", 409

    def __init__(self, detail: str, retry_after: int):
        super().__init__(detail)
        self.retry_after = retry_after


class UnavailableError(StatewrightError):
    """A service that this one needs does not answer (transient: try again)."""

    kind, title, status = "unavailable", "Try again in a moment", 503
