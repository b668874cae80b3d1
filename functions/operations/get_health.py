"""GET /healthz: whether the API and its database answer."""

from statewright.db import health
from statewright.http import Api

app = Api(permission=None)


@app.get("/healthz", summary="Health", tags=["operations"])
def get_health() -> health.Health:
    """Answers once requests can be served; 503 while the database is away."""
    return health.check()


handler = app.handler()
