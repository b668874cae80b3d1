"""Templates and layouts: each change makes a version, and a version never changes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
from psycopg.types.json import Jsonb

from statewright import world
from statewright.auth import audit
from statewright.db import Session, load_queries, tenant
from statewright.errors import InvalidError, Issue, NotFoundError
from statewright.http.caller import Caller
from statewright.http.paging import Page, decode_cursor, encode_cursor
from statewright.ids import parse_id
from statewright.notifications import sandbox
from statewright.notifications.models import Body
from statewright.notifications.rendering import Source, render
from statewright.notifications.sandbox import RenderError
from statewright.notifications.template_models import (
    Preview,
    PreviewRequest,
    Template,
    TemplateContent,
    TemplateSummary,
    TemplateVersion,
)

MAX_DATA = 65_536
"""The most bytes, as JSON, of the data that a message is rendered with."""
_NO_SCHEMA = (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError)
_sql = load_queries(__package__, "templates.sql")


def list_page(workspace_id: str, cursor: str | None, limit: int) -> Page[TemplateSummary]:
    """Templates and layouts by name."""
    after = None if cursor is None else decode_cursor(cursor, str)[0]
    with tenant(workspace_id) as session:
        rows = session.all(_sql.list_templates, after=after, limit=limit + 1)
    items = [TemplateSummary.model_validate(row) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].name) if len(rows) > limit else None)


def get(workspace_id: str, key: str, version: int | None = None) -> Template:
    """A template by id or name."""
    with tenant(workspace_id) as session:
        return Template.model_validate(find(session, key, version))


def find(session: Session, key: str, version: int | None = None) -> dict[str, Any]:
    """The row of a template in use.

    Raises:
        NotFoundError: there is none of that id or name, or it has no such version.
    """
    row = session.one(_sql.find_template, key=key, version=version)
    if row is None:
        raise NotFoundError("There is no such template, or no such version of it.")
    return row


def create(caller: Caller, content: TemplateContent) -> Template:
    """Makes a template.

    Raises:
        ConflictError: there is one of that name.
        InvalidError: a text is no template, or the layout is not there.
    """
    template_id = world.new_id()
    _check(content)
    with tenant(caller.workspace_id) as session:
        session.run(
            _sql.insert_template,
            id=template_id,
            workspace_id=caller.workspace_id,
            name=content.name,
            kind=content.kind,
            category=content.category,
            description=content.description,
            now=world.now(),
        )
        _add_version(session, caller, template_id, 1, content)
        audit.record(
            session, caller, "template.created", f"template:{template_id}", name=content.name
        )
        return Template.model_validate(find(session, template_id))


def change(caller: Caller, template_id: str, content: TemplateContent) -> Template:
    """Makes the next version of a template."""
    template_id = parse_id(template_id, "template")
    _check(content)
    with tenant(caller.workspace_id) as session:
        row = session.one(
            _sql.change_template,
            id=template_id,
            name=content.name,
            kind=content.kind,
            category=content.category,
            description=content.description,
            now=world.now(),
        )
        if row is None:
            raise NotFoundError("There is no such template.")
        _add_version(session, caller, template_id, row["version"], content)
        audit.record(
            session, caller, "template.changed", f"template:{template_id}", version=row["version"]
        )
        return Template.model_validate(find(session, template_id))


def _add_version(
    session: Session, caller: Caller, template_id: str, version: int, content: TemplateContent
) -> None:
    if content.layout is not None:
        layout = session.one(_sql.find_template, key=content.layout, version=None)
        if layout is None or layout["kind"] != "layout":
            raise InvalidError(
                f"There is no layout '{content.layout}'.", (Issue("/layout", "is unknown"),)
            )
    dumped = content.model_dump(mode="json")
    session.run(
        _sql.insert_template_version,
        id=template_id,
        version=version,
        layout=content.layout,
        default_locale=content.default_locale,
        bodies=Jsonb(dumped["bodies"]),
        data_schema=None if content.data_schema is None else Jsonb(content.data_schema),
        created_by=f"{caller.kind}:{caller.user_id}",
        now=world.now(),
    )


def delete(caller: Caller, template_id: str) -> None:
    """Takes a template out of use; what was accepted already is still sent."""
    template_id = parse_id(template_id, "template")
    with tenant(caller.workspace_id) as session:
        if not session.run(_sql.delete_template, id=template_id, now=world.now()):
            raise NotFoundError("There is no such template.")
        audit.record(session, caller, "template.deleted", f"template:{template_id}")


def versions(workspace_id: str, template_id: str) -> list[TemplateVersion]:
    """A template's history, the newest first."""
    template_id = parse_id(template_id, "template")
    with tenant(workspace_id) as session:
        rows = session.all(_sql.list_template_versions, id=template_id)
    if not rows:
        raise NotFoundError("There is no such template.")
    return [TemplateVersion.model_validate(row) for row in rows]


