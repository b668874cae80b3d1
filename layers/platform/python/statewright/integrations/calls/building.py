"""A step's inputs to a request: its query and its body, in whatever form."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, Protocol
from urllib.parse import quote

from statewright.integrations.connectors import bodies
from statewright.integrations.connectors.model import Encoding
from statewright.integrations.connectors.writing import text_of
from statewright.integrations.failures import InvalidRequest
from statewright.integrations.messages import Request, Source

_PLAIN = Encoding()
_FORM = "application/x-www-form-urlencoded"


class Files(Protocol):
    """The workspace's files, to those who send them or keep answers in them."""

    def content(self, name: str) -> tuple[bytes | Source, str]:
        """A file's content and its media type."""

    def keep(self, name: str, content: BinaryIO) -> dict[str, Any]:
        """Stores a file; returns what a workflow sees of it."""


def request_of(inputs: Mapping[str, Any], key: str, files: Files | None = None) -> Request:
    """The request that a step makes.

    Args:
        key: sent as ``Idempotency-Key`` with requests that change something, so that a server
            that knows the header acts once however often the step runs.

    Raises:
        InvalidRequest: an input cannot be written so.
    """
    method = inputs.get("method", "GET")
    headers = {
        name.lower(): text_of(value) for name, value in (inputs.get("headers") or {}).items()
    }
    if method not in {"GET", "HEAD"}:
        headers.setdefault("idempotency-key", key)
    content = _content(inputs, headers, key, files)
    url = _with_query(inputs["url"], inputs.get("query") or {}, inputs.get("arrays") or "repeat")
    return Request(method, url, tuple(headers.items()), content)


# -- query --------------------------------------------------------------------------------------


def _with_query(url: str, query: Mapping[str, Any], arrays: str) -> str:
    pairs = "&".join(pair for name, value in query.items() for pair in _pairs(name, value, arrays))
    if not pairs:
        return url
    address, mark, fragment = url.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{pairs}{mark}{fragment}"


def _pairs(name: str, value: Any, arrays: str) -> Iterator[str]:
    """``name=value``, as often as there are values; nothing for null."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _pairs(f"{name}[{key}]", inner, arrays)
    elif isinstance(value, list) and arrays == "comma":
        yield f"{quote(name, safe='[]')}={','.join(quote(text_of(v), safe='') for v in value)}"
    elif isinstance(value, list):
        for item in value:
            yield from _pairs(f"{name}[]" if arrays == "brackets" else name, item, arrays)
    elif value is not None:
        yield f"{quote(name, safe='[]')}={quote(text_of(value), safe='')}"


# -- body ---------------------------------------------------------------------------------------


def _content(
    inputs: Mapping[str, Any], headers: dict[str, str], key: str, files: Files | None
) -> bytes | Source:
    body = inputs.get("body")
    if body is None:
        return b""
    kind = inputs.get("body_type") or ("text" if isinstance(body, str) else "json")
    content, media_type = _written(kind, body, key, files)
    if kind == "multipart":
        headers["content-type"] = media_type  # it names the boundary
    headers.setdefault("content-type", media_type)
    return content


def _written(kind: str, body: Any, key: str, files: Files | None) -> tuple[bytes | Source, str]:
    match kind:
        case "json":
            return json.dumps(body, ensure_ascii=False).encode(), "application/json"
        case "form":
            return bodies.form(_fields(body), {}), _FORM
        case "multipart":
            boundary = re.sub(r"[^A-Za-z0-9]+", "-", f"part-{key}")[-60:]
            parts = [*_parts(_fields(body), boundary, files), f"--{boundary}--\r\n".encode()]
            return joined(parts), f"multipart/form-data; boundary={boundary}"
        case "text":
            return text_of(body).encode(), "text/plain; charset=utf-8"
    if _is_stored(body):
        return _stored(body, files)
    return bodies.binary(body), "application/octet-stream"


def _fields(body: Any) -> Mapping[str, Any]:
    if not isinstance(body, dict):
        raise InvalidRequest("the body is to be an object with its fields")
    return body


def _parts(
    fields: Mapping[str, Any], boundary: str, files: Files | None
) -> Iterator[bytes | Source]:
    for name, value in fields.items():
        for item in value if isinstance(value, list) else [value]:
            if not _is_stored(item):
                yield bodies.part(name, item, _PLAIN, boundary)
                continue
            content, media_type = _stored(item, files)
            filename = item.get("filename") or item["file"].rpartition("/")[2]
            kind = item.get("content_type") or media_type
            yield bodies.part_head(name, filename, kind, boundary)
            yield content
            yield b"\r\n"


def _is_stored(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("file"), str)
        and not value.keys() - {"file", "filename", "content_type"}
    )


def _stored(value: Mapping[str, Any], files: Files | None) -> tuple[bytes | Source, str]:
    if files is None:
        raise InvalidRequest("there are no stored files here")
    return files.content(value["file"])


def joined(parts: list[bytes | Source]) -> bytes | Source:
    """Parts one after the other: bytes, unless one of them is to be read when it is sent."""
    if all(isinstance(part, bytes) for part in parts):
        return b"".join(part for part in parts if isinstance(part, bytes))

    def opened() -> Iterator[bytes]:
        for part in parts:
            if isinstance(part, bytes):
                yield part
            else:
                yield from part.open()

    return Source(sum(len(part) for part in parts), opened)


Authorize = Callable[[Request], Request]
"""Puts a connection's credential on a request: the last thing before it is sent."""
