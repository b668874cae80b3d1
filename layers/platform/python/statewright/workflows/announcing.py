"""Recording executions and telling those who watch: at once, for each batch of status events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from statewright.live import Event, publish_all
from statewright.workflows import executions


def record(details: Sequence[dict[str, Any]]) -> None:
    """Records a batch of status events, and publishes what was news in it."""
    news = executions.record(details)
    publish_all(event for row in news for event in _events(row))


def _events(row: dict[str, Any]) -> Iterator[Event]:
    workspace_id = row["workspace_id"]
    content = {name: value for name, value in row.items() if name != "workspace_id"}
    for topic in (
        "executions",
        f"executions/{row['id']}",
        f"workflows/{row['workflow_id']}/executions",
    ):
        yield Event(workspace_id, topic, content)
