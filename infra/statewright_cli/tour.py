"""The tour: publishes the order example, calls its webhook, shows what happened."""

from __future__ import annotations

import email
import email.policy
import json
import re
import secrets
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from statewright_cli.project import EXAMPLES
from statewright_cli.stand_in import start_stand_in
from statewright_cli.table import steps_table

console = Console(highlight=False, width=None if sys.stdout.isatty() else 110)
PATIENCE_SECONDS = 30.0
POLL_SECONDS = 0.05
_EMAIL = "owner@example.com"


def say(line: str) -> None:
    """Prints a line that is never wrapped, so that its URL can be copied."""
    console.print(line, soft_wrap=True)


def take_tour(url: str, data: Path) -> None:
    """Takes the tour, or says in a sentence why it cannot be taken. Never ends the server."""
    try:
        with httpx.Client(base_url=url, timeout=30) as client:
            _wait_until_ready(client)
            _Tour(client, url, data).take()
    except (httpx.HTTPError, OSError, KeyError, ValueError) as error:
        console.print(f"[yellow]The tour stopped:[/] {type(error).__name__}: {error}")


def _wait_until_ready(client: httpx.Client) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if client.get("/healthz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        threading.Event().wait(POLL_SECONDS)
    raise ValueError("the server did not become ready")


class _Tour:
    def __init__(self, client: httpx.Client, url: str, data: Path):
        self._client = client
        self._url = url
        self._account = data / "owner.json"

    def take(self) -> None:
        first = not self._account.exists()
        self._sign_in()
        crm = self._stand_in()
        self._call("PUT", "/v1/variables", {"variables": {"crm": crm}})
        webhook = self._publish()
        if first:
            small = self._order(webhook, "A-1001", 120)
            large = self._order(webhook, "A-1002", 4200)
            self._show(self._until(small, "succeeded"))
            self._show(self._until(large, "running", waiting="Ask a person"))
            self._until_recorded(small)
        self._summary(webhook)

    def _sign_in(self) -> None:
        """Registers the owner at the first start; the password stays in the data folder."""
        if not self._account.exists():
            account = {"email": _EMAIL, "password": secrets.token_urlsafe(18)}
            new = {**account, "workspace": "My workspace", "name": "Owner"}
            session = self._call("POST", "/v1/auth/workspaces", new)
            self._account.touch(mode=0o600)
            self._account.write_text(json.dumps(account))
        else:
            account = json.loads(self._account.read_text())
            session = self._call("POST", "/v1/auth/sessions", account)
        self._client.headers["Authorization"] = f"Bearer {session['token']}"

    def _stand_in(self) -> str:
        """The stand-in, at the address that executions from before still know it by."""
        kept = self._account.parent / "stand-in.port"
        url = start_stand_in(int(kept.read_text()) if kept.exists() else 0)
        kept.write_text(url.rsplit(":", 1)[1])
        return url

    def _publish(self) -> str:
        text = (EXAMPLES / "order-intake.yaml").read_text()
        listed = self._call("GET", "/v1/workflows")["items"]
        known = next((w for w in listed if w["name"] == "Order intake"), None)
        if known is None:
            created = self._call("POST", "/v1/workflows", {"yaml": text})
            self._call("POST", f"/v1/workflows/{created['id']}/versions")
            known = created
        found = self._call("GET", f"/v1/workflows/{known['id']}")
        return str(found["webhooks"]["shop"])

    def _order(self, webhook: str, number: str, total: float) -> str:
        order = {
            "order_id": number,
            "customer_id": "c-7",
            "total": total,
            "items": [{"sku": "chair", "qty": 4}, {"sku": "table", "qty": 1}],
        }
        answer = self._client.post(webhook, json=order)
        answer.raise_for_status()
        return str(answer.json()["execution_id"])

    def _until(self, execution: str, status: str, waiting: str | None = None) -> Any:
        """The execution once it has a status (and, where asked, a step that waits)."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = self._client.get(f"/v1/executions/{execution}")
            if answer.status_code == 200:
                shown = answer.json()
                waits = {s["name"] for s in shown["steps"] if s["status"] == "waiting"}
                if shown["status"] == status and (waiting is None or waiting in waits):
                    return shown
            if time.monotonic() > deadline:
                raise ValueError(f"the execution {execution} did not become {status}")
            threading.Event().wait(POLL_SECONDS)

    def _until_recorded(self, execution: str) -> None:
        """Lists follow executions within a moment; the summary is to be right."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            done = self._call("GET", "/v1/executions?status=succeeded")["items"]
            if any(item["id"] == execution for item in done):
                return
            threading.Event().wait(POLL_SECONDS)

    def _show(self, execution: Any) -> None:
        order = execution["input"]["order_id"]
        title = f"{execution['workflow']}, order {order}: {execution['status']}"
        console.print()
        console.print(steps_table(execution["steps"], title))
        say(f"  {execution['url']}")

    def _summary(self, webhook: str) -> None:
        waiting = self._call("GET", "/v1/executions?status=running")["items"]
        newest = self._call("GET", "/v1/executions?limit=5")["items"]
        say(f"\n[bold]Ready.[/] {self._url}  (the owner's e-mail and password: {self._account})")
        say(f"  webhook     {webhook}")
        for execution in newest:
            say(f"  execution   {execution['url']}  {execution['status']}")
        for link in self._approval_links(len(waiting)):
            say(f"  approval    {link}")
        say("  Stop with Ctrl+C; started again, everything is still there.")

    def _approval_links(self, most: int) -> list[str]:
        """Links from the mails that the local cloud kept, the newest first."""
        found: list[str] = []
        for mail in sorted((self._account.parent / "mail").glob("*.eml"), reverse=True):
            message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
            body = message.get_body(("plain",))
            text = body.get_content() if body else ""
            # Links are made for the address of their time; the path stays.
            found += [self._url + path for path in re.findall(r"/approvals/\S+", text)]
            if len(found) >= most:
                break
        return found[:most]

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._client.request(method, path, json=body)
        if answer.is_error:
            raise ValueError(f"{method} {path}: {answer.json().get('detail', answer.text)}")
        return answer.json()
