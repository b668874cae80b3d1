"""Values of a definition: their expressions are read, and their types told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from statewright.workflows.checks.findings import Findings
from statewright.workflows.checks.inference import Env, Inference
from statewright.workflows.checks.schemas import type_of_value
from statewright.workflows.checks.types import (
    ANY,
    TEXT,
    Type,
    describe,
    either,
    listing,
    overlaps,
    record,
)
from statewright.workflows.expressions import (
    expressions_in,
    is_expression,
    pointer_part,
    source_of,
    syntax_error,
)
from statewright.workflows.jsonata import parse

Hints = Callable[[str], str | None]


class Values:
    """Reads values, and says what is wrong in them."""

    def __init__(self, findings: Findings, hints: Hints):
        self._findings, self._hints = findings, hints

    def reporting_to(self, findings: Findings) -> Values:
        """The same, which tells its findings to somebody else."""
        return Values(findings, self._hints)

    def type_of(self, value: Any, at: str, env: Env) -> Type:
        """The type of a value, each expression in which is checked."""
        if isinstance(value, str):
            return self._text(value, at, env)
        if isinstance(value, Mapping):
            fields = {k: self.type_of(v, f"{at}/{pointer_part(k)}", env) for k, v in value.items()}
            return record(fields)
        if isinstance(value, list):
            items = [self.type_of(item, f"{at}/{i}", env) for i, item in enumerate(value)]
            return listing(either(*items) if items else ANY)
        return type_of_value(value)

    def _text(self, text: str, at: str, env: Env) -> Type:
        if text.count("{%") != text.count("%}"):
            detail = "an expression begins with `{%` and ends with `%}`: one of them is missing"
            self._findings.error("unclosed", at, detail)
            return ANY
        if is_expression(text):
            return self.expression(source_of(text), at, env)
        found = [self.expression(source, at, env) for source in expressions_in(text)]
        return TEXT if found else type_of_value(text)

    def expression(self, source: str, at: str, env: Env) -> Type:
        """The type of an expression."""
        problem = syntax_error(source)
        if problem is not None:
            self._findings.error("syntax", at, f"is not valid JSONata: {problem}")
            return ANY
        return Inference(self._findings, at, env, self._hints).whole(parse(source))

    def condition(self, when: str | bool | None, at: str, env: Env) -> None:
        """Checks a condition."""
        if not isinstance(when, str):
            return
        self.type_of(when, at, env)
        if "{%" not in when and "%}" not in when:
            detail = "is a text, which always holds: conditions are expressions, `{% … %}`"
            self._findings.error("condition-text", at, detail)

    def must_be(self, wanted: Type, value: Any, at: str, env: Env) -> None:
        """Checks a value that has to be of a type."""
        found = self.type_of(value, at, env)
        if not overlaps(found, wanted):
            detail = f"is {describe(found)}, but has to be {describe(wanted)}"
            self._findings.error("type-mismatch", at, detail)
