"""Task of the state machine build-report: tells those who wait for a file."""

from typing import Any

from statewright.analytics import building


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Takes ``workspace_id`` and ``export_id``; telling twice tells once."""
    return {"notification_id": building.tell(event["workspace_id"], event["export_id"])}
