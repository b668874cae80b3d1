"""Pages that the server draws for people without an account: light and dark, without scripts."""

from __future__ import annotations

import html
from functools import cache
from pathlib import Path

_STYLE = Path(__file__).with_name("page.css")


def page(title: str, body: str) -> str:
    """A page with a heading on one card.

    Args:
        title: as text; it is escaped.
        body: as HTML, escaped by the caller where it has texts of others.
    """
    named = html.escape(title)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark">'
        f"<title>{named}</title><style>{_style()}</style></head>"
        f'<body><main><div class="card"><h1>{named}</h1>{body}</div></main></body></html>'
    )


@cache
def _style() -> str:
    return _STYLE.read_text()
