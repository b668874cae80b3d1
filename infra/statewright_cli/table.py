"""Executions and their steps as tables."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.markup import escape
from rich.table import Table

_COLOURS = {
    "succeeded": "green",
    "failed": "red",
    "timed_out": "red",
    "stopped": "yellow",
    "running": "cyan",
    "waiting": "cyan",
    "skipped": "dim",
    "not_reached": "dim",
}


def coloured(status: str) -> str:
    """A status in its colour."""
    return f"[{_COLOURS.get(status, 'default')}]{status.replace('_', ' ')}[/]"


def steps_table(steps: Sequence[Mapping[str, Any]], title: str) -> Table:
    """One row for each step."""
    table = Table(title=title, title_justify="left", expand=False)
    for heading in ("Step", "Kind", "Status", "Runs", "Took", "Result"):
        table.add_column(heading, overflow="fold")
    for step in steps:
        depth = step["pointer"].count("/steps/") + step["pointer"].count("/otherwise/") - 1
        depth += step["pointer"].count("/parallel/")
        table.add_row(
            "  " * max(0, depth) + escape(step["name"]),
            step["kind"],
            coloured(step["status"]),
            str(step["runs"] or ""),
            _took(step),
            escape(_short(step["error"] or step["output"])),
        )
    return table


def _took(step: Mapping[str, Any]) -> str:
    if not step["started_at"] or not step["stopped_at"]:
        return ""
    start = datetime.fromisoformat(step["started_at"])
    took = datetime.fromisoformat(step["stopped_at"]) - start
    return f"{took.total_seconds() * 1000:.0f} ms"


def _short(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict) and value.keys() == {"status", "headers", "body"}:
        return f"{value['status']} {_short(value['body'])}"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"
