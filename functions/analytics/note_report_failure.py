"""Task of the state machine build-report: notes that a file could not be made."""

from typing import Any

from statewright.analytics import building


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Takes ``workspace_id``, ``export_id`` and the ``error``'s name."""
    error = f"The file could not be made ({event['error']})."
    building.finish(event["workspace_id"], event["export_id"], "failed", error=error)
    return {"status": "failed"}
