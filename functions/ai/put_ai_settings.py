"""PUT /v1/ai/settings: which provider the AI service uses, and what it may spend."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.ai import administering
from statewright.ai.models import AISettings
from statewright.http import Api

app = Api(permission="ai:write")


@app.put("/v1/ai/settings", summary="Set the AI service's provider and budgets", tags=["ai"])
def put_ai_settings(wanted: Annotated[AISettings, Body()]) -> AISettings:
    """Replaces the default connection and the budgets."""
    return administering.put_settings(app.caller(), wanted)


handler = app.handler()
