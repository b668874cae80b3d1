"""Parameters as a server reads them: every style of OpenAPI 3.1 (section 4.8.12) and Swagger 2.0.

RFC 6570 is where the styles come from; what it leaves out (``deepObject``, delimiters) is as
OpenAPI's own table has it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

RESERVED = ":/?#[]@!$&'()*+,;="
_DELIMITERS = {"spaceDelimited": "%20", "pipeDelimited": "|", "tabDelimited": "%09"}


def text_of(value: Any) -> str:
    """A value as a parameter holds it: JSON's own words for booleans and null, text as it is."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _quoted(value: Any, safe: str = "") -> str:
    return quote(text_of(value), safe=safe)


def path_value(name: str, value: Any, style: str, *, explode: bool) -> str:
    """What stands in a path for ``{name}``."""
    prefix, joint = {"label": (".", "."), "matrix": (";", ";")}.get(style, ("", ","))
    joint = joint if explode else ","
    if isinstance(value, dict):
        pairs = [(_quoted(k), _quoted(v)) for k, v in value.items()]
        if explode:
            return prefix + joint.join(f"{k}={v}" for k, v in pairs)
        flat = ",".join(part for pair in pairs for part in pair)
        return f";{name}={flat}" if style == "matrix" else prefix + flat
    if isinstance(value, list):
        parts = [_quoted(v) for v in value]
        if style == "matrix":
            if explode:
                return "".join(f";{name}={part}" for part in parts)
            return f";{name}={','.join(parts)}"
        return prefix + joint.join(parts)
    return f";{name}={_quoted(value)}" if style == "matrix" else prefix + _quoted(value)


def query_pairs(
    name: str, value: Any, style: str, *, explode: bool, reserved: bool = False
) -> Iterator[str]:
    """A query parameter as ``name=value`` pairs, encoded. A form's field is written alike."""
    safe = RESERVED if reserved else ""
    key = quote(name, safe="")
    if style == "deepObject" and isinstance(value, dict | list):
        yield from _deep(key, value, safe)
    elif isinstance(value, dict):
        yield from _object_pairs(key, value, style, safe, explode=explode)
    elif isinstance(value, list):
        parts = [_quoted(v, safe) for v in value]
        delimiter = _DELIMITERS.get(style, ",")
        if explode:  # whatever the style: OpenAPI's delimiters are for lists in one
            yield from (f"{key}={part}" for part in parts)
        else:
            yield f"{key}={delimiter.join(parts)}"
    else:
        yield f"{key}={_quoted(value, safe)}"


def _object_pairs(
    key: str, value: dict[str, Any], style: str, safe: str, *, explode: bool
) -> Iterator[str]:
    if explode and style == "form":
        yield from (f"{quote(k, safe='')}={_quoted(v, safe)}" for k, v in value.items())
        return
    delimiter = _DELIMITERS.get(style, ",")
    flat = [part for k, v in value.items() for part in (_quoted(k), _quoted(v, safe))]
    yield f"{key}={delimiter.join(flat)}"


def _deep(key: str, value: Any, safe: str) -> Iterator[str]:
    """``filter[a][b]=1``; OpenAPI leaves what is deeper open, and this is what servers take."""
    if isinstance(value, dict):
        for inner, below in value.items():
            yield from _deep(f"{key}[{quote(str(inner), safe='')}]", below, safe)
    elif isinstance(value, list):
        for index, below in enumerate(value):
            place = str(index) if isinstance(below, dict | list) else ""
            yield from _deep(f"{key}[{place}]", below, safe)
    else:
        yield f"{key}={_quoted(value, safe)}"


def header_value(value: Any, *, explode: bool) -> str:
    """A header parameter, whose only style is ``simple``."""
    if isinstance(value, dict):
        joint = "=" if explode else ","
        return ",".join(f"{k}{joint}{text_of(v)}" for k, v in value.items())
    if isinstance(value, list):
        return ",".join(map(text_of, value))
    return text_of(value)


def cookie_value(name: str, value: Any, *, explode: bool) -> str:
    """A cookie parameter."""
    if isinstance(value, list | dict) and explode:
        return "; ".join(query_pairs(name, value, "form", explode=True)).replace("&", "; ")
    return next(query_pairs(name, value, "form", explode=False))
