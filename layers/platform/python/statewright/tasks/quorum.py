"""When a task is decided: pure, from what those who are asked have answered so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from statewright.tasks.models import Quorum, Vote

Answers = Sequence[Vote | None]
"""What each person who is asked has answered; None: nothing yet."""


def outcome(quorum: Quorum, required: int, answers: Answers) -> Vote | None:
    """What the answers come to, as early as it is certain; None while it is open.

    ``any``: the first answer. ``all``: one refusal is enough, and ``required`` agreements (as many
    as were asked at first: who joins by escalation stands in for somebody), or everybody's where
    some have left. ``some``: ``required`` agreements, or too many refusals for that.
    """
    given = [answer for answer in answers if answer is not None]
    agreed = [answer for answer in given if answer != "rejected"]
    refused = len(given) - len(agreed)
    match quorum:
        case "any":
            return given[0] if given else None
        case "all":
            if refused:
                return "rejected"
            required = min(required, len(answers))
        case "some":
            if len(answers) - refused < required:
                return "rejected"
        case _:
            assert_never(quorum)
    return agreed[0] if len(agreed) >= required else None
