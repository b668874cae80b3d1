"""DOCX: the text, and its tables, in their order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import docx
from docx.table import Table

from statewright.integrations.files.documents import bounds


def read(job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The whole text: a line for each paragraph, and a row of a table with tabs between cells."""
    bounds.check_office(job["file"], "word/document.xml")
    document = docx.Document(job["file"])
    lines: list[str] = []
    tables: list[list[list[str]]] = []
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            rows = [[cell.text for cell in row.cells] for row in block.rows]
            tables.append(rows)
            lines += ["\t".join(row) for row in rows]
        else:
            lines.append(block.text)
    yield {"text": "\n".join(lines), "tables": tables}
