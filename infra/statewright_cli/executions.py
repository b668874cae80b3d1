"""``executions``: the newest executions of a server."""

from __future__ import annotations

from datetime import datetime

import httpx
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from statewright_cli.files import problems
from statewright_cli.table import coloured


def show_executions(url: str, key: str, status: str | None, limit: int) -> None:
    """Prints a table, or one sentence that says what is wrong."""
    parameters = {"limit": str(limit), **({"status": status} if status else {})}
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        answer = httpx.get(f"{url}/v1/executions", params=parameters, headers=headers, timeout=30)
    except httpx.HTTPError as error:
        problems.print(f"{url} does not answer: {error}", style="red")
        raise typer.Exit(1) from None
    if answer.is_error:
        document = answer.json()
        problems.print(f"{document['title']}: {document.get('detail', '')}", style="red")
        raise typer.Exit(1)
    table = Table()
    for heading in ("Execution", "Workflow", "Status", "Started", "Error"):
        table.add_column(heading, overflow="fold")
    for item in answer.json()["items"]:
        started = datetime.fromisoformat(item["started_at"]).astimezone()
        table.add_row(
            item["id"],
            escape(item["workflow"]),
            coloured(item["status"]),
            f"{started:%Y-%m-%d %H:%M:%S}",
            escape(item["error"] or ""),
        )
    Console().print(table)
