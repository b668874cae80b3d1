"""Forms: a page that anybody with its address, or one person with a signed link, fills in.

Nobody is signed in here, so there is no session that another site could use. What a page carries is
its submission, signed and good for half a day: sent twice, it starts one execution; a page that is
older is shown again with what was entered.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

from statewright import world
from statewright.auth import tokens
from statewright.db import tenant
from statewright.errors import (
    GoneError,
    InvalidError,
    MalformedError,
    NotFoundError,
    UnauthenticatedError,
)
from statewright.settings import settings
from statewright.workflows import drafts, starting
from statewright.workflows.triggers import targets
from statewright.workflows.triggers.form_fields import Entry, fields_of, read_entry
from statewright.workflows.triggers.form_page import HEADERS, form_page, thanks_page
from statewright.workflows.triggers.keys import Key
from statewright.workflows.triggers.models import FormLink, NewFormLink
from statewright.workflows.triggers.results import Reply
from statewright.workflows.triggers.targets import Target

PAGE_LIFE = timedelta(hours=12)
MOST_FIELDS = 2000
_KIND, _LINK, _PAGE = "form", "form-link", "form-page"
_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Form:
    """A form that may be filled in. ``once`` is a signed link's own submission."""

    target: Target
    schema: dict[str, Any]
    about: dict[str, str]
    once: str | None = None


def open_form(token: str) -> Form:
    """The form of an address.

    Raises:
        NotFoundError: there is no such form, or it needs a signed link.
        GoneError: the link's time is over.
        ConflictError: the workflow is off.
    """
    signed = "." in token
    target, once = _by_link(token) if signed else (targets.by_token(token, _KIND), None)
    if not signed and target.settings["access"] == "signed":
        raise NotFoundError("There is no such form.")
    target.require_open()
    given = target.settings
    about = {name: str(given[name]) for name in ("title", "description", "submit", "thanks")}
    about["title"] = about["title"] or target.workflow
    return Form(target, target.input_schema or {}, about, once)


def _by_link(token: str) -> tuple[Target, str | None]:
    claims = tokens.read_link(token, _LINK)
    workflow_id, trigger_id, link_id = claims["sub"].split("/")
    target = targets.find(workflow_id, trigger_id)
    if target is None or target.type != _KIND or target.workspace_id != claims["workspace"]:
        raise NotFoundError("There is no such form.")
    return target, link_id or None


def show(token: str) -> Reply:
    """The empty page."""
    return _page(200, open_form(token))


def submit(token: str, content_type: str, body: str) -> Reply:
    """Starts the workflow with what was entered, or shows the page again with what is wrong.

    Args:
        body: the page's form, or JSON, which is answered with JSON.
    """
    form = open_form(token)
    if content_type.partition(";")[0].strip().lower() == "application/json":
        return _submit_json(form, body)
    try:
        texts = parse_qs(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise MalformedError("The form cannot be read.") from None
    entry = read_entry(form.schema, fields_of(form.schema), texts)
    submission = _submission(form, (texts.get("_submission") or [""])[-1])
    if submission is None and not entry.errors:
        stale = "This page was open for too long. Please send it again."
        entry = replace(entry, errors={"": stale})
    if entry.errors or submission is None:
        return _page(422, form, texts, entry)
    try:
        _start(form, entry.value, submission)
    except InvalidError as error:
        return _page(422, form, texts, replace(entry, errors={"": error.detail}))
    return Reply(200, _HTML, thanks_page(form.about), dict(HEADERS))


def _submit_json(form: Form, body: str) -> Reply:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedError("The body is not valid JSON.") from None
    starting.check_input(form.schema, value)
    started = _start(form, value, form.once or world.new_id())
    return Reply(202, "application/json", started.model_dump_json())


def _start(form: Form, value: Any, submission: str) -> Any:
    target = form.target
    trigger = starting.facts(target.type, target.trigger_id, value)
    key = Key(
        target.workflow_id, target.workspace_id, f"{target.trigger_id}\nform", submission, None
    )
    if form.once is not None:
        key = replace(key, window=timedelta(days=400))
    return starting.begin(target, trigger, key)


def _page(
    status: int, form: Form, texts: dict[str, list[str]] | None = None, entry: Entry | None = None
) -> Reply:
    submission = tokens.issue_link(
        _PAGE,
        f"{form.target.workflow_id}/{form.target.trigger_id}/{world.new_id()}",
        form.target.workspace_id,
        world.now() + PAGE_LIFE,
    )
    errors = None if entry is None else entry.errors
    page = form_page(form.about, fields_of(form.schema), submission, texts, errors)
    return Reply(status, _HTML, page, dict(HEADERS))


def _submission(form: Form, token: str) -> str | None:
    """The submission that a page carries; None where it is not of this form, or too old."""
    try:
        claims = tokens.read_link(token, _PAGE)
    except (GoneError, UnauthenticatedError):
        return None
    workflow_id, trigger_id, submission = claims["sub"].split("/")
    if (workflow_id, trigger_id) != (form.target.workflow_id, form.target.trigger_id):
        return None
    return form.once or str(submission)


def make_link(
    workspace_id: str, workflow_id: str, trigger_id: str, wanted: NewFormLink
) -> FormLink:
    """A signed link to a form, which works until its time is over, once unless it may be reused.

    Raises:
        NotFoundError: the published version has no such form.
    """
    with tenant(workspace_id) as session:
        row = drafts.find(session, workflow_id)
    target = targets.find(row["id"], trigger_id)
    if target is None or target.type != _KIND:
        raise NotFoundError("The published version has no such form.")
    ends = world.now() + timedelta(hours=wanted.hours)
    link_id = "" if wanted.reusable else world.new_id()
    subject = f"{target.workflow_id}/{trigger_id}/{link_id}"
    token = tokens.issue_link(_LINK, subject, workspace_id, ends)
    return FormLink(url=f"{settings().base_url}/forms/{token}", expires_at=ends)