def preview(workspace_id: str, template_id: str, wanted: PreviewRequest) -> Preview:
    """What would be sent.

    Raises:
        InvalidError: the data does not fit, or the template fails with it.
    """
    with tenant(workspace_id) as session:
        row = find(session, template_id, wanted.version)
        if wanted.content is not None:
            _check(wanted.content)
            row = wanted.content.model_dump(mode="json")
        check_data(row["data_schema"], wanted.data)
        source = source_of(session, row)
    try:
        shown = render(source, wanted.channel, wanted.locale, wanted.data)
    except RenderError as error:
        raise InvalidError(str(error)) from error
    body = Body.model_construct(**shown.as_content(), data=shown.data)
    return Preview.model_construct(locale=shown.locale, body=body)


def source_of(session: Session, row: Mapping[str, Any]) -> Source:
    """A template's version with its layout, which is the layout's newest."""
    layout = None
    if row["layout"] is not None:
        found = session.one(_sql.find_template, key=row["layout"], version=None)
        layout = None if found is None else found["bodies"]
    return Source(row["bodies"], row["default_locale"], layout)


def find_source(session: Session, template_id: str, version: int) -> Source:
    """The same, of a version that a request was accepted with."""
    row = session.one(_sql.find_template_version, id=template_id, version=version)
    assert row is not None  # a foreign key holds the template, and versions never go
    return source_of(session, row)


def check_data(schema: dict[str, Any] | None, data: Mapping[str, Any]) -> None:
    """Refuses data that is too large or does not fit the template's schema."""
    if len(json.dumps(data)) > MAX_DATA:
        raise InvalidError(
            f"A message's data may have {MAX_DATA:,} bytes.", (Issue("/data", "is too large"),)
        )
    if schema is None:
        return
    errors = _validator(schema).iter_errors(dict(data))
    issues = tuple(
        Issue("/data" + "".join(f"/{part}" for part in error.instance_path), error.message)
        for error, _ in zip(errors, range(20), strict=False)
    )
    if issues:
        raise InvalidError(f"{issues[0].pointer} {issues[0].detail}.", issues)


def _validator(schema: dict[str, Any]) -> Any:
    return jsonschema_rs.validator_for(schema, retriever=_refuse_reference)


def _refuse_reference(uri: str) -> Any:
    """A schema speaks for itself: nothing is fetched for it."""
    raise ValueError(f"it refers to {uri}")


def _check(content: TemplateContent) -> None:
    issues = tuple(_findings(content))
    if issues:
        raise InvalidError(f"{issues[0].pointer}: {issues[0].detail}", issues)


def _findings(content: TemplateContent) -> Iterator[Issue]:
    for locale, by_channel in content.bodies.items():
        for channel, body in by_channel.items():
            at = f"/bodies/{locale}/{channel}"
            texts = {"subject": body.subject, "text": body.text, "html": body.html, "url": body.url}
            texts |= {f"data/{key}": value for key, value in body.data.items()}
            for field, text in texts.items():
                problem = sandbox.check(text) if text else None
                if problem:
                    yield Issue(f"{at}/{field}", problem)
    if content.default_locale not in content.bodies:
        yield Issue("/default_locale", "is none of the locales in bodies")
    if content.data_schema is not None:
        try:
            _validator(content.data_schema)
        except _NO_SCHEMA as error:
            yield Issue("/data_schema", f"is no JSON Schema: {error}"[:300])
