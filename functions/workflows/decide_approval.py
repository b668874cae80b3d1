"""POST /approvals/{token}: a person's decision, from the page's form or as JSON."""

from aws_lambda_powertools.event_handler import Response

from statewright.http import Api
from statewright.http.forms import model_from
from statewright.workflows import approvals
from statewright.workflows.models import Decision

app = Api(permission=None, validate=False)


@app.post("/approvals/<token>", summary="Decide an approval", tags=["approvals"])
def decide_approval(token: str) -> Response[str]:
    """Records the decision; the workflow goes on with it."""
    decision, as_page = model_from(app.current_event, Decision)
    approval = approvals.decide(token, decision)
    if as_page:
        return Response(200, "text/html; charset=utf-8", approvals.page(approval))
    return Response(200, "application/json", approval.model_dump_json())


handler = app.handler()
