"""Who opens a connection: the same decision as at the API's door, with a WebSocket's means.

Programs send ``Authorization: Bearer …``. Browsers cannot, so they offer two subprotocols:
``new WebSocket(url, ["statewright", "bearer." + token])``; a token in the address would end up in
logs.
"""

from __future__ import annotations

from collections.abc import Mapping

from statewright.auth.gate import bearer_of
from statewright.errors import UnauthenticatedError
from statewright.live.connections import PROTOCOL

_PREFIX = "bearer."


def offered(headers: Mapping[str, str]) -> list[str]:
    """The subprotocols that a client offers."""
    text = _header(headers, "sec-websocket-protocol")
    return [name.strip() for name in text.split(",") if name.strip()]


def token_of(headers: Mapping[str, str]) -> str:
    """The client's access token or API key.

    Raises:
        UnauthenticatedError: it sent none.
    """
    authorization = _header(headers, "authorization")
    if authorization:
        return bearer_of(authorization)
    for name in offered(headers):
        if name.startswith(_PREFIX):
            return name.removeprefix(_PREFIX)
    raise UnauthenticatedError("Send a token as a header, or as the subprotocol 'bearer.<token>'.")


def chosen(headers: Mapping[str, str]) -> dict[str, str]:
    """The answer's headers: the subprotocol that was chosen, if any was offered."""
    return {"Sec-WebSocket-Protocol": PROTOCOL} if PROTOCOL in offered(headers) else {}


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")
