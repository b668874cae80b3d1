"""Schedule: has reports made whose time has come, and forgets old files."""

from typing import Any

from statewright.analytics import exporting


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Each report is sent once for each time of its schedule."""
    return {"sent": exporting.send_due(), "forgotten": exporting.forget_old()}
