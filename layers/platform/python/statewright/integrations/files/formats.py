"""Which format a file is in: said, or by its name."""

from __future__ import annotations

from statewright.integrations.files.errors import FileInvalidError

ROWS = ("csv", "xlsx", "jsonl", "json")
STREAMED = ("csv", "jsonl", "json")
READABLE = (*ROWS, "xml", "pdf", "docx", "text", "base64")
WRITABLE = (*ROWS, "xml", "text", "base64")
_BY_NAME = {
    "csv": "csv",
    "tsv": "csv",
    "xlsx": "xlsx",
    "xlsm": "xlsx",
    "json": "json",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "xml": "xml",
    "pdf": "pdf",
    "docx": "docx",
    "txt": "text",
    "md": "text",
    "html": "text",
    "htm": "text",
    "log": "text",
    "yaml": "text",
    "yml": "text",
}


def format_of(name: str, given: str | None, known: tuple[str, ...]) -> str:
    """The format of a file.

    Raises:
        FileInvalidError: nobody says it, or it is none of those that are known here.
    """
    found = given or _BY_NAME.get(name.rpartition(".")[2].lower())
    if found is None:
        raise FileInvalidError(f"the name does not say the format of {name[:100]}: give 'format'")
    if found not in known:
        raise FileInvalidError(f"the format {found[:20]} is none of {', '.join(known)}")
    return found


def delimiter_of(name: str, given: str | None) -> str:
    """What stands between the cells of a CSV file."""
    found = given or ("\t" if name.lower().endswith(".tsv") else ",")
    if len(found) != 1 or found in '"\r\n':
        raise FileInvalidError("the delimiter is one character")
    return found
