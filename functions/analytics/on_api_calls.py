"""Log subscription: counts API calls from the lines of the API's access log."""

from typing import Any

from statewright.analytics import calls


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Takes a batch of lines; a batch that comes again is counted once."""
    return {"facts": calls.record(calls.lines_of(event["awslogs"]["data"]))}
