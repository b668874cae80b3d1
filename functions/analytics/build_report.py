"""Task of the state machine build-report: makes an export's file."""

from typing import Any

from statewright.analytics import building


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Takes ``workspace_id`` and ``export_id``."""
    return {"status": building.build(event["workspace_id"], event["export_id"])}
