"""A workspace's files by name: ``files/<workspace>/<name>`` in the bucket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import BinaryIO

from statewright.aws import objects
from statewright.errors import InvalidError, Issue

MAX_NAME = 500
_NAME = re.compile(r"[^\x00-\x1f\x7f\\]+")


def key_of(workspace_id: str, name: str) -> str:
    """The object of a file's name.

    Raises:
        InvalidError: the name leads somewhere else, or is none.
    """
    parts = PurePosixPath(name).parts
    wrong = not parts or name.startswith("/") or ".." in parts or not _NAME.fullmatch(name)
    if wrong or len(name) > MAX_NAME or "//" in name or name.endswith("/"):
        raise InvalidError("This is no name of a file.", (Issue("/name", "is no relative path"),))
    return f"files/{workspace_id}/{name}"


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
