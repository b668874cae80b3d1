"""A stand-in for the systems that the examples talk to: a small CRM over real HTTP."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_INVOICES = [
    {"number": "R-1", "email": "ada@example.com", "days_overdue": 30},
    {"number": "R-2", "email": "grace@example.com", "days_overdue": 3},
    {"number": "R-3", "email": "alan@example.com", "days_overdue": 15},
]
_COMPANIES = {"large.example": {"name": "Large Ltd", "employees": 900}}


class StandIn(BaseHTTPRequestHandler):
    """Answers what a CRM, a shop and a bank would."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Customers, companies and invoices."""
        path = urlsplit(self.path).path
        kind, _, name = path.strip("/").partition("/")
        if kind == "customers":
            self._answer(
                200, {"id": name, "name": "Ada Lovelace", "email": "ada@example.com", "new": False}
            )
        elif kind == "companies" and name in _COMPANIES:
            self._answer(200, _COMPANIES[name])
        elif kind == "invoices":
            self._answer(200, {"invoices": _INVOICES})
        else:
            self._answer(404, {"error": "not found"})

    def do_POST(self) -> None:
        """Reservations, messages, payments and accounts; the same key gives the same answer."""
        size = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(size) or b"{}")
        kind = self.path.strip("/")
        if kind == "broken":
            self._answer(500, {"error": "out of order"})
        elif kind == "reservations":
            self._answer(201, {"id": f"{body['sku']}-{body['qty']}-{body.get('position', 0)}"})
        else:
            self._answer(201, {"id": f"{kind}-1"})

    def _answer(self, status: int, value: Any) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


def start_stand_in(port: int = 0) -> str:
    """Starts a stand-in on this machine and returns its URL.

    Args:
        port: where it was before, if it was; taken by now, or 0: a free one.
    """
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), StandIn)
    except OSError:
        server = ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
    threading.Thread(target=server.serve_forever, name="stand-in", daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"
