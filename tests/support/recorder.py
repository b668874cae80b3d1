"""Stand-in servers for the systems that workflows talk to: they answer as told, and note the calls."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")


class Recorder:
    """One server; what stands before the second slash of a path says whose calls they are."""

    def __init__(self) -> None:
        self._answers: dict[str, dict[str, Any]] = {}
        self._calls: dict[str, list[dict[str, Any]]] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def expect(self, whose: str, answers: dict[str, Any]) -> None:
        """From here on, calls such as ``GET /orders`` are answered so; others get a 404."""
        with self._lock:
            self._answers[whose], self._calls[whose] = answers, []

    def calls(self, whose: str) -> list[dict[str, Any]]:
        """The calls since then."""
        with self._lock:
            return list(self._calls[whose])

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Notes a call; returns status and body."""
        whose, _, rest = urlsplit(path).path.strip("/").partition("/")
        call = f"{method} /{rest}"
        with self._lock:
            self._calls.setdefault(whose, []).append({"call": call, "body": body})
            known = self._answers.get(whose, {})
        if call not in known:
            return 404, {"error": "not found"}
        return (201 if method == "POST" else 200), known[call]

    def close(self) -> None:
        """Ends the server."""
        self._server.shutdown()
        self._server.server_close()


def _handler(recorder: Recorder) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            text = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, value = recorder.answer(
                self.command, self.path, json.loads(text) if text else None
            )
            content = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    for method in METHODS:
        setattr(Handler, f"do_{method}", Handler._any)
    return Handler


@contextmanager
def recording() -> Iterator[Recorder]:
    """A recorder while it is needed."""
    recorder = Recorder()
    try:
        yield recorder
    finally:
        recorder.close()
