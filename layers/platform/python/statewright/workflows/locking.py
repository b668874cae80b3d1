"""Optimistic locking: a change says which state of the workflow it was made from.

The database counts every change of a workflow (``revision``); the count is its entity tag
(RFC 9110, sections 8.8.3 and 13.1.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from statewright.errors import PreconditionFailedError, PreconditionRequiredError


@dataclass(frozen=True, slots=True)
class Expected:
    """What ``If-Match`` says. ``tags`` None: nothing was said, or ``*``."""

    tags: frozenset[str] | None = None
    said: bool = False

    @classmethod
    def of(cls, header: str | None) -> Expected:
        """Reads the header. A weak tag never matches, as the RFC says."""
        if header is None or not header.strip():
            return cls()
        given = frozenset(tag.strip() for tag in header.split(","))
        return cls(None if "*" in given else given, said=True)

    def check(self, row: dict[str, Any]) -> None:
        """Compares with a workflow's row, which the transaction has locked.

        Raises:
            PreconditionFailedError: the workflow has been changed since it was read.
        """
        if self.tags is not None and tag_of(row["revision"]) not in self.tags:
            raise PreconditionFailedError("The workflow has been changed since. Load it again.")

    def require(self) -> None:
        """Raises PreconditionRequiredError unless something was said."""
        if not self.said:
            raise PreconditionRequiredError(
                "Send If-Match with the ETag, or 'draft' with the number, of what you have read."
            )


ANY = Expected()
"""Whatever the workflow is now."""


def tag_of(revision: int) -> str:
    """The entity tag of a revision."""
    return f'"{revision}"'
