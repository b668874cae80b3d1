"""GET /docs: the API's description as a page to read and try."""

from aws_lambda_powertools.event_handler import Response

from statewright.gateway import docs_page
from statewright.http import Api

app = Api(permission=None)


@app.get("/docs", summary="Show the API's documentation", tags=["gateway"])
def show_docs() -> Response[str]:
    """Swagger UI over /openapi.json; it loads nothing from elsewhere."""
    return Response(200, "text/html; charset=utf-8", docs_page.PAGE, dict(docs_page.HEADERS))


handler = app.handler()
