"""From a template and a form's values to a definition: ``${field}`` becomes the field's value.

A string that is one placeholder becomes the value with its type; inside a text the value becomes
part of it. Placeholders never stand inside expressions, and values cannot bring expressions in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jsonschema_rs

from statewright.errors import InvalidError, Issue

_PLACEHOLDER = re.compile(r"\$\{([a-z][a-z0-9_]*)\}")


def check(form: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with the form's defaults.

    Raises:
        InvalidError: with a pointer for each that the form does not take.
    """
    defaults = {
        name: part["default"] for name, part in form["properties"].items() if "default" in part
    }
    filled = {**defaults, **values}
    validator = _validator(json.dumps({"additionalProperties": False, **form}, sort_keys=True))
    issues = [
        Issue("/values" + "".join(f"/{part}" for part in error.instance_path), error.message)
        for error in validator.iter_errors(filled)
    ]
    issues += [
        Issue(f"/values/{name}", "may not hold '{%' or '${'")
        for name, value in filled.items()
        if re.search(r"\{%|\$\{", json.dumps(value, ensure_ascii=False))
    ]
    if issues:
        raise InvalidError(f"{issues[0].pointer}: {issues[0].detail}", tuple(issues))
    return filled


def fill(value: Any, values: Mapping[str, Any]) -> Any:
    """A part of a template with its placeholders filled; fields without a value become null."""
    if isinstance(value, dict):
        return {key: fill(part, values) for key, part in value.items()}
    if isinstance(value, list):
        return [fill(part, values) for part in value]
    if not isinstance(value, str):
        return value
    whole = _PLACEHOLDER.fullmatch(value)
    if whole is not None:
        return values.get(whole[1])
    return _PLACEHOLDER.sub(lambda match: str(values.get(match[1], "")), value)


def placeholders(value: Any) -> set[str]:
    """The names of all placeholders in a template."""
    return set(_PLACEHOLDER.findall(json.dumps(value, ensure_ascii=False)))


@lru_cache(maxsize=64)
def _validator(form: str) -> Any:
    return jsonschema_rs.validator_for(json.loads(form), validate_formats=True)
