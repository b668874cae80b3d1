"""Definitions as text: the YAML that an author wrote, or YAML made for people to read."""

from __future__ import annotations

from typing import Any

import yaml

_READ_FIRST = (
    "statewright id name type description note when triggers input settings use connection with "
    "set choose for_each as parallel repeat wait try stop otherwise steps"
)
_ORDER = {key: place for place, key in enumerate(_READ_FIRST.split())}
_MIDDLE = len(_ORDER)
_NUMBERS_BEGIN = frozenset("+-.0123456789")


class _Dumper(yaml.SafeDumper):
    """Block style; long texts as blocks; texts that YAML 1.1 readers would take for something else
    (``on``, ``2024-01-01``) in quotes."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> Any:
    style = "|" if "\n" in value and not value.startswith((" ", "\n")) else None
    if value[:1] in _NUMBERS_BEGIN:
        style = style or '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def write_yaml(definition: dict[str, Any]) -> str:
    """A definition as YAML that reads back as the same values."""
    ordered = _in_reading_order(definition)
    return yaml.dump(ordered, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def _in_reading_order(value: Any) -> Any:
    """Names first, then what a thing is, then its options: a database keeps no order of keys."""
    if isinstance(value, list):
        return [_in_reading_order(item) for item in value]
    if not isinstance(value, dict):
        return value
    keys = sorted(value, key=lambda key: (_ORDER.get(key, _MIDDLE), key == "output"))
    return {key: _in_reading_order(value[key]) for key in keys}


def renamed(source: str, name: str) -> str | None:
    """The text with another ``name``, everything else as it stands; None where it has no plain
    place for a name (the document is written in braces)."""
    root = yaml.compose(source, yaml.CSafeLoader)
    if not isinstance(root, yaml.MappingNode):
        return None
    for key, value in root.value:
        if key.value == "name" and isinstance(value, yaml.ScalarNode):
            written = yaml.dump(name, allow_unicode=True, width=1000, default_style='"').strip()
            start, end = value.start_mark.index, value.end_mark.index
            gap = "" if value.style not in {"|", ">"} else "\n"
            return source[:start] + written + gap + source[end:]
    return None
