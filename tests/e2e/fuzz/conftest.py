"""A server of its own: made-up requests run into limits on attempts, which others would feel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.planting import Planted, plant
from tests.support.server import Client, Server


@pytest.fixture(scope="package")
def fuzzed(data_root: Path) -> Iterator[Server]:
    running = Server(data_root / "fuzzed")
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture(scope="package")
def mine(fuzzed: Server) -> Planted:
    return plant(Client(fuzzed, "owner@mine.example").register())


@pytest.fixture(scope="package")
def stranger(fuzzed: Server) -> Planted:
    """The owner of another workspace, where nothing is."""
    return Planted(Client(fuzzed, "owner@stranger.example").register(), {})
