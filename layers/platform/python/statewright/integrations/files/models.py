"""The public shapes of files."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from statewright.integrations.connection_kinds import Strict
from statewright.integrations.files.store import MAX_NAME

MAX_SIZE = 5 * 1024**3
"""What S3 takes in one request."""
DAY = 86_400
ContentType = Annotated[str, Field(pattern=r"^[\w.+-]+/[\w.+-]+$", max_length=100)]


class NewFile(Strict):
    """A file that is about to be uploaded.

    Without ``content_type``, its name says what it is; with ``replace``, there may be one of its
    name already.
    """

    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
    size: Annotated[int, Field(ge=0, le=MAX_SIZE)]
    content_type: ContentType | None = None
    replace: bool = False


class StoredFile(BaseModel):
    """A file. While it is ``uploading``, size and type are those that were announced.

    ``made_by`` is ``user:<id>``, ``service_account:<id>``, ``upload`` (by a trigger's link, or from
    elsewhere), or the execution and step that wrote it.
    """

    id: str
    name: str
    content_type: str
    size: int
    state: Literal["uploading", "stored"]
    etag: str | None
    made_by: str
    created_at: datetime
    updated_at: datetime


class UploadRequest(BaseModel):
    """Where to send a file's content: one request of this method with these headers."""

    url: str
    method: Literal["PUT"]
    headers: dict[str, str]
    expires_at: datetime


class FileUpload(BaseModel):
    """A file that waits for its content."""

    file: StoredFile
    upload: UploadRequest


class NewFileLink(Strict):
    """An address for whoever has it."""

    seconds: Annotated[int, Field(ge=10, le=7 * DAY)] = 300


class FileLink(BaseModel):
    """An address at which the content can be fetched for a while, without signing in."""

    url: str
    expires_at: datetime


class FileFolder(BaseModel):
    """What several files' names have in common, up to a slash."""

    name: str
    files: int
    size: int
    updated_at: datetime


class FileFolders(BaseModel):
    """Folders below one, and how many bytes of its ``quota`` the whole workspace uses."""

    folders: list[FileFolder]
    used: int
    quota: int


class FilePreview(BaseModel):
    """How a file begins. ``none`` where nothing of it can be shown: ``why`` says so."""

    kind: Literal["rows", "text", "none"]
    columns: list[str] = []
    rows: list[dict[str, Any]] = []
    text: str = ""
    more: bool = False
    why: str | None = None
