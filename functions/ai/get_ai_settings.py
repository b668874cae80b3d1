"""GET /v1/ai/settings: which provider the AI service uses, and what it may spend."""

from statewright.ai import metering
from statewright.ai.models import AISettings
from statewright.http import Api

app = Api(permission="ai:read")


@app.get("/v1/ai/settings", summary="The AI service's settings", tags=["ai"])
def get_ai_settings() -> AISettings:
    """The default connection and the budgets."""
    return metering.get_settings(app.caller().workspace_id)


handler = app.handler()
