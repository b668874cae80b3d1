"""POST /callbacks/twilio/{workspace_id}/status: what became of an SMS, as Twilio tells."""

from aws_lambda_powertools.event_handler import Response

from statewright.http import Api
from statewright.http.signed import target_of
from statewright.notifications import twilio_callbacks
from statewright.notifications.twilio_callbacks import Call

app = Api(permission=None, validate=False)


@app.post(
    "/callbacks/twilio/<workspace_id>/status",
    summary="Note an SMS's status",
    tags=["notifications"],
)
def receive_sms_status(workspace_id: str) -> Response[str]:
    """Believed only with Twilio's signature; the answer sends nothing back."""
    event = app.current_event
    signature = event.headers.get("x-twilio-signature", "")
    call = Call(workspace_id, target_of(event), event.decoded_body or "", signature)
    query = event.query_string_parameters
    twilio_callbacks.note_status(call, query.get("delivery"), query.get("round"))
    return Response(200, "text/xml", "<Response/>")


handler = app.handler()
