"""Whether a mocked result could be an AWS service's answer, by the service's own API model.

What the model does not name is let through: the service may have grown since.
https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html#mock-validation-modes
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from asl.api.checks import invalid
from asl.api.trial.names import answer_shape
from asl.machine import Resource

_WORD = re.compile(r"[A-Z0-9]+(?=[A-Z][a-z]|$)|[A-Z]?[a-z0-9]+|[A-Z0-9]+")
_TEXT = ("a string", str)
_NUMBER = ("a number", int | float)
_KINDS: dict[str, tuple[str, Any]] = {
    "string": _TEXT,
    "character": _TEXT,
    "timestamp": _TEXT,
    "blob": _TEXT,
    "byte": _NUMBER,
    "short": _NUMBER,
    "integer": _NUMBER,
    "long": _NUMBER,
    "bigdecimal": _NUMBER,
    "biginteger": _NUMBER,
    "float": _NUMBER,
    "double": _NUMBER,
    "boolean": ("a boolean", bool),
    "structure": ("an object", dict),
    "map": ("an object", dict),
    "list": ("an array", list),
}


def check_result(resource: Resource, value: Any, *, strict: bool) -> None:
    """Refuses a mocked result that the integration could not have given.

    Args:
        strict: whether every required field must be there.

    Raises:
        ApiError: ValidationException, with what is wrong first.
    """
    shape = answer_shape(resource)
    if shape is None:
        return
    sdk = resource.service.startswith("aws-sdk:")
    for problem in _Check(strict=strict, sdk=sdk).problems(value, shape, "result"):
        raise invalid(f"Mock result schema validation error: {problem}")


class _Check:
    """One comparison of a value with a shape."""

    def __init__(self, *, strict: bool, sdk: bool):
        self._strict = strict
        self._sdk = sdk

    def problems(self, value: Any, shape: Shape, field: str) -> Iterator[str]:
        """What is wrong, in the order in which AWS tells of it."""
        if getattr(shape, "is_document_type", False):
            return
        wanted, kind = _KINDS.get(shape.type_name, ("", object))
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is _NUMBER[1]):
            yield f"Field '{field}' must be {wanted}"
            return
        yield from _beyond_limits(value, shape, field)
        if isinstance(shape, StructureShape):
            yield from self._members(value, shape)
        elif isinstance(shape, ListShape):
            for item in value:
                yield from self.problems(item, shape.member, field)
        elif isinstance(shape, MapShape):
            for item in value.values():
                yield from self.problems(item, shape.value, field)

    def _members(self, value: dict[str, Any], shape: StructureShape) -> Iterator[str]:
        if self._strict:
            for name in shape.required_members:
                if not self._names(name) & value.keys():
                    yield f"Required field '{self._shown(name)}' is missing"
        known = {alias: name for name in shape.members for alias in self._names(name)}
        for field, item in value.items():
            if field in known:
                yield from self.problems(item, shape.members[known[field]], field)

    def _names(self, member: str) -> set[str]:
        return {_capitalised(member), self._shown(member)}

    def _shown(self, member: str) -> str:
        """A member as Step Functions names it: SDK integrations follow the SDK for Java."""
        return java_name(member) if self._sdk else _capitalised(member)


def java_name(member: str) -> str:
    """``DBInstances`` is ``DbInstances``, ``eTag`` is ``ETag``."""
    return "".join(word.capitalize() for word in _WORD.findall(_capitalised(member)))


def _capitalised(member: str) -> str:
    return member[:1].upper() + member[1:]


def _beyond_limits(value: Any, shape: Shape, field: str) -> Iterator[str]:
    limits = shape.metadata
    if value not in limits.get("enum", [value]):
        yield f"Field '{field}' is not an expected value"
    numeric = isinstance(value, int | float)
    size = value if numeric else len(value)
    if "min" in limits and size < limits["min"]:
        how = "less than the minimum value" if numeric else "smaller than the minimum length"
        yield f"Field '{field}' is {how}"
    if "max" in limits and size > limits["max"]:
        yield f"Field '{field}' exceeds the maximum {'value' if numeric else 'length'}"
