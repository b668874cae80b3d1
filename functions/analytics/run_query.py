"""POST /v1/analytics/queries: measures by dimensions over a period."""

from statewright.analytics import querying
from statewright.analytics.models import Answer, Query
from statewright.http import Api

app = Api(permission="analytics:read")


@app.post("/v1/analytics/queries", summary="Ask for figures", tags=["analytics"])
def run_query(query: Query) -> Answer:
    """The figures; names are of `GET /v1/analytics/model`."""
    return querying.answer(app.caller().workspace_id, query)


handler = app.handler()
