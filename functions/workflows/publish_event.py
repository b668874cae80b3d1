"""POST /v1/events: publishes an event for workflows to start on."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.workflows.triggers import custom_events
from statewright.workflows.triggers.models import NewEvent, PublishedEvent

app = Api(permission="executions:run")


@app.post("/v1/events", status_code=202, summary="Publish an event", tags=["triggers"])
def publish_event(event: Annotated[NewEvent, Body()]) -> PublishedEvent:
    """Starts every workflow whose trigger wants such an event, once for each event id; an
    Idempotency-Key is the id of an event without one."""
    key = app.current_event.headers.get("idempotency-key")
    return custom_events.publish(app.caller().workspace_id, event, key)


handler = app.handler()
