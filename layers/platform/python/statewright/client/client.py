"""The API's main nouns with types; :meth:`Statewright.call` reaches every other operation."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

import httpx

from statewright.client import resources
from statewright.client.collections import pages
from statewright.client.transport import Transport
from statewright.workflows.models import (
    Execution,
    ExecutionDetail,
    Started,
    Status,
    Version,
    Workflow,
    WorkflowDetail,
)

WAIT = 20
"""Seconds that one request waits for news of an execution."""


class Statewright:
    """A workspace, by an API key or a session's token.

    >>> with Statewright("http://localhost:8000", "sw_…") as api:
    ...     started = api.executions.start(workflow_id, {"order": 7})
    ...     print(api.executions.ended(started.execution_id).output)
    """

    def __init__(self, url: str, token: str, *, timeout: float = 60.0):
        headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=timeout)
        self._transport = Transport(self._http)
        self.workflows = Workflows(self._transport)
        self.executions = Executions(self._transport)
        self.jobs = resources.Jobs(self._transport)
        self.apis = resources.PublishedApis(self._transport)
        self.folders = resources.Folders(self._transport)
        self.tasks = resources.Tasks(self._transport)
        self._add_people()
        self._add_integrations()
        self._add_figures_and_messages()

    def _add_people(self) -> None:
        self.members = resources.Members(self._transport)
        self.invitations = resources.Invitations(self._transport)
        self.groups = resources.Groups(self._transport)
        self.roles = resources.Roles(self._transport)
        self.grants = resources.Grants(self._transport)
        self.api_keys = resources.ApiKeys(self._transport)
        self.service_accounts = resources.ServiceAccounts(self._transport)
        self.audit = resources.Audit(self._transport)

    def _add_integrations(self) -> None:
        self.connections = resources.Connections(self._transport)
        self.connectors = resources.Connectors(self._transport)
        self.tables = resources.Tables(self._transport)

    def _add_figures_and_messages(self) -> None:
        self.reports = resources.Reports(self._transport)
        self.dashboards = resources.Dashboards(self._transport)
        self.exports = resources.Exports(self._transport)
        self.notifications = resources.Notifications(self._transport)
        self.templates = resources.Templates(self._transport)
        self.inbox = resources.Inbox(self._transport)

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Any operation of ``/openapi.json``: its answer's JSON.

        Raises:
            ProblemError: the API refused.
        """
        return self._transport.send(method, path, body, **query)

    def close(self) -> None:
        """Ends its connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Workflows:
    """Definitions and their published versions."""

    def __init__(self, transport: Transport):
        self._transport = transport

    def create(self, definition: dict[str, Any] | str) -> WorkflowDetail:
        """A new draft, of a definition or its YAML."""
        key = "yaml" if isinstance(definition, str) else "definition"
        found = self._transport.send("POST", "/v1/workflows", {key: definition})
        return WorkflowDetail.model_validate(found)

    def publish(self, workflow_id: str, note: str = "") -> Version:
        """Makes the draft the version that triggers start."""
        path = f"/v1/workflows/{workflow_id}/versions"
        return Version.model_validate(self._transport.send("POST", path, {"note": note}))

    def get(self, workflow_id: str) -> WorkflowDetail:
        """A workflow with its definition."""
        found = self._transport.send("GET", f"/v1/workflows/{workflow_id}")
        return WorkflowDetail.model_validate(found)

    def list(self, q: str | None = None, tag: str | None = None) -> Iterator[Workflow]:
        """Workflows, the newest first, read page by page."""
        for item in pages(self._transport, "/v1/workflows", q=q, tag=tag):
            yield Workflow.model_validate(item)


class Executions:
    """Runs of workflows."""

    def __init__(self, transport: Transport):
        self._transport = transport

    def start(self, workflow_id: str, data: Any = None) -> Started:
        """Starts the published version; it is durable when this returns."""
        body = {"input": {} if data is None else data}
        path = f"/v1/workflows/{workflow_id}/executions"
        return Started.model_validate(self._transport.send("POST", path, body))

    def get(self, execution_id: str, *, wait: int = 0, after: int = 0) -> ExecutionDetail:
        """An execution; ``wait``: seconds to wait for news after an event."""
        path = f"/v1/executions/{execution_id}"
        found = self._transport.send("GET", path, wait=wait, after=after)
        return ExecutionDetail.model_validate(found)

    def ended(self, execution_id: str) -> ExecutionDetail:
        """The execution once it has ended, however long that takes."""
        found = self.get(execution_id)
        while found.status == "running":
            found = self.get(execution_id, wait=WAIT, after=found.last_event)
        return found

    def stop(self, execution_id: str, reason: str) -> ExecutionDetail:
        """Stops it."""
        path = f"/v1/executions/{execution_id}/stop"
        return ExecutionDetail.model_validate(
            self._transport.send("POST", path, {"reason": reason})
        )

    def list(
        self, *, workflow_id: str | None = None, status: Status | None = None, limit: int = 50
    ) -> Iterator[Execution]:
        """Executions, the newest first, read ``limit`` at a time."""
        query = {"workflow_id": workflow_id, "status": status, "limit": limit}
        for item in pages(self._transport, "/v1/executions", **query):
            yield Execution.model_validate(item)
