"""What can be said about the definition without following its steps: ids, schema, hints."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from statewright.workflows.checks.findings import Findings
from statewright.workflows.definition import (
    Definition,
    ForEach,
    Try,
    every_step,
    has_value,
    kind_of,
)


def check_ids(findings: Findings, definition: Definition) -> None:
    """Ids and loop variables are names of one kind, and nobody shares them."""
    taken: dict[str, str] = {}
    for at, step in every_step(definition.steps):
        if step.id is not None:
            _take(findings, taken, step.id, at, f"{at}/id", "the id")
        if isinstance(step, ForEach):
            _take(findings, taken, step.item, at, f"{at}/as", "the name")
    for at, step in every_step(definition.steps):
        if isinstance(step, Try):
            for index, clause in enumerate(step.try_.catch):
                if clause.item in taken:
                    where = f"{at}/try/catch/{index}/as"
                    detail = f"the name '{clause.item}' is taken by {taken[clause.item]}"
                    findings.error("duplicate-id", where, detail)


def _take(
    findings: Findings, taken: dict[str, str], name: str, at: str, where: str, what: str
) -> None:
    if name in taken:
        detail = f"{what} '{name}' is taken by {taken[name]}"
        findings.error("duplicate-id", where, detail)
    taken.setdefault(name, at)


def check_schema(findings: Findings, schema: Any, at: str) -> None:
    """The ``input`` has to be a JSON Schema that needs nothing from elsewhere."""
    if schema is None:
        return
    try:
        jsonschema_rs.validator_for(schema)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        detail = f"is not a JSON Schema: {str(error).splitlines()[0]}"
        findings.error("schema", at, detail)


def hints(definition: Definition) -> dict[str, str]:
    """Names of the definition → why one may not be in reach where somebody asks for it."""
    found: dict[str, str] = {}
    for at, step in every_step(definition.steps):
        if step.id is not None and not has_value(step):
            kind = kind_of(step)
            found[step.id] = f"the {kind} {at} has no value" + (
                "" if kind in {"wait", "stop"} else ": give it an `output`"
            )
        elif step.id is not None:
            found[step.id] = f"{at} sets it, but not before this or not where this can see it"
        if isinstance(step, ForEach):
            found[step.item] = f"only the steps of {at} see it"
    return found
