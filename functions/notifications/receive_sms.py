"""POST /callbacks/twilio/{workspace_id}/inbound: a person's own SMS: STOP, START."""

from aws_lambda_powertools.event_handler import Response

from statewright.http import Api
from statewright.http.signed import target_of
from statewright.notifications import twilio_callbacks
from statewright.notifications.twilio_callbacks import Call

app = Api(permission=None, validate=False)


@app.post(
    "/callbacks/twilio/<workspace_id>/inbound", summary="Receive an SMS", tags=["notifications"]
)
def receive_sms(workspace_id: str) -> Response[str]:
    """Believed only with Twilio's signature; the answer sends nothing back."""
    event = app.current_event
    signature = event.headers.get("x-twilio-signature", "")
    call = Call(workspace_id, target_of(event), event.decoded_body or "", signature)
    twilio_callbacks.note_answer(call)
    return Response(200, "text/xml", "<Response/>")


handler = app.handler()
