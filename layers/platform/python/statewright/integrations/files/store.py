"""A workspace's files by name: ``files/<workspace>/<name>`` in the bucket."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from statewright.aws import objects
from statewright.errors import InvalidError, Issue

MAX_NAME = 500
MAX_BYTES = 900
"""S3's keys have at most 1,024 bytes, and a workspace's begin with 43 of ours."""
_NAME = re.compile(r"[^\x00-\x1f\x7f\\]+")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""What cannot be seen, turns the direction of writing, or is half of a character."""


def key_of(workspace_id: str, name: str) -> str:
    """The object of a file's name.

    Raises:
        InvalidError: the name leads somewhere else, or is none.
    """
    why = _wrong(name)
    if why:
        raise InvalidError(f"This is no name of a file: it {why}.", (Issue("/name", why),))
    return f"files/{workspace_id}/{name}"


def _wrong(name: str) -> str | None:
    """Why a text is no file's name."""
    parts = name.split("/")
    if not name or any(part in {"", ".", ".."} for part in parts):
        return "is no relative path"
    if not _NAME.fullmatch(name) or any(unicodedata.category(c) in _HIDDEN for c in name):
        return "has characters that cannot be seen, or a backslash"
    if any(part != part.strip() for part in parts):
        return "has a part that begins or ends with a space"
    if len(name) > MAX_NAME or len(name.encode()) > MAX_BYTES:
        return f"is longer than {MAX_NAME} characters or {MAX_BYTES} bytes"
    return None


@contextmanager
def local_copy(workspace_id: str, name: str, most: int) -> Iterator[tuple[Path, str]]:
    """A file on this machine, for as long as it is needed, with its ETag.

    Raises:
        NotFoundError: there is none.
        ConflictError: it has more bytes.
    """
    with TemporaryDirectory(prefix="file-") as folder:
        target = Path(folder) / "content"
        with target.open("wb") as handle:
            etag = objects.download(key_of(workspace_id, name), handle, most)
        yield target, etag


def put(
    workspace_id: str,
    name: str,
    content: bytes | BinaryIO,
    content_type: str,
    if_match: str | None = None,
) -> str:
    """Stores a file; returns its ETag."""
    return objects.put(key_of(workspace_id, name), content, content_type, if_match)
