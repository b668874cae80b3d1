"""One rig for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.analytics import rig as rigs


@pytest.fixture(scope="module")
def open_rig(database: str) -> Iterator[rigs.Rig]:
    with pytest.MonkeyPatch.context() as patch, rigs.opened(database, patch) as rig:
        yield rig


@pytest.fixture
def rig(open_rig: rigs.Rig) -> rigs.Rig:
    """An empty rig."""
    open_rig.empty()
    open_rig.now = rigs.NOW
    open_rig.started.clear()
    return open_rig
