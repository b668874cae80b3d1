"""GET /v1/analytics/settings: how the workspace counts."""

from statewright.analytics import settings
from statewright.analytics.models import Settings
from statewright.http import Api

app = Api(permission="analytics:read")


@app.get("/v1/analytics/settings", summary="Show how is counted", tags=["analytics"])
def get_analytics_settings() -> Settings:
    """Whose days, in which currency, what an hour of work costs."""
    return settings.get_settings(app.caller().workspace_id)


handler = app.handler()
