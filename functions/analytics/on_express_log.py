"""Log subscription: counts Express executions from the lines of their log."""

from typing import Any

from statewright.analytics import calls, express


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Takes a batch of lines; a batch that comes again is counted once."""
    return {"facts": express.record(calls.lines_of(event["awslogs"]["data"]))}
