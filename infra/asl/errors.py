"""Failures: what a state machine can see (data), and what a caller of the API can see (exceptions).

Names and meanings: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

from dataclasses import dataclass

ALL = "States.ALL"
TASK_FAILED = "States.TaskFailed"
TIMEOUT = "States.Timeout"
HEARTBEAT_TIMEOUT = "States.HeartbeatTimeout"
RUNTIME = "States.Runtime"
DATA_LIMIT = "States.DataLimitExceeded"
QUERY_EVALUATION = "States.QueryEvaluationError"
NO_CHOICE = "States.NoChoiceMatched"
BRANCH_FAILED = "States.BranchFailed"
TOLERANCE = "States.ExceedToleratedFailureThreshold"
ITEM_READER = "States.ItemReaderFailed"
RESULT_WRITER = "States.ResultWriterFailed"

UNCATCHABLE = frozenset({RUNTIME})
"""Errors that end the execution whatever Retry and Catch say."""


@dataclass(frozen=True, slots=True)
class StateError:
    """An error of an execution: a value that Retry and Catch look at, never a Python exception."""

    error: str | None
    cause: str | None = None
    location: str | None = None
    """The ASL field whose evaluation failed (``Output/total``), where that is what happened."""
    also: str | None = None
    """Another name that matches it in Retry and Catch."""


def _writable(text: str | None) -> str | None:
    """Text that UTF-8 can write: what it quotes may have lone surrogates."""
    if text is None or text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class StateFailedError(Exception):
    """Carries a :class:`StateError` from inside a state up to the one place that handles it."""

    def __init__(self, error: str | None, cause: str | None = None, location: str | None = None):
        super().__init__(error, cause)
        self.data = StateError(error, _writable(cause), location)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a definition. ``location`` is a JSON pointer into it."""

    code: str
    message: str
    location: str | None

    def __str__(self) -> str:
        return f"{self.code}: {self.message} at {self.location or 'null'}"


class ApiError(Exception):
    """A refusal with the error code that the Step Functions API uses for it (caller's fault)."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message


class InvalidDefinitionError(ApiError):
    """The definition is not valid Amazon States Language."""

    def __init__(self, findings: list[Finding]):
        shown = ", ".join(map(str, findings))
        super().__init__("InvalidDefinition", f"Invalid State Machine Definition: '{shown}'")
        self.findings = findings


class ConflictError(Exception):
    """Another worker moved this execution on first (infrastructure: load it again, try again)."""


class UnavailableError(Exception):
    """The database cannot be used now, and what was asked for may or may not have happened.

    Infrastructure: the caller tries again.
    """
