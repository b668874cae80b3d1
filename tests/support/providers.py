"""Stand-ins for those who deliver messages: they speak the providers' wire formats, faults included."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

Answer = tuple[int, dict[str, Any], dict[str, str]]


@dataclass
class Providers:
    """Twilio's, Google's and the chats' HTTP APIs, and a mail server.

    ``faults`` are answered first, by the kind of call: status, body, headers.
    """

    url: str = ""
    smtp_port: int = 0
    sms: list[dict[str, str]] = field(default_factory=list)
    pushes: list[dict[str, Any]] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    mails: list[tuple[str, str]] = field(default_factory=list)
    tokens: int = 0
    faults: dict[str, list[Answer]] = field(default_factory=dict)
    smtp_faults: list[str] = field(default_factory=list)

    def answer(self, method: str, target: str, body: bytes, authorized: bool) -> Answer:
        path = urlsplit(target).path
        kind = path.strip("/").split("/")[0] if "googleapis" not in path else "fcm"
        kind = {"2010-04-01": "twilio", "v1": "fcm"}.get(kind, kind)
        if self.faults.get(kind):
            return self.faults[kind].pop(0)
        if not authorized and kind in {"twilio", "fcm"}:
            return 401, {"code": 20003, "message": "Authenticate", "status": 401}, {}
        match kind:
            case "twilio":
                return self._twilio(method, target, body)
            case "token":
                self.tokens += 1
                return 200, {"access_token": "t", "expires_in": 3600, "token_type": "Bearer"}, {}
            case "fcm":
                self.pushes.append(json.loads(body)["message"])
                return 200, {"name": f"projects/p/messages/{len(self.pushes)}"}, {}
        self.posts.append(json.loads(body))
        return 200, {"ok": True}, {}

    def _twilio(self, method: str, target: str, body: bytes) -> Answer:
        if method == "GET":
            to = parse_qs(urlsplit(target).query)["To"][0]
            found = [_message(sms) for sms in self.sms if sms["To"] == to]
            return 200, {"messages": found, "page": 0, "next_page_uri": None}, {}
        sms = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        sms["Sid"] = f"SM{len(self.sms):032d}"
        self.sms.append(sms)
        return 201, _message(sms), {}


def _message(sms: dict[str, str]) -> dict[str, Any]:
    now = format_datetime(datetime.now(UTC))
    return {"sid": sms["Sid"], "status": "queued", "to": sms["To"], "from": sms.get("From"), "body": sms["Body"], "date_created": now, "date_sent": now, "date_updated": now, "num_segments": "1", "num_media": "0", "direction": "outbound-api", "account_sid": "AC1"}  # fmt: skip


def service_account(url: str) -> str:
    """A key as Google hands it out, for a project whose sign-in is at the stand-in."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return json.dumps({"type": "service_account", "project_id": "p", "private_key_id": "k", "private_key": pem.decode(), "client_email": "s@p.iam.gserviceaccount.com", "token_uri": f"{url}/token"})  # fmt: skip


def fcm_fault(status: int, name: str, code: str, **headers: str) -> Answer:
    """An error as FCM tells it."""
    details = [{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}]
    error = {"code": status, "message": code, "status": name, "details": details}
    return status, {"error": error}, headers


@contextmanager
def running() -> Iterator[Providers]:
    """The stand-ins, on free ports of this machine."""
    providers = Providers()

    class Handler(BaseHTTPRequestHandler):
        def _reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            authorized = bool(self.headers.get("Authorization"))
            status, answer, headers = providers.answer(self.command, self.path, body, authorized)
            raw = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = _reply

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    class Mail(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 stand-in")
            recipient = ""
            while line := self.rfile.readline().decode().strip():
                verb = line.split(":")[0].upper()
                if verb == "RCPT TO" and providers.smtp_faults:
                    self._say(providers.smtp_faults.pop(0))
                    continue
                if verb == "RCPT TO":
                    recipient = line.partition("<")[2].partition(">")[0]
                if verb == "DATA":
                    self._say("354 go on")
                    providers.mails.append((recipient, self._data()))
                self._say("221 bye" if verb == "QUIT" else "250 ok")

        def _data(self) -> str:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.decode())
            return "".join(lines)

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    mail = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail)
    mail.daemon_threads = True
    for server in (web, mail):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    providers.url = f"http://127.0.0.1:{web.server_address[1]}"
    providers.smtp_port = int(mail.server_address[1])
    try:
        yield providers
    finally:
        for server in (web, mail):
            server.shutdown()
            server.server_close()
