"""Where clients find the WebSocket."""

from __future__ import annotations

from pydantic import BaseModel

from statewright.live.connections import PROTOCOL
from statewright.settings import settings


class Address(BaseModel):
    """A WebSocket's address. Browsers send their token as the subprotocol ``bearer.<token>``."""

    url: str
    protocol: str


def address() -> Address:
    """The address of this deployment's WebSocket."""
    return Address(url=f"ws{settings().live_endpoint.removeprefix('http')}", protocol=PROTOCOL)
