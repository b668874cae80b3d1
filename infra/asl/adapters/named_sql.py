"""Queries from ``.sql`` files, by the names in their comments."""

from __future__ import annotations

import re
from pathlib import Path

_NAME = re.compile(r"^-- (\w+): .*$", re.MULTILINE)


def queries(file: str) -> dict[str, bytes]:
    """The queries of a file beside this module, each headed ``-- name: what it does``."""
    parts = _NAME.split(Path(__file__).with_name(file).read_text())
    return {
        name: text.strip().rstrip(";").encode()
        for name, text in zip(parts[1::2], parts[2::2], strict=True)
    }
