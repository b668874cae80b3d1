"""The Lambda runtime API, as a handler of the standard library's HTTP server."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler
from typing import Any

_API = "/2018-06-01/runtime/"


def runtime_api(executor: Any) -> type[BaseHTTPRequestHandler]:
    """The handler for one execution environment."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            executor.begun()
            todo = executor.todo.get()
            if todo is None:
                return
            payload, deadline = todo
            self._reply(
                200,
                payload["payload"].encode(),
                {
                    "Lambda-Runtime-Aws-Request-Id": payload["invoke-id"],
                    "Lambda-Runtime-Deadline-Ms": deadline,
                    "Lambda-Runtime-Invoked-Function-Arn": payload["invoked-function-arn"],
                    "Lambda-Runtime-Trace-Id": payload["trace-id"],
                },
            )

        def do_POST(self) -> None:
            body = self._body()
            what = self.path.removeprefix(_API)
            if what == "init/error":
                executor.could_not_begin(body)
            else:
                executor.finish(body, what.endswith("/error"))
            self._reply(202)

        def _reply(
            self, status: int, body: bytes = b"{}", headers: dict[str, Any] | None = None
        ) -> None:
            self.send_response(status)
            sizes = {"Content-Type": "application/json", "Content-Length": len(body)}
            for name, value in {**(headers or {}), **sizes}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(body)

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        def log_message(self, *args: Any) -> None:
            """Says nothing: LocalStack logs the invocation."""

    return Handler
