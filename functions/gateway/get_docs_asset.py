"""GET /docs/{asset}: what the documentation's page is made of."""

from aws_lambda_powertools.event_handler import Response

from statewright.gateway import docs_page
from statewright.http import Api

app = Api(permission=None)


@app.get("/docs/<asset>", summary="Load a part of the documentation's page", tags=["gateway"])
def get_docs_asset(asset: str) -> Response[str]:
    """Swagger UI's script and style, and the script that starts it."""
    kind, text = docs_page.asset(asset)
    return Response(200, kind, text, {"Cache-Control": "public, max-age=86400"})


handler = app.handler()
