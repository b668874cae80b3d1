"""One of everything in a workspace, each marked with words that no other workspace may ever see."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.server import ROOT, Client, until

MARK = "onlyours"
TABLE = "planted_orders"
ROLE = "planted-role"
"""Names that are ids, too: whoever asks for one may hear it again."""
_INPUT = {"type": "object", "properties": {"secret": {"type": "string"}}}
_WORKFLOW = {
    "name": f"{MARK} workflow",
    "description": f"{MARK} description",
    "triggers": [
        {"id": "hook", "type": "webhook"},
        {"id": "form", "type": "form", "title": f"{MARK} form"},
        {"id": "file", "type": "file"},
        {"id": "hand", "type": "manual"},
    ],
    "input": _INPUT,
    "steps": [
        {
            "id": "ask",
            "use": "human.approval",
            "with": {"assignees": ["role:owner"], "title": f"{MARK} task"},
        }
    ],
}


@dataclass(frozen=True)
class Planted:
    """A workspace that has one of everything: its owner, and the ids by their parameters' names."""

    owner: Client
    ids: dict[str, Any]

    def filled(self, names: dict[str, Any]) -> dict[str, Any]:
        """Parameters with the ids of things that are there, where something is."""
        return {name: self.ids.get(name, value) for name, value in names.items()}

    def sign_in_again(self) -> None:
        """A session that the last request has ended is followed by another."""
        again = {"email": self.owner.email, "password": "long enough pw"}
        answer = httpx.post(f"{self.owner.server.url}/v1/auth/sessions", json=again, timeout=60)
        if answer.is_success:
            self.owner.use(answer.json())


def plant(owner: Client) -> Planted:
    """Makes one of everything."""
    workflow = owner.publish(_WORKFLOW)
    token = next(url for url in workflow["webhooks"].values()).rsplit("/", 1)[1]
    execution = owner.call_webhook(workflow, {"secret": f"{MARK} input"}).json()["execution_id"]
    until(lambda: owner.execution(execution), "the execution's record")
    tasks = until(lambda: owner.ok("GET", "/v1/tasks")["items"], "its task")
    ids = {
        "workflow_id": workflow["id"],
        "execution_id": execution,
        "task_id": tasks[0]["id"],
        "token": token,
        "version": 1,
        "step_id": "ask",
        "trigger_id": "form",
        "user_id": owner.session["user_id"],
        "session_id": owner.session["session_id"],
        "workspace_id": owner.session["workspace_id"],
        "template": "approval-chain",
        "role": ROLE,
        "section": "workflows",
        "endpoint": "Users",
        "resource_id": owner.session["user_id"],
    }
    return Planted(owner, ids | dict(_made(owner)))


def _made(owner: Client) -> list[tuple[str, Any]]:
    columns = {"number": {"type": "number"}, "note": {"type": "text"}}
    owner.ok("POST", "/v1/roles", {"name": ROLE, "permissions": ["workflows:read"]})
    table = owner.ok("POST", "/v1/tables", {"name": TABLE, "columns": columns})["name"]
    rows = {"rows": [{"number": 1, "note": MARK}]}
    secret = {"kind": "signing_secret", "secret": f"{MARK}-secret"}
    connection = {"name": "planted", "title": f"{MARK} connection", "auth": secret}
    named = {"name": f"{MARK} thing"}
    report = _sample("analytics/create_report") | named
    dashboard = _sample("analytics/create_dashboard") | named
    template = _sample("notifications/create_template") | {"name": f"{MARK}.thing"}
    return [
        ("table", table),
        ("row_id", owner.ok("POST", f"/v1/tables/{table}/rows", rows)["ids"][0]),
        ("connection_id", owner.ok("POST", "/v1/connections", connection)["id"]),
        ("key_id", owner.ok("POST", "/v1/auth/api-keys", named)["id"]),
        ("account_id", owner.ok("POST", "/v1/service-accounts", named)["id"]),
        (
            "invitation_id",
            owner.ok("POST", "/v1/invitations", {"email": f"x@{MARK}.example"})["id"],
        ),
        ("folder_id", owner.ok("POST", "/v1/folders", named)["id"]),
        ("group_id", owner.ok("POST", "/v1/groups", {**named, "members": []})["id"]),
        ("report_id", owner.ok("POST", "/v1/reports", report)["id"]),
        ("dashboard_id", owner.ok("POST", "/v1/dashboards", dashboard)["id"]),
        ("template_id", owner.ok("POST", "/v1/notification-templates", template)["id"]),
    ]


def _sample(event: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(
        json.loads((ROOT / "events" / f"{event}.json").read_text())["body"]
    )
    return body
