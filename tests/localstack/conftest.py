"""These tests look at LocalStack itself: they are there for `make test-localstack` alone."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if config.getoption("--ground") != "localstack" else None
