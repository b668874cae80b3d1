"""``file.read``: what is in a file, as far as an execution can hold it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from contextlib import closing
from itertools import islice
from typing import Any

from statewright.integrations.data import xml
from statewright.integrations.data.errors import DataError
from statewright.integrations.files import rows, store
from statewright.integrations.files.documents import confined
from statewright.integrations.files.errors import FileInvalidError, FileTooLargeError
from statewright.integrations.files.formats import READABLE, format_of

MAX_RESULT = 200_000
"""The most bytes of a result: a state's data may have 256 KiB in all."""
MAX_ROWS = 10_000


def read(workspace_id: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """A file's rows, data or text.

    Raises:
        FileError: under the name of what went wrong.
    """
    kind = format_of(inputs["file"], inputs.get("format"), READABLE)
    match kind:
        case "csv" | "xlsx" | "jsonl":
            return {"format": kind, **_rows(workspace_id, inputs)}
        case "json":
            return _json(workspace_id, inputs)
        case "pdf" | "docx":
            return {"format": kind, **_document(workspace_id, kind, inputs)}
    return {"format": kind, **_whole(kind, rows.whole(workspace_id, inputs["file"]), inputs)}


def fitting(result: dict[str, Any]) -> dict[str, Any]:
    """A result that an execution can hold.

    Raises:
        FileTooLargeError: it is none.
    """
    size = len(json.dumps(result, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    if size > MAX_RESULT:
        raise FileTooLargeError(f"the result has {size:,} bytes, more than {MAX_RESULT:,}")
    return result


def _json(workspace_id: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Data as it is; with ``skip`` or ``limit``, a part of a list."""
    if inputs.get("skip") or inputs.get("limit"):
        return {"format": "json", **_rows(workspace_id, inputs)}
    data = rows.loaded(rows.whole(workspace_id, inputs["file"]))
    return {"format": "json", "data": data}


def _rows(workspace_id: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    skip = int(inputs.get("skip") or 0)
    limit = min(int(inputs.get("limit") or 1000), MAX_ROWS)
    found: list[Any] = []
    size = 0
    with rows.opened(workspace_id, inputs) as all_rows:
        for row in islice(all_rows, skip, skip + limit):
            found.append(row)
            size += len(json.dumps(row, ensure_ascii=False))
            if size > MAX_RESULT:
                detail = f"these rows have more than {MAX_RESULT:,} bytes: ask for fewer"
                raise FileTooLargeError(detail)
        more = next(all_rows, None) is not None
    return {"rows": found, "count": len(found), "more": more}


def _whole(kind: str, content: bytes, inputs: Mapping[str, Any]) -> dict[str, Any]:
    match kind:
        case "base64":
            return {"content": b64encode(content).decode()}
        case "xml":
            try:
                return {"data": xml.parse(content)}
            except DataError as error:
                raise FileInvalidError(str(error)) from None
    encoding = inputs.get("encoding") or "utf-8"
    try:
        return {"text": content.decode("utf-8-sig" if encoding == "utf-8" else encoding)}
    except UnicodeDecodeError:
        raise FileInvalidError(f"the file is not in {encoding}: give its 'encoding'") from None


def _document(workspace_id: str, kind: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    with store.local_copy(workspace_id, inputs["file"], rows.MAX_DOCUMENT) as (copy, _):
        job = {"do": kind, "file": str(copy), "tables": True}
        if kind == "docx":
            return confined.only(job)
        first, last = inputs.get("first_page"), inputs.get("last_page")
        return _pages({**job, "first": first, "last": last})


def _pages(job: dict[str, Any]) -> dict[str, Any]:
    with closing(confined.pieces(job)) as found:
        total = next(found)["pages"]
        pages = list(found)
    tables = [{"page": p["page"], "rows": t} for p in pages for t in p["tables"]]
    shown = [{"page": p["page"], "text": p["text"]} for p in pages]
    return {"pages": shown, "tables": tables, "total_pages": total}
