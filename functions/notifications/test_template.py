"""POST /v1/notification-templates/{template_id}/test: sends a template to oneself."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.notifications import sending
from statewright.notifications.models import Notification
from statewright.notifications.template_models import TestSend

app = Api(permission="notifications:send")


@app.post(
    "/v1/notification-templates/<template_id>/test",
    status_code=202,
    summary="Send a template to oneself",
    tags=["notifications"],
)
def test_template(template_id: str, wanted: Annotated[TestSend, Body()]) -> Notification:
    """Sends a template to oneself."""
    return sending.send_test(app.caller(), template_id, wanted)


handler = app.handler()
