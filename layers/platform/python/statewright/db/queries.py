"""SQL lives in ``queries.sql`` files: each query has a name and a sentence, and is loaded once."""

from __future__ import annotations

import re
from importlib import resources

_HEADER = re.compile(r"^-- name: (\w+)\n-- (.+)\n", re.MULTILINE)


class Queries:
    """The queries of one service, by attribute: ``queries.find_workflow``."""

    def __init__(self, source: str):
        parts = _HEADER.split(source)
        names, bodies = parts[1::3], parts[3::3]
        self._by_name = {
            name: body.strip().rstrip(";").encode()
            for name, body in zip(names, bodies, strict=True)
        }

    def __getattr__(self, name: str) -> bytes:
        try:
            return self._by_name[name]
        except KeyError:
            raise AttributeError(f"no query is named {name}") from None


def load_queries(package: str, file: str = "queries.sql") -> Queries:
    """Reads ``queries.sql``, or another file of queries, beside the modules of ``package``."""
    return Queries(resources.files(package).joinpath(file).read_text())
