"""ZIP: entries unpacked one by one into numbered files, whatever they are called."""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from statewright.integrations.files.documents import bounds


def read(job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Names, sizes and, with a folder ``into``, the files that the contents are in.

    Nothing is unpacked of an archive that has a name that leads out of it, or a link.
    """
    with bounds.opened(job["file"], job["written"] or bounds.MAX_UNPACKED) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        for entry in entries:
            _check(entry)
        for number, entry in enumerate(entries):
            facts = {"name": entry.filename, "size": entry.file_size}
            if job.get("into"):
                facts["path"] = _unpacked(archive, entry, os.path.join(job["into"], str(number)))
            yield facts


def _check(entry: zipfile.ZipInfo) -> None:
    parts = entry.filename.replace("\\", "/").split("/")
    if entry.filename.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
        raise bounds.WrongError(f"the entry '{entry.filename[:100]}' leads out of the archive")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise bounds.WrongError(f"the entry '{entry.filename[:100]}' is a link")


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: str) -> str:
    try:
        with archive.open(entry) as source, open(target, "wb") as sink:
            shutil.copyfileobj(source, sink, 1_048_576)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise bounds.WrongError(f"the entry '{entry.filename[:100]}' is broken: {error}") from None
    return target
