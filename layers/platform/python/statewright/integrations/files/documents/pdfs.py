"""PDF: the text and the tables of pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect

from statewright.integrations.files.documents import bounds

MAX_PAGES = 500


def read(job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Page by page: its number, text, and tables as lists of rows."""
    first, last = job.get("first") or 1, job.get("last")
    try:
        document = pdfplumber.open(job["file"])
    except Exception as error:
        if "PDFPasswordIncorrect" in repr(error) or isinstance(error, PDFPasswordIncorrect):
            raise bounds.WrongError("the document is encrypted") from None
        raise
    total = len(document.pages)
    last = min(total, last or total)
    if last - first >= MAX_PAGES:
        raise bounds.TooMuchError(f"more than {MAX_PAGES} pages: ask for some of them")
    yield {"pages": total}
    for number in range(first, last + 1):
        page = document.pages[number - 1]
        tables = page.extract_tables() if job.get("tables") else []
        yield {"page": number, "text": page.extract_text() or "", "tables": tables}
        page.close()
