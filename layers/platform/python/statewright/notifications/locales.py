"""Locales (BCP 47): which of a template's locales somebody gets."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")


def is_locale(text: str) -> bool:
    """Whether a text can be a locale."""
    return _LOCALE.fullmatch(text) is not None


def candidates(wanted: str | None, default: str, known: Collection[str]) -> Iterator[str]:
    """The known locales to try, best first: ``de-AT``, ``de``, the default, any."""
    by_tag = {name.lower().replace("_", "-"): name for name in known}
    for start in (wanted, default):
        parts = (start or "").lower().replace("_", "-").split("-")
        for size in range(len(parts), 0, -1):
            found = by_tag.get("-".join(parts[:size]))
            if found is not None:
                yield found
    yield from sorted(known)
