"""A workspace as it looks after some weeks of use, for screenshots: workflows, runs, people, figures."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from statewright.errors import UnavailableError
from tests.support.console import colleague
from tests.support.server import ROOT, Client, Server, until

DAYS = 61
FORM: dict[str, Any] = {
    "name": "Purchase requests",
    "description": "Somebody needs something; whoever holds the budget decides.",
    "triggers": [
        {
            "id": "ask",
            "type": "form",
            "title": "Request a purchase",
            "description": "Tell us what you need. Most requests are decided within a day.",
            "submit": "Send the request",
        }
    ],
    "input": {
        "type": "object",
        "required": ["item", "amount", "team"],
        "properties": {
            "item": {"type": "string", "title": "What do you need?"},
            "amount": {"type": "number", "title": "What does it cost?", "description": "In euros, with tax"},
            "team": {"title": "Team", "enum": ["Sales", "Engineering", "Finance"]},
            "needs": {"type": "array", "title": "Also needed", "items": {"enum": ["Delivery", "Installation"]}},
            "why": {"type": "string", "title": "Why?", "maxLength": 2000},
            "urgent": {"type": "boolean", "title": "It is urgent"},
        },
    },
    "steps": [
        {
            "id": "review",
            "name": "Budget holder decides",
            "use": "human.approval",
            "with": {
                "assignees": ["role:owner"],
                "title": "{% $trigger.body.item %} for {% $trigger.body.team %}",
                "text": "{% $trigger.body.why %}",
                "form": {
                    "type": "object",
                    "required": ["cost_centre"],
                    "properties": {
                        "cost_centre": {"title": "Cost centre", "enum": ["1000 Office", "2000 Tools"]},
                        "repeats": {"title": "Comes back every year", "type": "boolean"},
                    },
                },
            },
        }
    ],
}  # fmt: skip
QUOTE: dict[str, Any] = {
    "name": "Delivery quote",
    "triggers": [
        {"id": "quote", "type": "api", "path": "/orders/{order_id}/quotes", "summary": "Ask what a delivery costs",
         "request": {"body": {"type": "object", "required": ["weight"], "properties": {"weight": {"type": "number", "examples": [4.2]}}}}},
        {"id": "status", "type": "api", "method": "GET", "path": "/quotes/{quote_id}", "summary": "What became of a quote"},
    ],
    "steps": [{"id": "price", "set": "{% 4 + $trigger.body.weight * 1.2 %}"}],
    "output": {"price": "{% $price %}"},
}  # fmt: skip
STOCK = {"sku": {"type": "text", "required": True}, "name": {"type": "text"}, "left": {"type": "number"}, "reorder_at": {"type": "number"},
         "supplier": {"type": "text"}, "checked": {"type": "date"}}  # fmt: skip
GOODS = ["Oak chair", "Oak table", "Desk lamp", "Book shelf", "Footstool", "Mirror", "Wall clock", "Coat rack", "Side board", "Bench", "Floor lamp", "Cushion"]  # fmt: skip


@dataclass(frozen=True)
class Showcase:
    """Where the pages of the workspace are."""

    owner: Client
    pages: dict[str, str]
    outside: dict[str, str]


def furnish(server: Server, crm: str) -> Showcase:
    """Fills a fresh server."""
    owner = Client(server, "ada@northwind.example")
    person = {"workspace": "Northwind", "email": owner.email, "name": "Ada", "password": "long enough pw"}  # fmt: skip
    owner.use(owner.ok("POST", "/v1/auth/workspaces", person))
    for address, role in (("grace@northwind.example", "editor"), ("linus@northwind.example", "approver"), ("katherine@northwind.example", "viewer")):  # fmt: skip
        colleague(owner, address, role)
    owner.ok("PUT", "/v1/variables", {"variables": {"crm": crm, "free_delivery_from": 50}})
    folders = {name: owner.ok("POST", "/v1/folders", {"name": name})["id"] for name in ("Finance", "Sales", "Support")}  # fmt: skip
    workflows = _workflows(owner, folders)
    _connections(owner)
    table = _table(owner)
    _files(owner)
    hook = owner.ok("POST", "/v1/webhooks", {"url": f"{crm}/messages", "description": "Tells the operations channel", "events": ["execution.failed", "task.*"]})  # fmt: skip
    owner.ok("POST", f"/v1/webhooks/{hook['id']}/test")
    runs = _runs(owner, workflows)
    _figures(server, owner, workflows)
    link = owner.ok("POST", "/v1/dashboards/overview/links", {"days": 7})["url"].rsplit("/", 1)[1]
    task = until(lambda: owner.ok("GET", "/v1/tasks/mine")["items"], "a task")[0]
    letter = owner.approval_link(task["title"])
    order = workflows["order-intake"]["id"]
    form = _form(owner, workflows)
    pages = {
        "workflows": "/workflows",
        "builder": f"/workflows/{order}",
        "executions": "/executions",
        "execution": f"/executions/{runs['order']}",
        "failure": f"/executions/{runs['failed']}",
        "templates": "/templates",
        "inbox": f"/inbox/{task['id']}",
        "describe": "/assistant",
        "connections": "/connections",
        "connector": "/connectors/github",
        "webhook": f"/webhooks/{hook['id']}",
        "apis": "/apis",
        "table": f"/tables/{table}",
        "import": f"/tables/{table}",
        "files": "/files",
        "dashboard": "/dashboards/overview",
        "report": "/reports/new",
        "notifications": "/notifications",
        "message": "/notifications/templates/new",
        "menu": "/workflows",
        "people": "/settings/people",
    }
    outside = {
        "sign-in": "/sign-in",
        "form": f"/forms/{form.rsplit('/', 1)[1]}",
        "approval": letter,
        "shared-dashboard": f"/view#{link}",
    }
    return Showcase(owner, pages, outside)


def _workflows(owner: Client, folders: dict[str, str]) -> dict[str, Any]:
    places = {"order-intake": "Sales", "lead-enrichment": "Sales", "customer-onboarding": "Support", "invoice-reminders": "Finance", "expense-approval": "Finance"}  # fmt: skip
    found: dict[str, Any] = {}
    for name, folder in sorted(places.items(), key=lambda item: item[0] == "customer-onboarding"):
        found[name] = owner.publish((ROOT / "examples" / f"{name}.yaml").read_text())
        labels = {"tags": [folder.lower()], "folder_id": folders[folder]}
        owner.ok("PATCH", f"/v1/workflows/{found[name]['id']}", labels)
    for definition in (FORM, QUOTE):
        found[definition["name"]] = owner.publish(definition)
    return found


def _form(owner: Client, workflows: dict[str, Any]) -> str:
    """Where the form of purchase requests is."""
    path = f"/v1/workflows/{workflows['Purchase requests']['id']}/triggers"
    [trigger] = owner.ok("GET", path)["items"]
    return f"{owner.server.url}/forms/{trigger['url'].rsplit('/', 1)[1]}"


def _connections(owner: Client) -> None:
    address = {"base_url": "https://crm.northwind.example"}
    for name, title, auth in (
        ("crm", "CRM", {"kind": "bearer", "token": "t" * 20, **address}),
        ("shop-hook", "Shop's webhooks", {"kind": "signing_secret", "secret": "s" * 20}),
        ("warehouse", "Warehouse", {"kind": "database", "engine": "postgresql", "url": "postgresql://reader:secret@db.northwind.example/stock", "read_only": True}),
        ("billing", "Billing", {"kind": "basic", "username": "northwind", "password": "p" * 20, **address}),
    ):  # fmt: skip
        owner.ok("POST", "/v1/connections", {"name": name, "title": title, "auth": auth})


def _table(owner: Client) -> str:
    chance = random.Random(7)
    owner.ok("POST", "/v1/tables", {"name": "stock", "columns": STOCK, "key": ["sku"]})
    rows = [
        {"sku": f"{name[:3].upper()}-{100 + at}", "name": name, "left": chance.randint(0, 90), "reorder_at": 10,
         "supplier": chance.choice(["Timber & Sons", "Bright Lights", "Haus AG"]), "checked": f"2026-11-{9 + at:02}"}
        for at, name in enumerate(GOODS)
    ]  # fmt: skip
    owner.ok("POST", "/v1/tables/stock/rows", {"rows": rows})
    return "stock"


def _files(owner: Client) -> None:
    """What a company keeps: exports, invoices by month, a picture."""
    day = "order;customer;total\n" + "".join(
        f"A-{1000 + n};Customer {n};{n * 7 % 400}\n" for n in range(900)
    )
    kept = {"exports/orders-october.csv": day, "exports/orders-november.csv": day[:9000], "invoices/2026-10/A-1041.pdf": "%PDF-1.7" + " " * 48_000,
            "invoices/2026-11/A-1187.pdf": "%PDF-1.7" + " " * 51_000, "price-list.csv": "sku,price\nOAK-100,149\nDES-102,39\n", "terms of delivery.txt": "Free delivery from 50 euros on.\n",
            "product feed.json": '[{"sku": "OAK-100", "left": 12}]', "stock-take.xlsx": "x" * 18_300}  # fmt: skip
    for name, content in kept.items():
        body = content.encode()
        upload = owner.ok("POST", "/v1/files", {"name": name, "size": len(body)})["upload"]
        httpx.put(
            upload["url"], content=body, headers=upload["headers"], timeout=60
        ).raise_for_status()


def _runs(owner: Client, workflows: dict[str, Any]) -> dict[str, str]:
    """One execution that went well, one that failed, a few more, and a question that waits."""
    item = [{"sku": "chair", "qty": 4}, {"sku": "table", "qty": 1}, {"sku": "lamp", "qty": 2}]
    order = {"order_id": "A-1041", "customer_id": "c-7", "total": 120, "items": item}
    found = {"order": owner.call_webhook(workflows["order-intake"], order).json()["execution_id"]}
    for n in range(6):
        owner.call_webhook(workflows["order-intake"], {**order, "order_id": f"A-{1042 + n}"})
        owner.call_webhook(workflows["lead-enrichment"], {"email": f"buyer{n}@large.example"})
    failing = {"name": "Refund", "triggers": [{"id": "hook", "type": "webhook"}], "steps": [
        {"id": "payment", "name": "Find the payment", "set": {"id": "p-118", "amount": 84}},
        {"id": "refund", "name": "Pay it back", "use": "http.request", "with": {"method": "POST", "url": "http://127.0.0.1:9/refunds", "body": "{% $payment %}"}},
        {"id": "tell", "name": "Tell the customer", "use": "email.send", "with": {"to": "c@example.com", "subject": "Your refund", "text": "It is on its way."}}]}  # fmt: skip
    found["failed"] = owner.call_webhook(owner.publish(failing), {}).json()["execution_id"]
    asked = {"item": "Two standing desks", "amount": 1180, "team": "Engineering", "why": "The new colleagues start in December, and the office has none to spare."}  # fmt: skip
    form = _form(owner, workflows)
    page = httpx.get(form, timeout=60).text
    once = page.partition('name="_submission" value="')[2].partition('"')[0]
    httpx.post(form, data={**asked, "_submission": once}, timeout=60).raise_for_status()
    for name in ("order", "failed"):
        owner.ended(found[name])
    return found


def _figures(server: Server, owner: Client, workflows: dict[str, Any]) -> None:
    """A month of executions that were never run: more at work than at night, and fewer on Sundays."""
    place = (server.data / "postgres" / "postmaster.pid").read_text().splitlines()[4]
    os.environ["STATEWRIGHT_DATABASE_URL"] = f"postgresql://postgres@/postgres?host={place}"
    from statewright.analytics.facts import Fact, ingest

    chance = random.Random(11)
    now = datetime.now(UTC)
    usual = {"order-intake": (22.0, 2400), "lead-enrichment": (9.0, 900), "expense-approval": (4.0, 61_000), "invoice-reminders": (1.5, 5200)}  # fmt: skip
    owner.ok(
        "PUT",
        "/v1/analytics/settings",
        {"time_zone": "Europe/Berlin", "hourly_rate": 40, "currency": "EUR"},
    )
    for name, minutes in (("order-intake", 4), ("lead-enrichment", 6), ("expense-approval", 12)):
        owner.ok(
            "PUT",
            f"/v1/workflows/{workflows[name]['id']}/target",
            {"saved_minutes": minutes, "target_ms": usual[name][1] * 2},
        )
    facts: list[Fact] = []
    for hour in range(24 * DAYS):
        at = now - timedelta(hours=hour + 1)
        busy = (0.15 + max(0.0, math.sin((at.hour - 5) / 14 * math.pi))) * (0.35 if at.weekday() > 4 else 1.0) * (1.25 - hour / (24 * DAYS) / 2)  # fmt: skip
        for name, (often, usually) in usual.items():
            for n in range(round(often * busy * chance.uniform(0.6, 1.4))):
                moment = at + timedelta(minutes=chance.uniform(0, 59))
                failed = chance.random() < 0.035
                own = {"at": moment, "workspace_id": owner.session["workspace_id"], "workflow_id": workflows[name]["id"], "version": 1, "via": chance.choice(["webhook", "webhook", "webhook", "schedule", "manual", "api"])}  # fmt: skip
                key = f"{workflows[name]['id']}/shown-{hour}-{n}"
                took = int(usually * chance.lognormvariate(0, 0.5))
                facts.append(Fact("execution", key, status="failed" if failed else "succeeded", revision=1, error=chance.choice(["Http.ServerError", "Http.Timeout", "Refused"]) if failed else None, duration_ms=took, attempts=int(failed), units=8, **own))  # fmt: skip
                facts.append(Fact("trigger", key, status="accepted", **own))
    for first in range(0, len(facts), 2000):
        _counted(ingest, facts[first : first + 2000], now)


def _counted(
    ingest: Callable[[Any, datetime], object], facts: Sequence[object], now: datetime
) -> None:
    """As a queue does: what met the server's own counting in the database comes again."""
    for again in (True, True, True, False):
        try:
            ingest(facts, now)
        except UnavailableError:
            if not again:
                raise
        else:
            return
