"""A server in a process of its own, to be talked to over HTTP and to be killed."""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import psycopg

from tests.support import secrets

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180.0
"""Long: a machine may be busy with other things, and only what never comes is a failure."""
POLL = 0.05


def until(
    check: Callable[[], Any], what: str, patience: float = PATIENCE, pause: float = POLL
) -> Any:
    """Polls until ``check`` gives something true; fails the test after ``patience`` seconds."""
    deadline = time.monotonic() + patience
    while True:
        value = check()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience:.0f} s in vain for {what}")
        time.sleep(pause)


def free_port() -> int:
    """A port that nothing uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Letter:
    """A mail that was kept."""

    to: str
    subject: str
    text: str


def letter_of(message: EmailMessage) -> Letter:
    """A mail's parts that tests look at."""
    body = message.get_body(("plain",))
    return Letter(str(message["To"]), str(message["Subject"]), body.get_content() if body else "")


class Server:
    """``statewright serve`` on a free port with a data folder of its own.

    ``root`` may be another version's files; it runs on this version's packages.
    """

    def __init__(
        self,
        data: Path,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        root: Path = ROOT,
    ):
        self.port = free_port()
        self.data = data
        self.root = root
        self.url = f"http://127.0.0.1:{self.port}"
        self._arguments = arguments
        self._environment = {**os.environ, **(environment or {})}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Server:
        command = [sys.executable, "-m", "statewright_cli", "serve", "--port", str(self.port)]
        log = (self.data.parent / f"{self.data.name}.log").open("ab")
        self.process = subprocess.Popen(
            [*command, "--data", str(self.data), *self._arguments],
            cwd=self.root,
            env={**self._environment, **self._search_path()},
            stdout=log,
            stderr=log,
        )
        try:
            until(self.is_ready, f"the server; see {log.name}")
        except BaseException:
            self.kill()  # whoever waits in vain has no server to stop
            raise
        return self

    def _search_path(self) -> dict[str, str]:
        if self.root == ROOT:
            return {}
        folders = (self.root, self.root / "infra", self.root / "layers/platform/python")
        return {"PYTHONPATH": os.pathsep.join(map(str, folders))}

    def is_ready(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            log = (self.data.parent / f"{self.data.name}.log").read_text()[-3000:]
            raise AssertionError(f"the server ended with {self.process.returncode}: {log}")
        try:
            return httpx.get(f"{self.url}/healthz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def letters(self) -> list[Letter]:
        """Every mail that was kept, oldest first."""
        return [
            letter_of(email.message_from_bytes(file.read_bytes(), policy=email.policy.default))
            for file in sorted((self.data / "mail").glob("*.eml"))
        ]

    def put_parameter(self, name: str, text: str) -> None:
        """Keeps a secret in SSM, as an operator does."""
        lines = (self.data / "postgres" / "postmaster.pid").read_text().split("\n")
        url = f"postgresql://postgres@/postgres?host={lines[4]}&port={lines[3]}"
        with psycopg.connect(url) as connection:
            connection.execute(
                "INSERT INTO localcloud.parameters (name, kind, value)"
                " VALUES (%s, 'SecureString', %s)",
                (name, text),
            )

    def kill(self) -> None:
        """SIGKILL: no chance to tidy up."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """As Ctrl+C does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()


class Client:
    """A workspace's owner, over HTTP."""

    def __init__(self, server: Server, email_address: str = "owner@example.com"):
        self.server = server
        # Reading certificates for TLS that no test speaks here takes 40 ms.
        self.http = httpx.Client(base_url=server.url, timeout=60, verify=False)
        self.email = email_address
        self.session: dict[str, Any] = {}

    def register(self) -> Client:
        new = {
            "workspace": "Test",
            "email": self.email,
            "name": "Owner",
            "password": "long enough pw",
        }
        return self.use(self.ok("POST", "/v1/auth/workspaces", new))

    def use(self, session: dict[str, Any]) -> Client:
        """Goes on in a session."""
        secrets.note(session)
        self.session = session
        self.http.headers["Authorization"] = f"Bearer {session['token']}"
        return self

    def request(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        secrets.note(body)
        answer = self.http.request(method, path, json=body, **options)
        if answer.content and answer.headers.get("content-type") == "application/json":
            secrets.note(answer.json())
        if answer.status_code == 401 and self.session and self._has_ended():
            renewed = {"refresh_token": self.session["refresh_token"]}
            self.use(self.http.post("/v1/auth/sessions/refresh", json=renewed).json())
            answer = self.http.request(method, path, json=body, **options)
        return answer

    def _has_ended(self) -> bool:
        ends = datetime.fromisoformat(self.session["expires_at"])
        return datetime.now(UTC) >= ends

    def ok(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.request(method, path, body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def publish(self, source: str | dict[str, Any]) -> dict[str, Any]:
        """Creates and publishes; returns the workflow with its webhooks."""
        key = "yaml" if isinstance(source, str) else "definition"
        created = self.ok("POST", "/v1/workflows", {key: source})
        self.ok("POST", f"/v1/workflows/{created['id']}/versions")
        found: dict[str, Any] = self.ok("GET", f"/v1/workflows/{created['id']}")
        return found

    def call_webhook(self, workflow: dict[str, Any], body: Any, **options: Any) -> httpx.Response:
        url = next(iter(workflow["webhooks"].values()))
        with httpx.Client(timeout=60, verify=False) as anybody:
            there = f"{self.server.url}/hooks/{url.rsplit('/', 1)[1]}"
            return anybody.post(there, json=body, **options)

    def execution(self, execution_id: str) -> dict[str, Any] | None:
        answer = self.request("GET", f"/v1/executions/{execution_id}")
        return answer.json() if answer.status_code == 200 else None

    def ended(self, execution_id: str) -> dict[str, Any]:
        """The execution once it has ended and is recorded."""

        def check() -> Any:
            found = self.execution(execution_id)
            return found if found and found["status"] != "running" else None

        execution: dict[str, Any] = until(check, f"execution {execution_id}")
        return execution

    def mails(self) -> list[tuple[str, str]]:
        """Subject and text of every mail that was kept, oldest first."""
        return [(letter.subject, letter.text) for letter in self.letters()]

    def mailed_secret(self, recipient: str, subject: str, after: int = 0) -> str:
        """The secret of the link in the newest mail to somebody, once more than ``after`` came."""

        def check() -> Any:
            texts = [m.text for m in self.letters() if (m.to, m.subject) == (recipient, subject)]
            return texts if len(texts) > after else None

        found = re.search(r"#token=(\S+)", until(check, f"the mail '{subject}'")[-1])
        assert found is not None
        secrets.note({"token": found[1]})
        return found[1]

    def letters(self) -> list[Letter]:
        """Every mail that was kept, oldest first."""
        return self.server.letters()

    def approval_link(self, title: str) -> str:
        """The path of the newest approval with this title, once its mail has come."""

        def check() -> Any:
            texts = [text for subject, text in self.mails() if subject == title]
            return re.search(r"/approvals/\S+", texts[-1]) if texts else None

        return str(until(check, f"the mail '{title}'")[0])


def read_json(path: Path) -> Any:
    return json.loads(path.read_text())
