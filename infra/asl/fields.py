"""What both query languages' field readers share, and what a parser asks of them."""

from __future__ import annotations

from typing import Any, Protocol

from asl.machine import ChoiceRule, Expression, Flow, Limit

SCHEMA = "SCHEMA_VALIDATION_FAILED"
COMMON = frozenset({"Type", "Comment", "QueryLanguage"})
FLOW = frozenset({"Next", "End"})
CATCHING = frozenset({"Retry", "Catch"})


class Say(Protocol):
    """Reports a finding."""

    def __call__(self, message: str, at: str, code: str = SCHEMA) -> None:
        """``at`` is a pointer into the definition."""
        ...


class Fields(Protocol):
    """Reads the fields that differ between the query languages."""

    known: dict[str, frozenset[str]]
    catcher: frozenset[str]
    rule: frozenset[str]

    def flow(self, body: dict[str, Any], at: str) -> Flow:
        """The data fields of a state, a catcher or a choice rule."""
        ...

    def choice_rule(
        self, body: dict[str, Any], at: str, index: int, state: Flow
    ) -> ChoiceRule | None:
        """A rule of a Choice."""
        ...

    def limit(
        self, body: dict[str, Any], name: str, at: str, flow: Flow, least: int = 1
    ) -> Limit | None:
        """A number, as a constant or computed."""
        ...

    def wait(
        self, body: dict[str, Any], at: str, flow: Flow
    ) -> tuple[Expression | None, Expression | None]:
        """A Wait's seconds or timestamp."""
        ...

    def text(self, body: dict[str, Any], name: str, at: str, flow: Flow) -> Expression | None:
        """``Error`` or ``Cause`` of a Fail."""
        ...

    def credentials(self, body: dict[str, Any], at: str, flow: Flow) -> Expression | None:
        """A Task's ``Credentials``: the role that the call is made with."""
        ...

    def items(
        self, body: dict[str, Any], at: str, flow: Flow
    ) -> tuple[Expression | None, Expression | None]:
        """A Map's items and selector."""
        ...


def check_credentials(say: Say, body: dict[str, Any], at: str, names: set[str]) -> None:
    """Refuses ``Credentials`` that name no role."""
    given = body.get("Credentials", {"RoleArn": ""})
    if not isinstance(given, dict) or not names & given.keys():
        say("The field 'RoleArn' is required but was missing", f"{at}/Credentials")


def is_integer(value: Any, least: int, most: int = 99_999_999) -> bool:
    """Whether it is a whole number within bounds (a boolean is not)."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def is_limit(value: Any, name: str, least: int) -> bool:
    """Whether it may stand for a limit: a whole number, or any up to 100 for a percentage."""
    if name.endswith("Percentage"):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and least <= value <= 100
    return is_integer(value, least)
