"""How a file begins, for people to look at: some rows, or some text."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from statewright.aws import objects
from statewright.errors import ConflictError, InvalidError
from statewright.integrations.files import keeping, reading, rows, store
from statewright.integrations.files.errors import FileError, FileInvalidError
from statewright.integrations.files.formats import READABLE, format_of
from statewright.integrations.files.models import FilePreview

MAX_ROWS = 100
MAX_CELLS = 200_000
"""Characters of all shown rows together."""
MAX_TEXT = 50_000


def preview(workspace_id: str, file_id: str) -> FilePreview:
    """What can be shown of a file.

    Raises:
        NotFoundError: there is none.
        ConflictError: there is no content yet.
    """
    file = keeping.get(workspace_id, file_id)
    if file.state != "stored":
        raise ConflictError("The file has not been uploaded yet.")
    try:
        return _shown(workspace_id, file.name)
    except (FileError, InvalidError, ConflictError) as error:
        return FilePreview(kind="none", why=str(error))


def _shown(workspace_id: str, name: str) -> FilePreview:
    try:
        kind = format_of(name, None, READABLE)
    except FileInvalidError:
        return FilePreview(kind="none")
    match kind:
        case "csv" | "xlsx" | "jsonl":
            with rows.opened(workspace_id, {"file": name}) as found:
                return _rows(found)
        case "pdf" | "docx":
            return _text(_words(reading.read(workspace_id, {"file": name, "last_page": 3})))
    return _text(_beginning(workspace_id, name))


def _rows(found: Iterator[Any]) -> FilePreview:
    kept: list[dict[str, Any]] = []
    columns: dict[str, None] = {}
    size = 0
    for row in islice(found, MAX_ROWS):
        values = row if isinstance(row, dict) else {"value": row}
        size += len(json.dumps(values))
        if size > MAX_CELLS:
            return FilePreview(kind="rows", columns=list(columns), rows=kept, more=True)
        kept.append(values)
        columns |= dict.fromkeys(values)
    more = next(found, None) is not None
    return FilePreview(kind="rows", columns=list(columns), rows=kept, more=more)


def _words(document: dict[str, Any]) -> str:
    if "pages" in document:
        return "\n\n".join(page["text"] for page in document["pages"])
    return str(document["text"])


def _text(text: str) -> FilePreview:
    return FilePreview(kind="text", text=text[:MAX_TEXT], more=len(text) > MAX_TEXT)


def _beginning(workspace_id: str, name: str) -> str:
    """So much of a text that one sees whether there is more of it."""
    with objects.reading(store.key_of(workspace_id, name)) as (_, body):
        content = body.read(4 * MAX_TEXT + 4)
    # The last character may be cut in two: what is left of it is not decoded.
    text = codecs.getincrementaldecoder("utf-8-sig")("replace").decode(content)
    if "\x00" in text:
        raise FileInvalidError("the content is no text")
    return text
