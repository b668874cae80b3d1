"""What somebody may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, candidates: Iterable[str], sign: str = "") -> str | None:
    """A suggestion, where a candidate looks much like the name.

    Args:
        sign: what stands before the name where it is used, such as ``$``.
    """
    near = difflib.get_close_matches(name, list(candidates), 1, 0.6)
    return f"did you mean `{sign}{near[0]}`?" if near else None
