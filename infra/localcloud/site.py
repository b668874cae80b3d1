"""The console's files beside the API, as CloudFront serves them: a page's address is its index."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from localcloud.gateway import Gateway, Request, Response

_FOREVER = "public, max-age=31536000, immutable"
HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
    (
        "Content-Security-Policy",
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    ),
]


class Site:
    """Files of a folder. Names under ``assets/`` hold a hash of what they name, so they stay."""

    def __init__(self, folder: Path, gateway: Gateway):
        self._folder = folder.resolve()
        self._gateway = gateway
        self._top = {entry.name for entry in self._folder.iterdir()}

    def answer(self, request: Request) -> Response | None:
        """The file at an address, the index for an address of the console's own, else None."""
        if request.method not in {"GET", "HEAD"}:
            return None
        if request.path.split("/")[1] in self._top:
            found = (self._folder / request.path.lstrip("/")).resolve()
            inside = found.is_relative_to(self._folder) and found.is_file()
            return self._file(found) if inside else None
        accepted = dict(request.headers).get("accept", "")
        asked = request.path == "/" or "text/html" in accepted
        if asked and not self._gateway.has(request.path):
            index = self._folder / "index.html"
            return self._file(index) if index.is_file() else None
        return None

    def _file(self, file: Path) -> Response:
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        kept = _FOREVER if file.parent.name == "assets" else "no-cache"
        headers = [("Content-Type", kind), ("Cache-Control", kept), *HEADERS]
        return Response(200, headers, file.read_bytes())
