"""A workspace of the shared server for the tests of triggers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.server import Client, Server, until


class Workspace(Client):
    """An owner who looks at what triggers start."""

    def started(self, workflow: dict[str, Any], count: int = 1) -> list[dict[str, Any]]:
        """The workflow's executions, once there are so many."""

        def check() -> Any:
            found = self.executions_of(workflow)
            return found if len(found) >= count else None

        found: list[dict[str, Any]] = until(check, f"{count} executions of {workflow['name']}")
        return found

    def executions_of(self, workflow: dict[str, Any]) -> list[dict[str, Any]]:
        found = self.ok("GET", f"/v1/executions?workflow_id={workflow['id']}&limit=200")["items"]
        return list(found)

    def trigger(self, workflow: dict[str, Any], trigger_id: str) -> dict[str, Any]:
        items = self.ok("GET", f"/v1/workflows/{workflow['id']}/triggers")["items"]
        return next(item for item in items if item["id"] == trigger_id)

    def publish_soon(self, definition: dict[str, Any], lead: float = 2.0) -> dict[str, Any]:
        """Publishes with the moment of the trigger ``then`` shortly ahead, however long that takes."""
        created = self.ok("POST", "/v1/workflows", {"definition": definition})
        path = f"/v1/workflows/{created['id']}"
        while True:
            at = (datetime.now(UTC) + timedelta(seconds=lead)).strftime("%Y-%m-%dT%H:%M:%S")
            for trigger in definition["triggers"]:
                if trigger["id"] == "then":
                    trigger["at"] = at
            draft = self.ok("GET", path)["draft"]
            self.ok("PUT", path, {"definition": definition, "draft": draft})
            self.ok("POST", f"{path}/versions")
            found: dict[str, Any] = self.ok("GET", path)
            if self.trigger(found, "then")["next_at"] or self.executions_of(found):
                return {**found, "at": at}
            lead *= 2  # it was over before it was published

    def turn(self, workflow: dict[str, Any], state: str) -> None:
        self.ok("PUT", f"/v1/workflows/{workflow['id']}/state", {"state": state})


@pytest.fixture(scope="package")
def owner(server: Server) -> Workspace:
    workspace = Workspace(server, "owner@triggers.example")
    workspace.register()
    return workspace
