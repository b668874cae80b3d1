"""Fixtures that need a database or a server; unit tests use none of them."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support import secrets
from tests.support.server import Client, Server

# In the suite every run looks at the same examples, and no machine is too slow for them;
# `make fuzz` looks at many more, and at others each time.
settings.register_profile("suite", deadline=None, derandomize=True, database=None)
settings.register_profile(
    "fuzz",
    deadline=None,
    max_examples=20_000,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--ground", choices=["local", "localstack"], default="local")


@pytest.fixture(scope="session")
def data_root() -> Iterator[Path]:
    """A folder that any user may enter: PostgreSQL does not run as root.

    When the last test is done, no secret that the tests used may stand in what was logged.
    """
    kept = secrets.Kept()
    logging.getLogger().addHandler(kept)
    with tempfile.TemporaryDirectory(prefix="statewright-test-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        logging.getLogger().removeHandler(kept)
        found = secrets.leaks(Path(folder), kept)
        assert not found, f"secrets in the logs: {found}"


@pytest.fixture(scope="session")
def server(data_root: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """One server for all tests that do not kill it. What it keeps for a while, it keeps shortly."""
    if request.config.getoption("--ground") == "localstack":
        yield from _on_localstack(data_root)
        return
    hasty = {"STATEWRIGHT_PROVIDER_KEYS_SECONDS": "1", "POWERTOOLS_LOG_LEVEL": "INFO"}
    running = Server(
        data_root / "shared",
        "--keep-policies",
        "1",
        "--aws-actions",
        "sfn:list*",
        "--record-calls",
        str(data_root / "calls.jsonl"),
        environment=hasty,
    )
    try:
        yield running.start()
    finally:
        running.stop()
    _check_permissions(data_root / "calls.jsonl")


def _check_permissions(calls: Path) -> None:
    """Whatever the tests made functions ask AWS for, the template's policies must allow."""
    from tests.support import permissions

    kept = os.environ.get("STATEWRIGHT_KEEP_CALLS")
    if kept and calls.exists():
        with Path(kept).open("a") as file:
            file.write(calls.read_text())
    missing = permissions.missing(permissions.recorded(calls))
    assert not missing, f"the template's policies lack {missing}"


def _on_localstack(data_root: Path) -> Iterator[Any]:
    """The same product on the other ground: see docs/localstack.md."""
    from tests.localstack.server import LocalStackServer

    other = LocalStackServer(data_root / "other")
    try:
        yield other.start()
    finally:
        other.stop()


@pytest.fixture(scope="session")
def client(server: Server) -> Client:
    """The owner of a workspace on the shared server."""
    return Client(server).register()


@pytest.fixture(scope="session")
def crm() -> str:
    """A second real HTTP server: the systems that the examples talk to."""
    from statewright_cli.stand_in import start_stand_in

    return start_stand_in()


@pytest.fixture(scope="session")
def database(data_root: Path) -> Iterator[str]:
    """A PostgreSQL of its own."""
    from localcloud.database import EmbeddedDatabase

    embedded = EmbeddedDatabase(data_root / "postgres")
    yield embedded.start()
    embedded.stop()


@pytest.fixture
def pool(database: str) -> Iterator[Any]:
    """Connections to an empty engine schema."""
    from asl.adapters.postgres_journal import create_schema
    from localcloud.database import open_pool

    opened = open_pool(database, 10)
    with opened.connection() as connection:
        connection.execute("DROP SCHEMA IF EXISTS asl CASCADE")
        connection.execute("DROP SCHEMA IF EXISTS localcloud CASCADE")
    create_schema(opened)
    yield opened
    opened.close()
