"""``file.*``, as a step's Lambda performs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from statewright.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    TooLargeError,
    UnavailableError,
)
from statewright.integrations.files import keeping, making, reading
from statewright.integrations.files.errors import (
    FileConflictError,
    FileInvalidError,
    FileMissingError,
    FileTooLargeError,
    FileUnavailableError,
)
from statewright.integrations.files.making import Written

Perform = Callable[[str, str, dict[str, Any]], dict[str, Any]]


def perform(event: dict[str, Any]) -> dict[str, Any]:
    """The result of a step. A step that runs again writes the same again.

    Raises:
        FileError: under the name of what went wrong.
    """
    inputs = dict(event["with"])
    work = _OPERATIONS[inputs.pop("operation")]
    try:
        with named():
            return reading.fitting(work(event["workspace_id"], event["key"], inputs))
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise FileInvalidError(f"the inputs do not fit: {error}") from error


@contextmanager
def named() -> Iterator[None]:
    """Failures of the store, under their names in workflows."""
    try:
        yield
    except NotFoundError as error:
        raise FileMissingError(error.detail) from None
    except InvalidError as error:
        raise FileInvalidError(error.detail) from None
    except ConflictError as error:
        raise FileConflictError(error.detail) from None
    except TooLargeError as error:
        raise FileTooLargeError(error.detail) from None
    except UnavailableError as error:
        raise FileUnavailableError(error.detail) from error


def _read(workspace_id: str, key: str, inputs: dict[str, Any]) -> dict[str, Any]:
    return reading.read(workspace_id, inputs)


def _list(workspace_id: str, key: str, inputs: dict[str, Any]) -> dict[str, Any]:
    page = keeping.list_page(
        workspace_id,
        inputs.get("prefix") or "",
        inputs.get("after"),
        int(inputs.get("limit") or 100),
    )
    stored = [file for file in page.items if file.state == "stored"]
    return {"files": [Written.of(file).shown() for file in stored], "next": page.next}


def _delete(workspace_id: str, key: str, inputs: dict[str, Any]) -> dict[str, Any]:
    return {"deleted": keeping.delete_named(workspace_id, inputs["file"])}


def _link(workspace_id: str, key: str, inputs: dict[str, Any]) -> dict[str, Any]:
    file = keeping.required(workspace_id, inputs["file"])
    link = keeping.link_to(workspace_id, file.name, int(inputs.get("seconds") or 3600))
    return {"url": link.url, "expires_at": link.expires_at.isoformat()}


_OPERATIONS: dict[str, Perform] = {
    "read": _read,
    "write": making.write,
    "convert": making.convert,
    "image": making.image,
    "zip": making.pack,
    "unzip": making.unpack,
    "copy": making.copy,
    "list": _list,
    "delete": _delete,
    "link": _link,
}
