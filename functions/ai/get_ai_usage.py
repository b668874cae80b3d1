"""GET /v1/ai/usage: tokens and cost of a month, by workflow, step and model."""

from datetime import date

from statewright.ai import metering
from statewright.ai.models import Usage
from statewright.http import Api

app = Api(permission="ai:read")


@app.get("/v1/ai/usage", summary="What the AI service has used", tags=["ai"])
def get_ai_usage(month: date | None = None) -> Usage:
    """The month of a date; without one, this month."""
    return metering.usage(app.caller().workspace_id, month)


handler = app.handler()
