"""Failures of the AI service. The class's name is the error's name in a workflow."""

from __future__ import annotations


class AIError(Exception):
    """Base: a failure that ``retry``, ``on_error`` and ``catch`` can name."""


def _named(name: str, doc: str) -> type[AIError]:
    return type(name, (AIError,), {"__doc__": doc})


RateLimited = _named("AI.RateLimited", "The provider, or the workspace's limit, says: later.")
Unavailable = _named("AI.Unavailable", "The provider fails or cannot be reached (transient).")
TimedOut = _named("AI.Timeout", "The answer did not come in time (transient).")
Unauthorized = _named("AI.Unauthorized", "The provider does not take the key.")
InvalidRequest = _named("AI.InvalidRequest", "The provider refuses the request as it is.")
InvalidInput = _named("AI.InvalidInput", "The step's inputs cannot be used.")
InvalidAnswer = _named("AI.InvalidAnswer", "The answer is not of the shape that was asked for.")
Truncated = _named("AI.Truncated", "The answer is longer than allowed.")
Refused = _named("AI.Refused", "The model declines to answer.")
BudgetExceeded = _named("AI.BudgetExceeded", "The budget of the month is used up.")

LimitReached = type(
    "AI.LimitReached", (Truncated,), {"__doc__": "An agent's limit leaves no room for an answer."}
)

ERRORS = tuple(error.__name__ for error in AIError.__subclasses__())
"""What every action of the AI service can fail with."""


def of_status(status: int, sentence: str) -> AIError:
    """The failure that a provider's HTTP status stands for."""
    match status:
        case 401 | 403:
            return Unauthorized(sentence)
        case 408 | 504:
            return TimedOut(sentence)
        case 429:
            return RateLimited(sentence)
        case _ if status >= 500:
            return Unavailable(sentence)
    return InvalidRequest(sentence)
