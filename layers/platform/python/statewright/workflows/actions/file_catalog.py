"""``file.*``: the workspace's files, read, written, converted, packed."""

from __future__ import annotations

from statewright.integrations.files.errors import ERRORS
from statewright.integrations.files.formats import READABLE, ROWS, WRITABLE
from statewright.workflows.actions.action import Action, Schema, object_schema

_FILE: Schema = {"type": "string", "minLength": 1, "maxLength": 500}
_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer"}
_ROWS: Schema = {"type": "array"}
_ENCODING: Schema = {
    "enum": [
        *["utf-8", "utf-16", "ascii", "iso-8859-1", "iso-8859-2", "iso-8859-15"],
        *["windows-1250", "windows-1251", "windows-1252", "cp437", "shift_jis", "euc_jp"],
        *["euc_kr", "gb18030", "big5"],
    ]
}
_CHAR: Schema = {"type": "string", "minLength": 1, "maxLength": 1}
_HOW: dict[str, Schema] = {
    "delimiter": _CHAR,
    "header": {"type": "boolean"},
    "encoding": _ENCODING,
    "sheet": _TEXT,
}
_COLUMNS: Schema = {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": 1000}
_REPLACE: Schema = {"type": "boolean"}
WRITTEN: dict[str, Schema] = {
    "file": _TEXT,
    "size": _COUNT,
    "content_type": _TEXT,
    "etag": _TEXT,
}


def _result(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties}


def _action(name: str, title: str, inputs: Schema, result: Schema) -> Action:
    operation = {"operation": name.removeprefix("file.")}
    return Action(name, title, "function", inputs, result, "use-file", ERRORS, operation)


ACTIONS = (
    _action(
        "file.read",
        "Read a file",
        object_schema(
            ["file"],
            file=_FILE,
            format={"enum": [*READABLE]},
            **_HOW,
            skip={"type": "integer", "minimum": 0},
            limit={"type": "integer", "minimum": 1, "maximum": 10_000},
            first_page={"type": "integer", "minimum": 1},
            last_page={"type": "integer", "minimum": 1},
        ),
        _result(
            format=_TEXT,
            rows=_ROWS,
            count=_COUNT,
            more={"type": "boolean"},
            data={},
            text=_TEXT,
            content=_TEXT,
            pages={"type": "array"},
            tables={"type": "array"},
            total_pages=_COUNT,
        ),
    ),
    _action(
        "file.write",
        "Write a file",
        object_schema(
            ["file"],
            file=_FILE,
            format={"enum": [*WRITABLE]},
            rows=_ROWS,
            data={},
            text=_TEXT,
            content=_TEXT,
            columns=_COLUMNS,
            delimiter=_CHAR,
            encoding=_ENCODING,
            sheet=_TEXT,
            replace=_REPLACE,
        ),
        _result(**WRITTEN),
    ),
    _action(
        "file.convert",
        "Convert a file's rows",
        object_schema(
            ["file", "to"],
            file=_FILE,
            to=_FILE,
            format={"enum": [*ROWS]},
            into={"enum": [*ROWS]},
            **_HOW,
            columns=_COLUMNS,
            replace=_REPLACE,
        ),
        _result(**WRITTEN, count=_COUNT),
    ),
    _action(
        "file.image",
        "Look at an image, or change its size and format",
        object_schema(
            ["file"],
            file=_FILE,
            to=_FILE,
            width={"type": "integer", "minimum": 1, "maximum": 20_000},
            height={"type": "integer", "minimum": 1, "maximum": 20_000},
            fit={"enum": ["contain", "cover", "stretch"]},
            format={"enum": ["png", "jpeg", "gif", "webp", "bmp", "tiff"]},
            quality={"type": "integer", "minimum": 1, "maximum": 100},
            replace=_REPLACE,
        ),
        _result(**WRITTEN, format=_TEXT, width=_COUNT, height=_COUNT, mode=_TEXT, frames=_COUNT),
    ),
    _action(
        "file.zip",
        "Pack files into a ZIP archive",
        object_schema(
            ["files", "to"],
            files={"type": "array", "items": _FILE, "minItems": 1, "maxItems": 1000},
            to=_FILE,
            strip=_TEXT,
            replace=_REPLACE,
        ),
        _result(**WRITTEN, count=_COUNT),
    ),
    _action(
        "file.unzip",
        "Unpack a ZIP archive, or see what is in it",
        object_schema(["file"], file=_FILE, into=_FILE, replace=_REPLACE),
        _result(files={"type": "array", "items": {"type": "object"}}),
    ),
    _action(
        "file.copy",
        "Copy a file",
        object_schema(["file", "to"], file=_FILE, to=_FILE),
        _result(**WRITTEN),
    ),
    _action(
        "file.list",
        "List files",
        object_schema(
            [],
            prefix=_TEXT,
            after=_TEXT,
            limit={"type": "integer", "minimum": 1, "maximum": 1000},
        ),
        _result(files={"type": "array", "items": _result(**WRITTEN)}, next=_TEXT),
    ),
    _action(
        "file.delete",
        "Delete a file",
        object_schema(["file"], file=_FILE),
        _result(deleted={"type": "boolean"}),
    ),
    _action(
        "file.link",
        "Make a link to a file",
        object_schema(
            ["file"], file=_FILE, seconds={"type": "integer", "minimum": 10, "maximum": 604_800}
        ),
        _result(url=_TEXT, expires_at=_TEXT),
    ),
)
