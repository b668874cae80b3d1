"""XML as data and back. Entities, DTDs and external references are refused.

An element is its text, or an object: attributes as ``@name``, children by name (a list where a
name comes more than once), text beside them as ``#text``.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from statewright.integrations.data.errors import DataInvalidError

DEEPEST = 200
_NAME = re.compile(r"[A-Za-z_][\w.:-]*")


def parse(text: str | bytes) -> dict[str, Any]:
    """A document as data.

    Raises:
        DataInvalidError: it is no XML, or has a DTD or entities, or is too deep.
    """
    try:
        root = fromstring(text, forbid_dtd=True)
    except (ParseError, ValueError) as error:
        raise DataInvalidError(f"no XML: {error}") from None
    except DefusedXmlException as error:
        raise DataInvalidError(f"refused: {type(error).__name__}") from None
    return {_local(root.tag): value_of(root, 0)}


def value_of(element: Element, depth: int = 0) -> Any:
    """An element as data."""
    if depth > DEEPEST:
        raise DataInvalidError(f"more than {DEEPEST} elements in one another")
    found: dict[str, Any] = {f"@{_local(name)}": text for name, text in element.attrib.items()}
    for child in element:
        name, value = _local(child.tag), value_of(child, depth + 1)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], _Many):
            found[name].append(value)
        else:
            found[name] = _Many([found[name], value])
    text = (element.text or "").strip()
    if not found:
        return text
    if text:
        found["#text"] = text
    return {k: list(v) if isinstance(v, _Many) else v for k, v in found.items()}


class _Many(list[Any]):
    """Children of one name."""


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def write(data: dict[str, Any]) -> str:
    """A document of one root element, from what :func:`parse` gives."""
    if len(data) != 1:
        raise DataInvalidError("a document has exactly one root element")
    ((name, value),) = data.items()
    root = Element(_checked(name))
    _fill(root, value, 0)
    return tostring(root, encoding="unicode")


def _fill(element: Element, value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise DataInvalidError(f"more than {DEEPEST} elements in one another")
    if not isinstance(value, dict):
        element.text = _text(value)
        return
    for name, inner in value.items():
        if name == "#text":
            element.text = _text(inner)
        elif name.startswith("@"):
            element.set(_checked(name[1:]), _text(inner))
        else:
            for one in inner if isinstance(inner, list) else [inner]:
                _fill(SubElement(element, _checked(name)), one, depth + 1)


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise DataInvalidError(f"'{name[:50]}' is no name of an element")
    return name


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if re.search(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text):
        raise DataInvalidError("a text has characters that XML cannot have")
    return text
