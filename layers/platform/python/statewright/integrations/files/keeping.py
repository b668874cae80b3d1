"""The workspace's files: rows about objects, which S3's own events keep true.

Contents go straight to S3 and come straight from there. A row is made when an upload begins or a
step writes; what S3 has afterwards, whoever put it there, is settled by its "Object Created" event,
and by whoever looks before the event has come.
"""

from __future__ import annotations

import json
import mimetypes
import re
from datetime import timedelta
from typing import Any, BinaryIO

from statewright import world
from statewright.auth import audit
from statewright.aws import objects
from statewright.db import Session, load_queries, tenant
from statewright.errors import ConflictError, InvalidError, Issue, NotFoundError
from statewright.http.caller import Caller
from statewright.http.paging import Page, decode_cursor, encode_cursor
from statewright.ids import parse_id
from statewright.integrations.files import store
from statewright.integrations.files.models import (
    FileFolder,
    FileFolders,
    FileLink,
    FileUpload,
    NewFile,
    StoredFile,
    UploadRequest,
)
from statewright.settings import settings

LIFE = timedelta(hours=1)
"""How long an upload's URL works."""
ABANDONED = timedelta(days=1)
MAX_FOLDERS = 1_000
TRIGGERS = "uploads/"
"""What lies here starts workflows: it is uploaded through their triggers only."""
_KEY = re.compile(r"files/(?P<workspace>[0-9a-f-]{36})/(?P<name>.+)", re.DOTALL)
_TYPES = {
    "csv": "text/csv",
    "jsonl": "application/jsonl",
    "md": "text/markdown",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "webp": "image/webp",
    "zip": "application/zip",
}
_sql = load_queries(__package__, "files.sql")


def type_of(name: str) -> str:
    """The media type that a file's name stands for."""
    known = _TYPES.get(name.rpartition(".")[2].lower())
    return known or mimetypes.guess_type(name, strict=False)[0] or "application/octet-stream"


def writable_key(workspace_id: str, name: str) -> str:
    """The object of a name that may be written to.

    Raises:
        InvalidError: it is none.
    """
    key = store.key_of(workspace_id, name)
    if name.startswith(TRIGGERS):
        issue = Issue("/name", f"begins with {TRIGGERS}")
        raise InvalidError(f"What is below {TRIGGERS} comes through triggers only.", (issue,))
    return key


def begin(caller: Caller, new: NewFile) -> FileUpload:
    """A file to be, and where its content goes.

    Raises:
        InvalidError: the name is none.
        ConflictError: there is one of that name, or the workspace's files become too large.
    """
    key = writable_key(caller.workspace_id, new.name)
    kind, now = new.content_type or type_of(new.name), world.now()
    with tenant(caller.workspace_id) as session:
        session.run(_sql.forget_abandoned, before=now - ABANDONED)
        check_quota(session, new.name, new.size)
        there = _found(session, name=new.name)
        if there is not None and there.state == "stored" and not new.replace:
            raise ConflictError("There is a file of that name; 'replace' says that it may go.")
        by = f"{caller.kind}:{caller.user_id}"
        row = {"id": world.new_id(), "name": new.name, "content_type": kind, "size": new.size}
        session.run(_sql.begin_file, **row, made_by=by, now=now)
        file = _found(session, name=new.name)
    assert file is not None
    seconds = int(LIFE.total_seconds())
    request = UploadRequest(
        url=objects.presigned_put(key, new.size, kind, seconds),
        method="PUT",
        headers={"Content-Type": kind, "Content-Length": str(new.size)},
        expires_at=now + LIFE,
    )
    return FileUpload(file=file, upload=request)


def check_quota(session: Session, name: str, size: int) -> None:
    """Raises ConflictError if the workspace's files became too large with one of that size."""
    used = session.one(_sql.used_bytes, name=name)
    most = settings().files_quota
    if used is not None and used["used"] + size > most:
        raise ConflictError(f"The workspace's files may have {most:,} bytes together.")


def list_page(
    workspace_id: str,
    prefix: str,
    cursor: str | None,
    limit: int,
    *,
    deep: bool = True,
    contains: str = "",
) -> Page[StoredFile]:
    """Files whose names begin so, by name; those in folders below only if it goes ``deep``."""
    asked = {"prefix": prefix, "deep": deep, "contains": contains, "limit": limit + 1}
    after = None if cursor is None else decode_cursor(cursor, str)[0]
    with tenant(workspace_id) as session:
        rows = session.all(_sql.list_files, **asked, after=after)
    items = [_file(row) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].name) if len(rows) > limit else None)


def folders(workspace_id: str, prefix: str) -> FileFolders:
    """The folders below a beginning of names, and what all files of the workspace take."""
    with tenant(workspace_id) as session:
        found = session.all(_sql.list_file_folders, prefix=prefix, limit=MAX_FOLDERS)
        used = session.one(_sql.used_bytes, name="")
    assert used is not None
    below = [FileFolder.model_validate(row) for row in found]
    return FileFolders(folders=below, used=used["used"], quota=settings().files_quota)


