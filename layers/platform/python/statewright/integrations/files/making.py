"""Steps that make files: written, converted, resized, packed, unpacked, copied."""

from __future__ import annotations

import json
import zipfile
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any, BinaryIO

from statewright.aws import objects
from statewright.integrations.data import xml
from statewright.integrations.data.errors import DataError
from statewright.integrations.files import keeping, rows, store, writing
from statewright.integrations.files.documents import confined
from statewright.integrations.files.errors import FileInvalidError, FileTooLargeError
from statewright.integrations.files.formats import ROWS, WRITABLE, format_of
from statewright.integrations.files.models import StoredFile
from statewright.integrations.files.writing import Bounded

MAX_MADE = 2_000_000_000
MAX_IMAGE = 100_000_000
MAX_UNZIPPED = 1_000
"""Files that one step unpacks at the most."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that a step has made, as the workflow sees it."""

    file: str
    size: int
    content_type: str
    etag: str | None

    @classmethod
    def of(cls, file: StoredFile) -> Written:
        """What a workflow sees of a file."""
        return cls(file.name, file.size, file.content_type, file.etag)

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def kept(
    workspace_id: str, key: str, inputs: Mapping[str, Any], name: str, content: BinaryIO
) -> dict[str, Any]:
    """Stores what a step has made: the file, as the workflow sees it."""
    replace = inputs.get("replace", True)
    file = keeping.write(workspace_id, name, content, key, replace=replace)
    return Written.of(file).shown()


def write(workspace_id: str, key: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """Rows, data, a text or Base64 as a file."""
    kind = format_of(inputs["file"], inputs.get("format"), WRITABLE)
    with TemporaryFile() as target:
        bounded = Bounded(target, MAX_MADE)
        if kind in ROWS and inputs.get("rows") is not None:
            writing.write(kind, iter(inputs["rows"]), bounded, inputs)
        else:
            bounded.write(_content(kind, inputs))
        target.seek(0)
        return kept(workspace_id, key, inputs, inputs["file"], target)


def _content(kind: str, inputs: Mapping[str, Any]) -> bytes:
    try:
        if kind == "base64":
            return b64decode(inputs["content"], validate=True)
        if kind == "json" and "data" in inputs:
            return json.dumps(inputs["data"], ensure_ascii=False).encode("utf-8", "replace")
        if kind == "xml" and "data" in inputs:
            return xml.write(inputs["data"]).encode()
        return str(inputs["text"]).encode(inputs.get("encoding") or "utf-8")
    except KeyError as error:
        raise FileInvalidError(f"the format {kind} needs {error}") from None
    except Base64Error as error:
        raise FileInvalidError(f"the content is no Base64: {error}") from None
    except (DataError, UnicodeEncodeError) as error:
        raise FileInvalidError(str(error)) from None


def convert(workspace_id: str, key: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """The rows of a file in another format, however many there are."""
    kind = format_of(inputs["to"], inputs.get("into"), ROWS)
    with TemporaryFile() as target:
        with rows.opened(workspace_id, inputs) as found:
            count = writing.write(kind, found, Bounded(target, MAX_MADE), inputs)
        target.seek(0)
        return {**kept(workspace_id, key, inputs, inputs["to"], target), "count": count}


def image(workspace_id: str, key: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """What an image is; with ``to``, another size or format of it as a file."""
    name, to = inputs["file"], inputs.get("to")
    with (
        store.local_copy(workspace_id, name, MAX_IMAGE) as (copy, _),
        TemporaryDirectory(prefix="image-") as folder,
    ):
        target = Path(folder) / "image"
        job = {name: inputs.get(name) for name in ("width", "height", "fit", "quality")}
        job |= {"do": "image", "file": str(copy), "written": MAX_IMAGE}
        if to is None:
            return confined.only(job)
        facts = confined.only({**job, "to": str(target), "format": _image_format(to, inputs)})
        with target.open("rb") as content:
            return {**facts, **kept(workspace_id, key, inputs, to, content)}


def _image_format(name: str, inputs: Mapping[str, Any]) -> str:
    ending = name.rpartition(".")[2].lower()
    found = inputs.get("format") or {"jpg": "jpeg", "tif": "tiff"}.get(ending, ending)
    if found not in {"png", "jpeg", "gif", "webp", "bmp", "tiff"}:
        raise FileInvalidError(f"the name does not say the format of {name[:100]}: give 'format'")
    return str(found)


def pack(workspace_id: str, key: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """Files in a ZIP archive, under their names without what they have in common."""
    names = list(dict.fromkeys(inputs["files"]))
    begin = len(inputs.get("strip") or "")
    with TemporaryFile() as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in names:
                _packed(workspace_id, archive, name, name[begin:])
                if target.tell() > MAX_MADE:
                    raise FileTooLargeError("the archive would become larger than it may")
        target.seek(0)
        return {**kept(workspace_id, key, inputs, inputs["to"], target), "count": len(names)}


def _packed(workspace_id: str, archive: zipfile.ZipFile, name: str, shown: str) -> None:
    with (
        objects.reading(store.key_of(workspace_id, name)) as (_, body),
        archive.open(shown, "w", force_zip64=True) as entry,
    ):
        while piece := body.read(rows.PIECE):
            entry.write(piece)


def unpack(workspace_id: str, key: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """The files of a ZIP archive below a folder; without one, their names and sizes."""
    into = inputs.get("into")
    with (
        store.local_copy(workspace_id, inputs["file"], rows.MAX_DOCUMENT) as (copy, _),
        TemporaryDirectory(prefix="unzip-") as folder,
    ):
        job: dict[str, Any] = {"do": "unzip", "file": str(copy), "written": MAX_MADE // 2}
        if into is None:
            with closing(confined.pieces(job)) as found:
                return {"files": list(found)}
        made: list[dict[str, Any]] = []
        with closing(confined.pieces({**job, "into": folder})) as found:
            for entry in found:
                if len(made) == MAX_UNZIPPED:
                    raise FileTooLargeError(f"the archive has more than {MAX_UNZIPPED:,} files")
                name = f"{into.rstrip('/')}/{entry['name']}"
                unpacked = Path(entry["path"])
                with unpacked.open("rb") as content:
                    made.append(kept(workspace_id, key, inputs, name, content))
                unpacked.unlink()
        return {"files": made}


def copy(workspace_id: str, key: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """A file under another name too."""
    file = keeping.copy(workspace_id, inputs["file"], inputs["to"], key)
    return Written.of(file).shown()
