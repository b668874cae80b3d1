"""``http.request``: one call, or all pages of a list, or an answer into a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from tempfile import TemporaryFile
from typing import Any

from statewright import world
from statewright.integrations import failures
from statewright.integrations.calls import graphql, pages, sending
from statewright.integrations.calls.building import Authorize, Files, request_of
from statewright.integrations.calls.sending import PATIENCE, Way
from statewright.integrations.failures import InvalidRequest
from statewright.integrations.messages import Answer, Head, Limits, Request
from statewright.integrations.reach import Reach
from statewright.settings import settings

SECONDS = 25.0
MOST_SECONDS = 600.0
MAX_FILE = 2_000_000_000


def perform(
    inputs: Mapping[str, Any],
    key: str,
    reach: Reach,
    authorize: Authorize | None = None,
    files: Files | None = None,
) -> dict[str, Any]:
    """Sends a step's request and returns status, headers and body.

    Args:
        inputs: those of the action; ``graphql`` among them says that it is ``graphql.query``.
        key: tells this call from others (``Idempotency-Key``).
        reach: what may be connected to.
        authorize: adds the connection's credential.
        files: the workspace's files, where there are some.

    Raises:
        HttpRequestError: under the name of what went wrong.
    """
    way = _way(inputs, reach, authorize)
    if inputs.get("graphql"):
        return graphql.query(inputs, key, way)
    if inputs.get("pages"):
        return pages.all_pages(inputs, key, way, files)
    request = request_of(inputs, key, files)
    if inputs.get("save_to"):
        return _saved(request, inputs["save_to"], way, files)
    answer = sending.send(request, way)
    failures.check(answer)
    value = sending.value_of(answer, inputs.get("response"))
    return {
        "status": answer.head.status,
        "headers": sending.headers_of(answer.head),
        "body": value,
    }


def _way(inputs: Mapping[str, Any], reach: Reach, authorize: Authorize | None) -> Way:
    seconds = min(float(inputs.get("seconds") or SECONDS), MOST_SECONDS)
    patience = inputs.get("retry_after")
    return Way(
        reach,
        Limits(settings().http_step_limit, seconds),
        authorize,
        PATIENCE if patience is None else float(patience),
        world.now() + timedelta(seconds=seconds),
    )


def _saved(request: Request, name: str, way: Way, files: Files | None) -> dict[str, Any]:
    """Keeps the answer's content as a file; a failure's is not kept."""
    if files is None:
        raise InvalidRequest("there are no stored files here")
    large = replace(way, limits=Limits(MAX_FILE, way.limits.seconds))
    with TemporaryFile() as target:
        with sending.stream(request, large) as (head, chunks):
            if head.status >= 400:
                failures.check(Answer(head, _beginning(head, chunks)))
            for chunk in chunks:
                target.write(chunk)
        target.seek(0)
        kept = files.keep(name, target)
    return {"status": head.status, "headers": sending.headers_of(head), "file": kept}


def _beginning(head: Head, chunks: Any) -> bytes:
    content = b""
    for chunk in chunks:
        content += chunk
        if len(content) >= failures.SHOWN * 4:
            break
    return content
