"""What the checks find: where, what, how bad, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from statewright.errors import Issue

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a definition.

    An error keeps it from being published; a warning is likely a mistake; a note is worth knowing.
    """

    severity: Severity
    code: str
    pointer: str
    detail: str
    suggestion: str | None = None

    @property
    def issue(self) -> Issue:
        """As a problem document lists it."""
        return Issue(self.pointer, self.detail, self.suggestion)


class Findings:
    """Findings while they are gathered. The same sentence about the same place is said once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Finding] = {}

    def error(self, code: str, at: str, detail: str, suggestion: str | None = None) -> None:
        """Something that would fail."""
        self._add(Finding("error", code, at, detail, suggestion))

    def warn(self, code: str, at: str, detail: str, suggestion: str | None = None) -> None:
        """Something that is likely a mistake."""
        self._add(Finding("warning", code, at, detail, suggestion))

    def note(self, code: str, at: str, detail: str, suggestion: str | None = None) -> None:
        """Something worth knowing."""
        self._add(Finding("note", code, at, detail, suggestion))

    def _add(self, finding: Finding) -> None:
        self._found.setdefault((finding.pointer, finding.detail), finding)

    def all(self) -> list[Finding]:
        """What was found, the worst first, else in the order of finding."""
        order = {"error": 0, "warning": 1, "note": 2}
        return sorted(self._found.values(), key=lambda finding: order[finding.severity])
