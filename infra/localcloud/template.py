"""Reads a SAM template with its nested stacks and resolves its intrinsic functions.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from localcloud.errors import TemplateError

_SUB = re.compile(r"\$\{(!?)([^}]+)\}")


class _Loader(yaml.CSafeLoader):
    """YAML with CloudFormation's short forms (``!Ref x`` for ``{Ref: x}``)."""


def _short_form(loader: Any, suffix: str, node: Any) -> Any:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {name: value}


_Loader.add_multi_constructor("!", _short_form)


def read(path: Path) -> dict[str, Any]:
    """A template file as plain values."""
    template: dict[str, Any] = yaml.load(path.read_text(), _Loader)  # noqa: S506
    return template


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource with its properties resolved.

    ``folder`` is where its template lies, and ``stack`` the template's name: ids are unique in it.
    """

    id: str
    kind: str
    properties: dict[str, Any]
    folder: Path
    stack: str


@dataclass(slots=True)
class Stack:
    """A template being resolved: parameters in, resources out."""

    path: Path
    values: dict[str, Any]
    """Parameters and pseudo parameters."""
    attributes: Callable[[str, dict[str, Any], str | None], Any]
    """Gives ``Ref`` (attribute None) and ``GetAtt`` of a resource: kind, properties, attribute."""
    source: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.source = read(self.path)
        declared = self.source.get("Parameters", {})
        defaults = {name: spec["Default"] for name, spec in declared.items() if "Default" in spec}
        self.values = {**defaults, **self.values}
        missing = declared.keys() - self.values.keys()
        if missing:
            raise TemplateError(f"{self.path.name}: no value for {', '.join(sorted(missing))}")

    def resources(self) -> Iterator[Resource]:
        """Every resource of this template and of those nested in it."""
        for name, resource in self.source["Resources"].items():
            condition = resource.get("Condition")
            if condition is not None and not self._condition(condition):
                continue
            kind = resource["Type"]
            if kind == "AWS::Serverless::Application":
                properties = self.resolve(resource["Properties"])
                yield from self._nested(properties).resources()
                continue
            properties = self._with_globals(kind, resource.get("Properties", {}))
            yield Resource(name, kind, self.resolve(properties), self.path.parent, self.path.stem)

    def _nested(self, properties: dict[str, Any]) -> Stack:
        pseudo = {name: value for name, value in self.values.items() if name.startswith("AWS::")}
        return Stack(
            self.path.parent / properties["Location"],
            {**pseudo, **properties.get("Parameters", {})},
            self.attributes,
        )

    def _with_globals(self, kind: str, properties: dict[str, Any]) -> dict[str, Any]:
        shared = self.source.get("Globals", {}).get(kind.rpartition("::")[2], {})
        merged = {**shared, **properties}
        own = properties.get("Environment", {}).get("Variables", {})
        both = {**shared.get("Environment", {}).get("Variables", {}), **own}
        if both:
            merged["Environment"] = {"Variables": both}
        return merged

    def resolve(self, node: Any) -> Any:
        """A value with its intrinsic functions replaced."""
        if isinstance(node, list):
            return [item for item in map(self.resolve, node) if item is not _NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            (name, argument), *_ = node.items()
            function = _FUNCTIONS.get(name)
            if function is not None:
                return function(self, argument)
            if name.startswith("Fn::") and name != "Fn::Transform":
                raise TemplateError(f"{self.path.name}: {name} is not supported locally")
        resolved = {key: self.resolve(value) for key, value in node.items()}
        return {key: value for key, value in resolved.items() if value is not _NO_VALUE}

    def ref(self, name: str) -> Any:
        """``Ref``: a parameter's value or a resource's name."""
        if name == "AWS::NoValue":
            return _NO_VALUE
        if name in self.values:
            return self.values[name]
        return self._attribute(name, None)

    def attribute(self, argument: Any) -> Any:
        """``Fn::GetAtt``."""
        parts = argument.split(".", 1) if isinstance(argument, str) else argument
        return self._attribute(parts[0], parts[1])

    def _attribute(self, name: str, attribute: str | None) -> Any:
        resource = self.source["Resources"].get(name)
        if resource is None:
            raise TemplateError(f"{self.path.name}: there is no parameter or resource {name}")
        naming = {
            key: self.resolve(value)
            for key, value in resource.get("Properties", {}).items()
            if key.endswith("Name") and key != "EventBusName"
        }
        return self.attributes(resource["Type"], {"LogicalId": name, **naming}, attribute)

    def sub(self, argument: Any) -> str:
        """``Fn::Sub``."""
        text, own = argument if isinstance(argument, list) else (argument, {})
        values = {name: self.resolve(value) for name, value in own.items()}

        def replaced(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return f"${{{name}}}"
            if name in values:
                return str(values[name])
            return str(self.attribute(name) if "." in name else self.ref(name))

        return _SUB.sub(replaced, text)

    def if_(self, argument: list[Any]) -> Any:
        """``Fn::If``."""
        condition, then, otherwise = argument
        return self.resolve(then if self._condition(condition) else otherwise)

    def _condition(self, node: Any) -> bool:
        if isinstance(node, str):
            return self._condition(self.source["Conditions"][node])
        (name, argument), *_ = node.items()
        match name:
            case "Fn::Equals":
                return bool(self.resolve(argument[0]) == self.resolve(argument[1]))
            case "Fn::Not":
                return not self._condition(argument[0])
            case "Fn::And":
                return all(map(self._condition, argument))
            case "Fn::Or":
                return any(map(self._condition, argument))
            case "Condition":
                return self._condition(argument)
        raise TemplateError(f"{self.path.name}: {name} is not a condition")

    def include(self, argument: dict[str, Any]) -> Any:
        """``Fn::Transform`` of ``AWS::Include``: another file's content."""
        if argument["Name"] != "AWS::Include":
            raise TemplateError(f"{self.path.name}: {argument['Name']} is not supported locally")
        return self.resolve(read(self.path.parent / argument["Parameters"]["Location"]))


_NO_VALUE = object()
_FUNCTIONS: Mapping[str, Callable[[Stack, Any], Any]] = {
    "Ref": Stack.ref,
    "Fn::GetAtt": Stack.attribute,
    "Fn::Sub": Stack.sub,
    "Fn::If": Stack.if_,
    "Fn::Join": lambda stack, a: a[0].join(map(str, stack.resolve(a[1]))),
    "Fn::Select": lambda stack, a: stack.resolve(a[1])[int(stack.resolve(a[0]))],
    "Fn::Split": lambda stack, a: stack.resolve(a[1]).split(a[0]),
    "Fn::Transform": Stack.include,
}
