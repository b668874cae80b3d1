"""The ``http.request`` action."""

from typing import Any

from statewright.integrations import authorizing
from statewright.integrations.reach import reach_of
from statewright.workflows.actions import http_request


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Sends the step's request and returns status, headers and body."""
    reach, authorize = reach_of(event["workspace_id"]), authorizing.for_step(event)
    return http_request.perform(event["with"], event["key"], reach, authorize)
