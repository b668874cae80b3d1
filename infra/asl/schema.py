"""What an object in a definition must be like, and AWS's sentences for where it is not."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from typing import Any

from asl.errors import Finding
from asl.fields import LARGEST, SCHEMA, exactly_one, number_fault

LANGUAGES = ("JSONPath", "JSONata")
REQUIRED = {"Task": ("Resource",), "Choice": ("Choices",), "Parallel": ("Branches",)}
"""The fields that a state of a type must have, besides those that its query language reads."""
_KINDS: Mapping[type, str] = {str: "string", bool: "boolean", list: "array", dict: "object"}


class Schema:
    """Gathers findings. Goes on after each, so that all are reported at once."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def say(self, message: str, at: str, code: str = SCHEMA) -> None:
        """Reports a finding; ``at`` is a pointer into the definition."""
        self.findings.append(Finding(code, message, at or "/"))

    def required(self, source: Mapping[str, Any], names: Iterable[str], at: str) -> bool:
        """Whether all these fields are there."""
        missing = [name for name in names if name not in source]
        if missing:
            self.say(f"These fields are required: [{', '.join(missing)}]", at)
        return not missing

    def one_of(self, source: Mapping[str, Any], name: str, values: Sequence[str], at: str) -> bool:
        """Whether a field, if it is there, has one of these values."""
        if name not in source or is_one_of(source[name], values):
            return True
        shown = ", ".join(values)
        self.say(f"The field '{name}' should have one of these values: [{shown}]", f"{at}/{name}")
        return False

    def number(
        self, source: Mapping[str, Any], name: str, at: str, least: float, most: float = LARGEST
    ) -> bool:
        """Whether a field, if it is there, is a number within bounds; a whole one as they are."""
        fault = number_fault(source[name], least, most) if name in source else None
        if fault is not None:
            self.say(fault, f"{at}/{name}")
        return fault is None

    def kinds(self, source: Mapping[str, Any], at: str, **kinds: type) -> bool:
        """Whether fields, where they are there, are of these types."""
        wrong = [
            name
            for name, kind in kinds.items()
            if name in source and not isinstance(source[name], kind)
        ]
        for name in wrong:
            self.say(f"{name} must be of type {_KINDS[kinds[name]]}", f"{at}/{name}")
        return not wrong

    def known(
        self,
        source: Mapping[str, Any],
        known: Collection[str],
        at: str,
        only: Container[str] = (),
        language: str = "",
    ) -> None:
        """Refuses fields that are not known.

        Args:
            source: the object with the fields.
            known: those that it may have.
            at: a pointer to it.
            only: those that it could have in the other query language.
            language: the query language that it is in.
        """
        for field in source:
            if field in known:
                continue
            if field in only:
                other = next(name for name in LANGUAGES if name != language)
                self.say(
                    f"The QueryLanguage is set to '{language}', but field '{field}' is only "
                    f"supported for the '{other}' QueryLanguage",
                    at,
                )
            else:
                self.say(f"Field '{field}' is not supported", at)

    def leads_on(self, body: dict[str, Any], at: str) -> None:
        """Refuses a state that has both Next and End, or neither."""
        if body.get("End") is False and "Next" not in body:
            self.say("There should be one of the following fields: [Next, End]", at)
        else:
            exactly_one(self.say, body, ("Next", "End"), at)

    def error_names(
        self, rules: Sequence[Mapping[str, Any]], index: int, at: str
    ) -> tuple[str, ...]:
        """The errors that a Retry or Catch rule names.

        Args:
            rules: all rules of the state.
            index: which of them.
            at: a pointer to it.
        """
        names = rules[index].get("ErrorEquals")
        if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
            if "ErrorEquals" in rules[index]:
                self.say("ErrorEquals must be a non-empty array of strings", f"{at}/ErrorEquals")
            return ()
        for place, name in enumerate(names):
            if name == "States.ALL" and (len(names) > 1 or index < len(rules) - 1):
                where = f"{at}/ErrorEquals[{place}]"
                self.say("States.ALL must appear alone and at end of list", where)
        return tuple(names)


def is_one_of(value: Any, options: Container[str]) -> bool:
    """Whether it is one of some names: a definition may hold anything anywhere, lists too."""
    return isinstance(value, str) and value in options
