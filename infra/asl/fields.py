"""What both query languages' field readers share, and what a parser asks of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from asl.machine import ChoiceRule, Expression, Flow, Limit

SCHEMA = "SCHEMA_VALIDATION_FAILED"
COMMON = frozenset({"Type", "Comment", "QueryLanguage"})
FLOW = frozenset({"Next", "End"})
CATCHING = frozenset({"Retry", "Catch"})
DISTRIBUTED = frozenset({"ItemReader", "ItemBatcher", "ResultWriter"})
"""Fields that only a Map in Distributed mode may have."""


class Say(Protocol):
    """Reports a finding."""

    def __call__(self, message: str, at: str, code: str = SCHEMA) -> None:
        """``at`` is a pointer into the definition."""
        ...


class Fields(Protocol):
    """Reads the fields that differ between the query languages."""

    language: str
    arguments: str
    """What the parameters of a call are called."""
    needed: tuple[str, ...]
    """The fields that a choice rule must have, besides ``Next``."""
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

    def template(self, body: dict[str, Any], name: str, at: str, flow: Flow) -> Expression | None:
        """A field that holds any JSON, with expressions in it."""
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


def at_most_one(say: Say, body: dict[str, Any], names: Sequence[str], at: str) -> int:
    """Refuses several of some fields; says how many there are."""
    given = [name for name in names if name in body]
    if len(given) > 1:
        say(f"There should only be one of the following fields: [{', '.join(given)}]", at)
    return len(given)


def exactly_one(say: Say, body: dict[str, Any], names: Sequence[str], at: str) -> None:
    """Refuses several of some fields, or none."""
    if at_most_one(say, body, names, at) == 0:
        say(f"There should be one of the following fields: [{', '.join(names)}]", at)


LARGEST = 99_999_999
"""The largest number that a field may hold where nothing else is said."""
MOST = {"MaxItems": 100_000_000, "MaxInputBytesPerBatch": 262_144}
"""The largest values of limits that have a bound of their own (AWS quotas)."""


def is_integer(value: Any, least: int, most: int = LARGEST) -> bool:
    """Whether it is a whole number within bounds (a boolean is not)."""
    return number_fault(value, least, most) is None


def limit_fault(value: Any, name: str, least: int) -> str | None:
    """What is wrong with a limit: a percentage may be any number up to 100."""
    if name.endswith("Percentage"):
        return number_fault(value, float(least), 100.0)
    return number_fault(value, least, MOST.get(name, LARGEST))


def number_fault(value: Any, least: float, most: float = LARGEST) -> str | None:
    """What is wrong with a number, in AWS's words: whole where its bounds are, else any."""
    kinds = (int, float) if isinstance(least, float) else (int,)
    if isinstance(value, bool) or not isinstance(value, kinds):
        return "Value must be a number" if isinstance(least, float) else "Value must be an integer"
    if value < least:
        return f"Minimum value is {least}"
    return f"Maximum value is {most}" if not value <= most else None
