"""The owner of a workspace on the shared server, for the tests of the gateway."""

from __future__ import annotations

import pytest

from tests.support.server import Client, Server


@pytest.fixture(scope="package")
def owner(server: Server) -> Client:
    return Client(server, "owner@gateway.example").register()
