"""The actions ``http.request`` and ``graphql.query``."""

from typing import Any

from statewright.integrations import authorizing
from statewright.integrations.calls import performing
from statewright.integrations.files.for_requests import RequestFiles
from statewright.integrations.reach import reach_of
from statewright.logs import step


@step
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Sends the step's request and returns status, headers and body."""
    reach, authorize = reach_of(event["workspace_id"]), authorizing.for_step(event)
    files = RequestFiles(event["workspace_id"], event["key"])
    return performing.perform(event["with"], event["key"], reach, authorize, files)
