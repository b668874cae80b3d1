"""A language model's provider for each module, which answers as its tests tell it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.ai_provider import AIStandIn, ai_stand_in


@pytest.fixture(scope="module")
def provider() -> Iterator[AIStandIn]:
    with ai_stand_in() as stand_in:
        yield stand_in
