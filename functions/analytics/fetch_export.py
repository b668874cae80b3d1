"""GET /shared/exports/{token}: a file, by its link."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from statewright.analytics import exporting
from statewright.http import Api, redirect

app = Api(permission=None, validate=False)


@app.get("/shared/exports/<token>", summary="Fetch a file", tags=["analytics"])
def fetch_export(token: str) -> Response[Any]:
    """Sends a browser to the file, for some minutes."""
    return redirect(exporting.fetch(token))


handler = app.handler()
