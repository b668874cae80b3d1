"""Requests' bodies: JSON, forms, multipart, text, bytes, XML."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from statewright.integrations.connectors.model import Body, Encoding, Schema
from statewright.integrations.connectors.writing import query_pairs, text_of
from statewright.integrations.failures import InvalidRequest

_PLAIN = Encoding()


def written(body: Body, value: Any, boundary: str) -> tuple[bytes, str]:
    """A body's bytes and its ``Content-Type``.

    Raises:
        InvalidRequest: the value cannot be written so.
    """
    match body.kind:
        case "json":
            return json.dumps(value, ensure_ascii=False).encode(), body.media_type
        case "form":
            return form(_fields(value, "a form"), body.encodings), body.media_type
        case "multipart":
            fields = _fields(value, "a multipart body")
            media_type = f"{body.media_type}; boundary={boundary}"
            return multipart(fields, body.encodings, boundary), media_type
        case "text":
            return text_of(value).encode(), f"{body.media_type}; charset=utf-8"
        case "xml":
            text = value if isinstance(value, str) else xml(value, body.xml)
            return text.encode(), body.media_type
        case _:
            return binary(value), body.media_type


def _fields(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise InvalidRequest(f"the body is to be {what}: an object with its fields")
    return value


def form(fields: Mapping[str, Any], encodings: Mapping[str, Encoding]) -> bytes:
    """``application/x-www-form-urlencoded``: arrays repeat the field, unless the document says."""
    pairs: list[str] = []
    for name, value in fields.items():
        how = encodings.get(name, _PLAIN)
        as_json = how.content_type.endswith("json") and not how.style
        one = json.dumps(value) if as_json else value
        nested = isinstance(one, dict) or (isinstance(one, list) and _has_objects(one))
        style = how.style or ("deepObject" if nested else "form")
        pairs += query_pairs(name, one, style, explode=how.explode, reserved=False)
    return "&".join(pairs).encode()


def _has_objects(value: list[Any]) -> bool:
    return any(isinstance(item, dict | list) for item in value)


def multipart(fields: Mapping[str, Any], encodings: Mapping[str, Encoding], boundary: str) -> bytes:
    """RFC 7578. A file is an object with ``base64`` or ``text``, perhaps a name and a type."""
    parts = []
    for name, value in fields.items():
        how = encodings.get(name, _PLAIN)
        repeated = isinstance(value, list) and not how.content_type.endswith("json")
        for item in value if repeated else [value]:
            parts.append(part(name, item, how, boundary))
    return b"".join(parts) + f"--{boundary}--\r\n".encode()


def part(name: str, value: Any, how: Encoding, boundary: str) -> bytes:
    """One part with its head."""
    content_type, filename = how.content_type, None
    if is_file(value):
        content = binary(value)
        filename = str(value.get("filename", name))
        content_type = value.get("content_type") or content_type or "application/octet-stream"
    elif isinstance(value, dict | list):
        content = json.dumps(value, ensure_ascii=False).encode()
        content_type = content_type or "application/json"
    else:
        content = text_of(value).encode()
    return part_head(name, filename, content_type, boundary) + content + b"\r\n"


def part_head(name: str, filename: str | None, content_type: str, boundary: str) -> bytes:
    """What stands before a part's content."""
    disposition = f'form-data; name="{_token(name)}"'
    if filename is not None:
        disposition += f'; filename="{_token(filename)}"'
    lines = [f"--{boundary}", f"Content-Disposition: {disposition}"]
    if content_type:
        lines.append(f"Content-Type: {content_type.replace(chr(13), '').replace(chr(10), '')}")
    return "\r\n".join([*lines, "", ""]).encode()


def _token(name: str) -> str:
    """A name as browsers write it into a part's head."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def is_file(value: Any) -> bool:
    """Whether an input is a file's content rather than a value."""
    return (
        isinstance(value, dict)
        and bool(value.keys() & {"base64", "text"})
        and not (value.keys() - {"base64", "text", "filename", "content_type"})
    )


def binary(value: Any) -> bytes:
    """Bytes: from a file's content, or from Base64.

    Raises:
        InvalidRequest: it is neither.
    """
    if is_file(value) and "text" in value:
        return str(value["text"]).encode()
    text = value.get("base64") if is_file(value) else value
    if not isinstance(text, str):
        raise InvalidRequest("the content is to be Base64, or an object with 'base64' or 'text'")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidRequest("the content is not Base64") from None


def xml(value: Any, schema: Schema, name: str = "") -> str:
    """XML by the schema's ``xml`` hints (OpenAPI 3.1, section 4.8.26)."""
    hints = schema.get("xml") or {}
    tag = str(hints.get("name") or name or "root")
    prefix = hints.get("prefix")
    full = f"{prefix}:{tag}" if prefix else tag
    space = hints.get("namespace")
    attributes = f" xmlns{f':{prefix}' if prefix else ''}={quoteattr(str(space))}" if space else ""
    if not isinstance(value, dict):
        return f"<{full}{attributes}>{escape(text_of(value))}</{full}>"
    inner = ""
    properties = schema.get("properties", {})
    for key, below in value.items():
        hint = properties.get(key, {})
        if (hint.get("xml") or {}).get("attribute"):
            named = (hint.get("xml") or {}).get("name") or key
            attributes += f" {named}={quoteattr(text_of(below))}"
        else:
            inner += "".join(_elements(key, below, hint))
    return f"<{full}{attributes}>{inner}</{full}>"


def _elements(key: str, value: Any, schema: Schema) -> Iterator[str]:
    if not isinstance(value, list):
        yield xml(value, schema, key)
        return
    items = schema.get("items") or {}
    hints = schema.get("xml") or {}
    outer = str(hints.get("name") or key)
    each = str((items.get("xml") or {}).get("name") or outer)
    parts = "".join(xml(item, items, each) for item in value)
    yield f"<{outer}>{parts}</{outer}>" if hints.get("wrapped") else parts
