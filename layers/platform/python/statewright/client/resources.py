"""The main nouns of each service, with their models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from statewright.analytics.report_models import Dashboard, Export, Report
from statewright.auth.access_models import (
    ApiKey,
    ApiKeyInfo,
    Folder,
    Grant,
    Group,
    Invitation,
    Member,
    Role,
    ServiceAccount,
)
from statewright.auth.audit import AuditEvent
from statewright.client.collections import (
    Changed,
    Deleted,
    Listed,
    Made,
    Read,
    Replaced,
    Resource,
    pages,
)
from statewright.integrations.connection_models import Connection
from statewright.integrations.connectors.models import Connector
from statewright.integrations.tables.models import Row, Table
from statewright.notifications.models import Notification
from statewright.notifications.people_models import InboxItem
from statewright.notifications.template_models import Template, TemplateSummary
from statewright.tasks.models import Decision, Task
from statewright.workflows.apis.managing import Apis
from statewright.workflows.execution_models import Job


class Folders(Listed[Folder], Made[Folder], Replaced[Folder], Deleted):
    """Where workflows, connections, reports and dashboards lie."""

    path, item, shown = "/v1/folders", Folder, Folder


class Groups(Listed[Group], Made[Group], Replaced[Group], Deleted):
    """People who are granted things together."""

    path, item, shown = "/v1/groups", Group, Group


class Roles(Listed[Role], Made[Role], Replaced[Role], Deleted):
    """What people may do; the workspace's own besides the built-in ones."""

    path, item, shown = "/v1/roles", Role, Role


class Members(Listed[Member], Deleted):
    """The people of the workspace."""

    path, item = "/v1/members", Member


class ApiKeys(Listed[ApiKeyInfo], Made[ApiKey], Deleted):
    """Keys of programs; the key itself is shown when it is made, and never again."""

    path, item, shown = "/v1/auth/api-keys", ApiKeyInfo, ApiKey


class ServiceAccounts(Listed[ServiceAccount], Made[ServiceAccount], Deleted):
    """Accounts of programs."""

    path, item, shown = "/v1/service-accounts", ServiceAccount, ServiceAccount


class Invitations(Listed[Invitation], Made[Invitation], Deleted):
    """Invitations that nobody has accepted yet."""

    path, item, shown = "/v1/invitations", Invitation, Invitation


class Grants(Listed[Grant], Made[Grant], Deleted):
    """What people and groups may do with parts of the workspace."""

    path, item, shown = "/v1/grants", Grant, Grant


class Audit(Listed[AuditEvent]):
    """What was changed, by whom."""

    path, item = "/v1/audit/events", AuditEvent


class Connections(
    Listed[Connection], Made[Connection], Read[Connection], Deleted, Changed[Connection]
):
    """Credentials for other systems; their secrets are never shown."""

    path, item, shown = "/v1/connections", Connection, Connection


class Connectors(Listed[Connector]):
    """Other systems' operations as actions."""

    path, item = "/v1/connectors", Connector


class Tables(Listed[Table], Made[Table], Read[Table], Changed[Table], Deleted):
    """Tables of the workspace, and their rows."""

    path, item, shown = "/v1/tables", Table, Table

    def insert(self, table: str, rows: list[dict[str, Any]]) -> list[str]:
        """Adds rows, all or none; their ids."""
        found: list[str] = self._transport.send("POST", self._at(table, "rows"), {"rows": rows})[
            "ids"
        ]
        return found

    def rows(self, table: str, **query: Any) -> Iterator[Row]:
        """A table's rows, read page by page."""
        for found in pages(self._transport, self._at(table, "rows"), **query):
            yield Row.model_validate(found)


class Reports(Listed[Report], Made[Report], Read[Report], Replaced[Report], Deleted):
    """Saved questions to the figures."""

    path, item, shown = "/v1/reports", Report, Report

    def result(self, report_id: str) -> Any:
        """What a report says now."""
        return self._transport.send("GET", self._at(report_id, "result"))


class Dashboards(Listed[Dashboard], Made[Dashboard], Read[Dashboard], Replaced[Dashboard], Deleted):
    """Reports side by side."""

    path, item, shown = "/v1/dashboards", Dashboard, Dashboard


class Exports(Listed[Export], Made[Export], Read[Export]):
    """Files of figures."""

    path, item, shown = "/v1/exports", Export, Export


class Templates(
    Listed[TemplateSummary], Made[Template], Read[Template], Replaced[Template], Deleted
):
    """Templates of notifications."""

    path, item, shown = "/v1/notification-templates", TemplateSummary, Template


class Notifications(Listed[Notification], Made[Notification], Read[Notification]):
    """Messages to people."""

    path, item, shown = "/v1/notifications", Notification, Notification


class Inbox(Listed[InboxItem]):
    """One's own messages."""

    path, item = "/v1/inbox", InboxItem


class Tasks(Listed[Task], Read[Task]):
    """What people are asked to do."""

    path, item, shown = "/v1/tasks", Task, Task

    def mine(self) -> Iterator[Task]:
        """Those that wait for whoever asks."""
        for found in pages(self._transport, self._at("mine")):
            yield Task.model_validate(found)

    def decide(self, task_id: str, decision: Decision | dict[str, Any]) -> Task:
        """Says what is to become of it."""
        body = decision if isinstance(decision, dict) else decision.model_dump(exclude_unset=True)
        return Task.model_validate(
            self._transport.send("POST", self._at(task_id, "decision"), body)
        )


class Jobs(Listed[Job], Made[Job], Read[Job]):
    """Work on many executions at once."""

    path, item, shown = "/v1/execution-jobs", Job, Job


class PublishedApis(Resource):
    """The workspace's workflows that are published as APIs."""

    path = "/v1/apis"

    def all(self) -> Apis:
        """Where they are, and every route."""
        return Apis.model_validate(self._transport.send("GET", self.path))
