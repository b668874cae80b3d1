"""GET /v1/live: where live updates are."""

from statewright.http import Api
from statewright.live.address import Address, address

app = Api(permission="account:read")


@app.get("/v1/live", summary="Find live updates", tags=["live"])
def get_live_url() -> Address:
    """The WebSocket's address, with the subprotocol to ask for."""
    return address()


handler = app.handler()
