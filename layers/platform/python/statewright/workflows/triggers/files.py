"""Files that start workflows: uploaded to S3 by a signed URL, and told of by S3's own event.

An upload's key names its trigger, so one rule for the whole bucket is enough. Nothing starts before
S3 has the object, and each object starts one execution however often its event comes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from statewright import world
from statewright.aws import objects
from statewright.db import load_queries, tenant
from statewright.errors import ConflictError, InvalidError, Issue, NotFoundError
from statewright.workflows import drafts, starting
from statewright.workflows.triggers import targets
from statewright.workflows.triggers.models import NewUpload, Upload
from statewright.workflows.triggers.targets import Target

LIFE = timedelta(hours=1)
"""How long an upload's URL works."""
_KEY = re.compile(
    r"files/(?P<workspace>[0-9a-f-]{36})/(?P<path>uploads/(?P<workflow>[0-9a-f-]{36})/"
    r"(?P<trigger>[a-z][a-z0-9_]*)/(?P<id>[0-9a-f-]{36})/(?P<name>[^/]+))"
)
_UNSAFE = re.compile(r"[^\w.() -]+")
_sql = load_queries(__package__)


def begin_upload(workspace_id: str, workflow_id: str, trigger_id: str, wanted: NewUpload) -> Upload:
    """A URL that takes the file, by PUT with the given headers.

    Raises:
        NotFoundError: the published version has no such trigger.
        InvalidError: the trigger does not take files of this size or type.
    """
    with tenant(workspace_id) as session:
        row = drafts.find(session, workflow_id)
    target = targets.find(row["id"], trigger_id)
    if target is None or target.type != "file":
        raise NotFoundError("The published version has no such file trigger.")
    target.require_open()
    _check(target.settings, wanted)
    name = _UNSAFE.sub("_", wanted.name).strip(". ")[-120:] or "file"
    path = f"uploads/{target.workflow_id}/{trigger_id}/{world.new_id()}/{name}"
    key = f"files/{workspace_id}/{path}"
    return Upload(
        url=objects.presigned_put(key, wanted.size, wanted.content_type, int(LIFE.total_seconds())),
        method="PUT",
        headers={"Content-Type": wanted.content_type, "Content-Length": str(wanted.size)},
        file=path,
        expires_at=world.now() + LIFE,
    )


def _check(settings: dict[str, Any], wanted: NewUpload) -> None:
    if wanted.size > settings["max_size"]:
        detail = f"may be {settings['max_size']:,} bytes at the most"
        raise InvalidError(f"The file {detail}.", (Issue("/size", detail),))
    if not accepts(settings["content_types"], wanted.content_type):
        detail = f"must be one of {', '.join(settings['content_types'])}"
        raise InvalidError(f"The content type {detail}.", (Issue("/content_type", detail),))


def accepts(allowed: list[str], content_type: str) -> bool:
    """Whether a media type is one of those allowed; none listed means any."""
    kind = content_type.partition(";")[0].strip().lower()
    family = kind.partition("/")[0] + "/*"
    return not allowed or kind in allowed or family in allowed or "*/*" in allowed


def take(detail: dict[str, Any], attempt: Callable[[Target, Callable[[], object]], None]) -> None:
    """Starts what an uploaded object starts, from S3's "Object Created" event."""
    found = _KEY.fullmatch(detail["object"]["key"])
    if found is None:
        return
    target = targets.find(found["workflow"], found["trigger"])
    if target is None or not target.open or target.workspace_id != found["workspace"]:
        return
    attempt(target, lambda: _start(target, found))


def _start(target: Target, found: re.Match[str]) -> None:
    try:
        facts = objects.head(found[0])
    except NotFoundError:
        raise ConflictError(f"The file {found['path']} has been deleted again.") from None
    body = {
        "file": found["path"],
        "name": found["name"],
        "size": facts.size,
        "content_type": facts.content_type,
        "etag": facts.etag,
    }
    starting.check_input(target.input_schema, body)
    trigger = starting.facts(target.type, target.trigger_id, body)
    starting.begin_once(target, trigger, f"{found['id']}/{facts.etag}")