def get(workspace_id: str, file_id: str) -> StoredFile:
    """A file. One whose content has just come is stored, even if S3's event is still on its way."""
    wanted = parse_id(file_id, "file")
    with tenant(workspace_id) as session:
        file = _required(session, wanted)
    if file.state == "stored":
        return file
    settle(workspace_id, file.name)
    with tenant(workspace_id) as session:
        return _required(session, wanted)


def link(caller: Caller, file_id: str, seconds: int) -> FileLink:
    """An address at which the content can be fetched; the audit log tells of it.

    Raises:
        ConflictError: there is no content yet.
    """
    file = get(caller.workspace_id, file_id)
    if file.state != "stored":
        raise ConflictError("The file has not been uploaded yet.")
    with tenant(caller.workspace_id) as session:
        audit.record(session, caller, "file.linked", f"file:{file.id}", name=file.name)
    return link_to(caller.workspace_id, file.name, seconds)


def link_to(workspace_id: str, name: str, seconds: int) -> FileLink:
    """The same for who has been let in already."""
    key = store.key_of(workspace_id, name)
    ends = world.now() + timedelta(seconds=seconds)
    url = objects.link(key, name.rpartition("/")[2], seconds)
    return FileLink(url=url, expires_at=ends)


def delete(workspace_id: str, file_id: str) -> None:
    """Removes a file with its content."""
    with tenant(workspace_id) as session:
        file = _required(session, parse_id(file_id, "file"))
        session.run(_sql.delete_file, id=file.id)
        objects.delete(store.key_of(workspace_id, file.name))


def take_event(text: str) -> None:
    """Settles what S3 tells of by its "Object Created" event, given as JSON text."""
    found = _KEY.fullmatch(json.loads(text)["detail"]["object"]["key"])
    if found is not None:
        settle(found["workspace"], found["name"])


def settle(workspace_id: str, name: str, made_by: str = "upload") -> None:
    """Makes the row of a name say what S3 has."""
    try:
        facts = objects.head(store.key_of(workspace_id, name))
    except NotFoundError:
        with tenant(workspace_id) as session:
            session.run(_sql.forget_file, name=name)
        return
    row: dict[str, Any] = {
        "id": world.new_id(),
        "name": name,
        "content_type": facts.content_type,
        "size": facts.size,
        "etag": facts.etag,
        "stored_at": facts.modified,
        "made_by": made_by,
    }
    with tenant(workspace_id) as session:
        session.run(_sql.settle_file, **row, now=world.now())


def required(workspace_id: str, name: str) -> StoredFile:
    """The file of a name, as S3 has it.

    Raises:
        NotFoundError: there is none.
    """
    store.key_of(workspace_id, name)
    with tenant(workspace_id) as session:
        file = _found(session, name=name)
    if file is None or file.state == "uploading":
        settle(workspace_id, name)
        with tenant(workspace_id) as session:
            file = _found(session, name=name)
    if file is None or file.state == "uploading":
        raise NotFoundError(f"There is no file {name[:200]}.")
    return file


# -- what steps do ------------------------------------------------------------------------------


def write(
    workspace_id: str, name: str, content: BinaryIO, made_by: str, *, replace: bool = True
) -> StoredFile:
    """Stores a file that a step makes. The same step may store it again.

    Raises:
        InvalidError: the name is none.
        ConflictError: there is one of that name, or the workspace's files become too large.
    """
    key = writable_key(workspace_id, name)
    size = content.seek(0, 2)
    content.seek(0)
    _check_writing(workspace_id, name, size, made_by, replace=replace)
    objects.put(key, content, type_of(name))
    settle(workspace_id, name, made_by)
    return required(workspace_id, name)


def _check_writing(workspace_id: str, name: str, size: int, made_by: str, *, replace: bool) -> None:
    with tenant(workspace_id) as session:
        check_quota(session, name, size)
        there = _found(session, name=name)
    if not replace and there is not None and there.state == "stored" and there.made_by != made_by:
        raise ConflictError(f"There is a file {name[:200]} already.")


def copy(workspace_id: str, name: str, to: str, made_by: str) -> StoredFile:
    """Stores a file under another name too."""
    source = required(workspace_id, name)
    key = writable_key(workspace_id, to)
    _check_writing(workspace_id, to, source.size, made_by, replace=True)
    objects.copy(store.key_of(workspace_id, name), key)
    settle(workspace_id, to, made_by)
    return required(workspace_id, to)


def delete_named(workspace_id: str, name: str) -> bool:
    """Removes a file by its name; says whether there was one."""
    key = store.key_of(workspace_id, name)
    with tenant(workspace_id) as session:
        file = _found(session, name=name)
        if file is None:
            return False
        session.run(_sql.delete_file, id=file.id)
        objects.delete(key)
    return True


def _found(
    session: Session, *, file_id: str | None = None, name: str | None = None
) -> StoredFile | None:
    row = session.one(_sql.find_file, id=file_id, name=name)
    return None if row is None else _file(row)


def _required(session: Session, file_id: str) -> StoredFile:
    file = _found(session, file_id=file_id)
    if file is None:
        raise NotFoundError("There is no such file.")
    return file


def _file(row: dict[str, Any]) -> StoredFile:
    state = "uploading" if row["etag"] is None else "stored"
    return StoredFile.model_validate({**row, "state": state})
