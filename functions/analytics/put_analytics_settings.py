"""PUT /v1/analytics/settings: how the workspace counts."""

from statewright.analytics import settings
from statewright.analytics.models import Settings
from statewright.http import Api

app = Api(permission="analytics:write")


@app.put("/v1/analytics/settings", summary="Set how is counted", tags=["analytics"])
def put_analytics_settings(wanted: Settings) -> Settings:
    """With another time zone, the days are summed anew."""
    return settings.put_settings(app.caller().workspace_id, wanted)


handler = app.handler()
