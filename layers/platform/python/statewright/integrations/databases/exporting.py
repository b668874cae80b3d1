"""``db.query`` with ``to``: what it finds becomes a file, however many rows there are."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing
from tempfile import TemporaryFile
from typing import Any

from statewright.integrations.databases.driver import Driver, Limits, Row
from statewright.integrations.databases.errors import DatabaseTimeoutError, DatabaseTooLargeError
from statewright.integrations.databases.values import shown
from statewright.integrations.files import writing
from statewright.integrations.files.errors import FileInvalidError
from statewright.integrations.files.formats import STREAMED, format_of
from statewright.integrations.files.keeping import writable_key
from statewright.integrations.files.making import MAX_MADE, kept
from statewright.integrations.files.step import named
from statewright.integrations.files.writing import Bounded

SECONDS = 600.0
MAX_ROWS = 1_000_000_000


def limits_of(inputs: Mapping[str, Any]) -> Limits:
    """All rows, unless the step has a limit; the time that a step's function may take."""
    return Limits(
        int(inputs.get("limit") or MAX_ROWS),
        seconds=min(float(inputs.get("seconds") or 60), SECONDS),
    )


def export(
    event: Mapping[str, Any],
    connect: Callable[[Limits], AbstractContextManager[Driver]],
    statement: str,
    values: dict[str, Any],
) -> dict[str, Any]:
    """Writes the rows of a query into a file of the workspace's, one after the other.

    Returns:
        The file, as ``file.write`` gives it, and the ``count`` of its rows.

    Raises:
        DatabaseTimeoutError: reading them all takes longer than it may.
        DatabaseTooLargeError: there are more than ``limit``.
        FileError: the file cannot be written.
    """
    inputs = event["with"]
    name = inputs["to"]
    if not isinstance(name, str):
        raise FileInvalidError("the file's name is no text")
    with named():  # before anything is asked of the database
        writable_key(event["workspace_id"], name)
    kind = format_of(name, inputs.get("into"), STREAMED)
    limits = limits_of(inputs)
    with TemporaryFile() as target:
        with connect(limits) as driver, closing(driver.query(statement, values)) as rows:
            count = writing.write(
                kind, _bounded(rows, limits, time.monotonic), Bounded(target, MAX_MADE), inputs
            )
        target.seek(0)
        with named():
            written = kept(event["workspace_id"], event["key"], inputs, name, target)
    return {**written, "count": count}


def _bounded(rows: Iterator[Row], limits: Limits, now: Callable[[], float]) -> Iterator[Row]:
    ends = now() + limits.seconds
    for number, row in enumerate(rows, 1):
        if number > limits.rows:
            raise DatabaseTooLargeError(f"there are more than {limits.rows:,} rows")
        if now() > ends:
            raise DatabaseTimeoutError(f"reading the rows took more than {limits.seconds:g} s")
        yield {str(name): shown(value) for name, value in row.items()}
