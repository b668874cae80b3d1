"""Texts: HTML, Markdown, CSV, signatures."""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
from base64 import b64encode
from typing import Any
from urllib.parse import urljoin

from statewright.integrations.data.errors import DataInvalidError


def html_to(html: str, to: str) -> Any:
    """HTML as text, as Markdown, or the links in it."""
    match to:
        case "markdown":
            from markdownify import markdownify

            return str(markdownify(_without_scripts(html), heading_style="ATX")).strip()
        case "links":
            return _links(html)
    import inscriptis

    return str(inscriptis.get_text(html)).strip()


def _without_scripts(html: str) -> str:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "lxml")
    for element in soup(["script", "style", "template"]):
        element.decompose()
    return str(soup)


def _links(html: str) -> list[dict[str, str]]:
    import lxml.html

    if not html.strip():
        return []
    try:
        root = lxml.html.document_fromstring(html)
    except (ValueError, lxml.etree.ParserError) as error:
        raise DataInvalidError(f"no HTML: {error}") from None
    base = next((b.get("href", "") for b in root.iter("base")), "")
    found = [(a.get("href"), " ".join(a.text_content().split())) for a in root.iter("a")]
    return [{"url": urljoin(base, url), "text": text} for url, text in found if url]


def markdown_to_html(markdown: str) -> str:
    """CommonMark as HTML. HTML inside it comes out as text."""
    from markdown_it import MarkdownIt

    return str(MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown))


def csv_parse(text: str, delimiter: str = ",", *, header: bool = True) -> list[Any]:
    """Rows as objects, by the names in the first row; or as lists."""
    _check_delimiter(delimiter)
    try:
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=delimiter))
    except csv.Error as error:
        raise DataInvalidError(f"no CSV: {error}") from None
    rows = [row for row in rows if row]
    if not header:
        return rows
    return [dict(zip(rows[0], row, strict=False)) for row in rows[1:]] if rows else []


def csv_write(items: list[Any], delimiter: str = ",", columns: list[str] | None = None) -> str:
    """Objects as rows under a header; columns as they come first, unless they are given."""
    _check_delimiter(delimiter)
    if not all(isinstance(item, dict) for item in items):
        raise DataInvalidError("the items are objects")
    names = columns or list(dict.fromkeys(name for item in items for name in item))
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter)
    writer.writerow(names)
    writer.writerows([cell(item.get(name)) for name in names] for item in items)
    return target.getvalue()


def cell(value: Any) -> str:
    """A value as a cell: nothing, JSON's words for booleans, JSON for what is nested."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    import json

    return json.dumps(value, ensure_ascii=False)


def _check_delimiter(delimiter: str) -> None:
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise DataInvalidError("the delimiter is one character")


def signed(text: str, secret: str, algorithm: str, encoding: str) -> str:
    """The HMAC of a text."""
    digest = hmac.new(secret.encode(), text.encode(), getattr(hashlib, algorithm)).digest()
    return digest.hex() if encoding == "hex" else b64encode(digest).decode()
