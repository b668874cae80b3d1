"""GET /readyz: whether requests can be served now."""

from statewright.db import health
from statewright.http import Api

app = Api(permission=None)


@app.get("/readyz", summary="Readiness", tags=["operations"])
def get_readiness() -> health.Readiness:
    """Answers once the database is there and up to date; 503 else, and while the server drains."""
    return health.ready()


handler = app.handler()
