"""Bodies of webhooks that are neither JSON nor a form's fields: text, multipart forms, bytes."""

from __future__ import annotations

import re
from base64 import b64encode
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from statewright.errors import MalformedError

_TEXTS = ("text/", "application/xml", "application/yaml", "application/x-yaml")
_MULTIPART = "multipart/form-data"
MOST_PARTS = 200
MOST_OF_HEAD = 2_000
"""Characters of a media type, and bytes of a part's headers."""


def read(raw: bytes, content_type: str) -> Any:
    """A multipart form as an object of its fields; text and XML as text; the rest as
    :func:`packed`, unless it is text in UTF-8.

    Raises:
        MalformedError: it is not what its media type says.
    """
    head = _head(content_type)
    kind = head.get_content_type()
    if kind == _MULTIPART:
        return _fields(raw, content_type)
    charset = head.get_content_charset() or "utf-8"
    if kind.startswith(_TEXTS) or kind.endswith("+xml"):
        return _text(raw, charset)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return packed(raw, kind)


def packed(raw: bytes, content_type: str, name: str | None = None) -> dict[str, Any]:
    """Bytes as data of an execution: Base64, with their type, size and, for a file, name."""
    found = {"content_type": content_type, "size": len(raw), "base64": b64encode(raw).decode()}
    return found if name is None else {"name": name, **found}


def _head(content_type: str) -> EmailMessage:
    if len(content_type) > MOST_OF_HEAD:
        raise MalformedError("The media type is too long.")
    head = EmailMessage()
    line = "".join(character for character in content_type if character.isprintable())
    head["Content-Type"] = line or "application/octet-stream"
    return head


def _text(raw: bytes, charset: str) -> str:
    try:
        return raw.decode(charset)
    except (UnicodeDecodeError, LookupError):
        raise MalformedError(f"The body is not text in {charset[:40]}.") from None


def _fields(raw: bytes, content_type: str) -> dict[str, Any]:
    """A form's fields as texts and its files as objects; fields of one name are a list."""
    _refuse_costly(raw, str(_head(content_type).get_param("boundary", "")).encode())
    line = "".join(character for character in content_type if character.isprintable())
    head = f"Content-Type: {line}\r\n\r\n".encode("latin-1", "replace")
    form = BytesParser(policy=policy.HTTP).parsebytes(head + raw)
    if not form.is_multipart() or form.defects:
        raise MalformedError("The body is not the multipart form that its type says.")
    found: dict[str, list[Any]] = {}
    for number, part in enumerate(form.iter_parts()):
        name = part.get_param("name", header="content-disposition")
        if not isinstance(name, str) or number >= MOST_PARTS:
            detail = f"A form has fields with names, {MOST_PARTS} at the most."
            raise MalformedError(detail)
        found.setdefault(name, []).append(_value(part))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _refuse_costly(raw: bytes, boundary: bytes) -> None:
    """Python's parser takes seconds for thousands of parts, or for long headers; strangers may send
    either, so they are counted first."""
    line = rb"(?:\A|[\r\n])--" + re.escape(boundary)
    parts = re.split(line, raw, maxsplit=MOST_PARTS + 2) if boundary else []
    if not 2 <= len(parts) <= MOST_PARTS + 2:
        raise MalformedError(f"A form has from one to {MOST_PARTS} fields, and a boundary.")
    for part in parts[1:]:
        if part.startswith(b"--"):  # what comes after the last
            continue
        head = re.split(rb"\r?\n\r?\n", part[: MOST_OF_HEAD + 4], maxsplit=1)
        if len(head) == 1:
            raise MalformedError(f"A field's headers have {MOST_OF_HEAD:,} bytes at the most.")
        if b"multipart/" in head[0].lower():
            raise MalformedError("A field of the form is itself made of parts.")


def _value(part: Any) -> Any:
    content = part.get_payload(decode=True)
    if content is None:  # a form within the form
        raise MalformedError("A field of the form is itself made of parts.")
    file = part.get_filename()
    if file is not None:
        return packed(content, part.get_content_type(), file)
    return _text(content, part.get_content_charset() or "utf-8")
