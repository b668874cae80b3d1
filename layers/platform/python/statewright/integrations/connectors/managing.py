"""Connectors as people manage them: imported, compared, searched, deleted."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from statewright.db import Session, load_queries, tenant
from statewright.errors import InvalidError, Issue, NotFoundError
from statewright.http.caller import Caller
from statewright.http.paging import Page, decode_cursor, encode_cursor
from statewright.integrations import outbound
from statewright.integrations.connectors import acting, ready, storage
from statewright.integrations.connectors.declared import declared
from statewright.integrations.connectors.model import Operation
from statewright.integrations.connectors.models import (
    Affected,
    Connector,
    Difference,
    NewConnector,
    OperationDetail,
    OperationView,
    ProblemView,
)
from statewright.integrations.messages import Limits, Request
from statewright.integrations.openapi import dialects
from statewright.integrations.openapi.documents import (
    DocumentError,
    Load,
    from_files,
    parse,
    unzip,
)
from statewright.integrations.openapi.importing import Imported, import_document
from statewright.integrations.outbound import OutboundError
from statewright.integrations.reach import reach_of
from statewright.sdk.manifest import Manifest

_sql = load_queries(__package__, "connectors.sql")
_LIMITS = Limits(size=30_000_000, seconds=20)
_ROOT = "file:///"


def import_(caller: Caller, new: NewConnector, *, dry_run: bool) -> Difference:
    """Imports a description, in the place of the connector of its name if there is one.

    Args:
        dry_run: only says what importing would do.

    Raises:
        InvalidError: it cannot be read, or holds no operation.
    """
    kind, found = _read(caller.workspace_id, new)
    if not found.operations:
        raise InvalidError("The description has no operation that can be called.")
    with tenant(caller.workspace_id) as session:
        difference = _difference(session, new.name, found, applied=not dry_run)
        if not dry_run:
            facts = {"kind": kind, "source": new.url or "", "created_by": caller.user_id}
            facts["server"] = new.server or _server(found)
            storage.put(session, caller.workspace_id, new.name, found, facts)
    return difference


def list_all(caller: Caller) -> list[Connector]:
    """The workspace's connectors and those that everybody has, by name."""
    with tenant(caller.workspace_id) as session:
        own = [_shown(row) for row in session.all(_sql.list_connectors, name=None)]
    taken = {one.name for one in own}
    given = [_given(name) for name in ready.connectors() if name not in taken]
    return sorted([*own, *given], key=lambda one: one.name)


def get(caller: Caller, name: str) -> Connector:
    """One connector.

    Raises:
        NotFoundError: there is none of that name.
    """
    with tenant(caller.workspace_id) as session:
        row = session.one(_sql.list_connectors, name=name)
    if row is not None:
        return _shown(row)
    if name in ready.connectors():
        return _given(name)
    raise NotFoundError("There is no such connector.")


def delete(caller: Caller, name: str) -> None:
    """Deletes a connector. Workflows that use it fail at the step that does.

    Raises:
        NotFoundError: the workspace has none of that name; ready ones cannot be deleted.
    """
    with tenant(caller.workspace_id) as session:
        if not session.run(_sql.delete_connector, name=name):
            raise NotFoundError("There is no such connector.")


def search(
    caller: Caller, connector: str | None, words: str | None, cursor: str | None, limit: int
) -> Page[OperationView]:
    """Operations by words in their names, titles, paths and descriptions; or all."""
    offset = 0 if cursor is None else decode_cursor(cursor, int)[0]
    with tenant(caller.workspace_id) as session:
        rows = session.all(
            _sql.search_operations,
            connector=connector,
            words=words,
            like=re.sub(r"([%_\\])", r"\\\1", words or ""),
            limit=limit + 1,
            offset=offset,
        )
        own = {row["name"] for row in session.all(_sql.list_connectors, name=None)}
    following = encode_cursor(str(offset + limit)) if len(rows) > limit else None
    items = [OperationView(action=f"{r['connector']}.{r['name']}", **r) for r in rows[:limit]]
    if offset == 0:
        names = [n for n in ready.connectors() if n not in own and connector in {None, n}]
        items = [*_ready_matches(names, (words or "").lower()), *items]
    return Page(items=items, next=following)


def _ready_matches(names: list[str], words: str) -> list[OperationView]:
    found = []
    for name in names:
        for one in _operations(name):
            text = f"{name} {one.name} {one.title} {one.path}".replace("_", " ").lower()
            if all(word in text for word in words.replace("_", " ").split()):
                found.append(_view(name, one))
    return found


def _operations(name: str) -> list[Operation]:
    found = ready.connector(name)
    return found.operations if found else []


def get_operation(caller: Caller, name: str, operation: str) -> OperationDetail:
    """An operation with its form and its result.

    Raises:
        NotFoundError: there is none of that name.
    """
    connector, wanted, _ = acting.parted(f"{name}.{operation}")
    with tenant(caller.workspace_id) as session:
        rows = storage.find_operations(session, [(connector, wanted)])
        if rows:
            found = rows[0][2]
            needed = [found.inputs, found.result]
            definitions = storage.definitions_of(session, rows[0][3], needed)
        else:
            given = ready.find(f"{connector}.{wanted}")
            if given is None:
                raise NotFoundError("There is no such operation.")
            found, definitions = given[1], {}
    action = acting.action_of(f"{name}.{operation}", found, definitions)
    return OperationDetail(
        **_view(name, found).model_dump(exclude={"action"}),
        action=action.name,
        description=found.description,
        inputs=acting.standing_alone(action.inputs, definitions),
        result=acting.standing_alone(action.result, definitions),
        security=[list(alternative) for alternative in found.security],
    )


# -- reading ---------------------------------------------------------------------------------------


def _read(workspace_id: str, new: NewConnector) -> tuple[str, Imported]:
    given = [new.url, new.document, new.archive, new.declaration, new.manifest]
    if sum(one is not None for one in given) != 1:
        detail = "send exactly one of 'url', 'document', 'archive', 'declaration' and 'manifest'"
        raise InvalidError(f"{detail[0].upper()}{detail[1:]}.", (Issue("/", detail),))
    if new.manifest is not None:
        return "python", _described(new.name, new.manifest)
    try:
        if new.declaration is not None:
            return "declared", declared(parse(new.declaration.encode(), "the declaration"))[1]
        load, uri = _source(workspace_id, new)
        return "openapi", import_document(load, uri)
    except DocumentError as error:
        raise InvalidError(f"The description cannot be imported: {error}.") from None


def _described(name: str, manifest: dict[str, Any]) -> Imported:
    """A connector in Python, of the name that its function has."""
    try:
        found = Manifest.model_validate(manifest)
    except ValidationError as error:
        issues = tuple(
            Issue("/manifest/" + "/".join(map(str, one["loc"])), one["msg"])
            for one in error.errors()
        )
        raise InvalidError(f"{issues[0].pointer}: {issues[0].detail}", issues) from None
    if found.connector != name:
        issue = Issue("/name", f"has to be '{found.connector}', as its function is called")
        raise InvalidError("The connector has another name.", (issue,))
    return found.imported()


def _source(workspace_id: str, new: NewConnector) -> tuple[Load, str]:
    if new.url is not None:
        return _from_web(workspace_id, new.url), new.url
    if new.document is not None:
        return from_files({"document": new.document.encode()}), f"{_ROOT}document"
    try:
        content = base64.b64decode(new.archive or "", validate=True)
    except (binascii.Error, ValueError):
        raise DocumentError("the archive is not Base64") from None
    if not content.startswith(b"PK"):
        return from_files({"document": content}), f"{_ROOT}document"
    files = unzip(content)
    entry = new.entry or _entry(files)
    return from_files(files), f"{_ROOT}{entry}"


def _entry(files: dict[str, bytes]) -> str:
    """The document of an archive that is a description: the one that is least deep."""
    marked = re.compile(
        rb'^\s*["\']?(openapi|swagger)["\']?\s*:|[{,]\s*"(openapi|swagger)"\s*:', re.M
    )
    for name in sorted(files, key=lambda name: (name.count("/"), name)):
        if marked.search(files[name][:5_000]):
            return name
    raise DocumentError("the archive holds no OpenAPI or Swagger document; name it by 'entry'")


def _from_web(workspace_id: str, url: str) -> Load:
    """Documents of the web, from the first one's host only."""
    host = urlsplit(url).netloc

    def load(uri: str) -> bytes:
        if urlsplit(uri).netloc != host:
            raise DocumentError(f"{uri} is on another host than the description")
        try:
            answer = outbound.send(Request("GET", uri), reach_of(workspace_id), _LIMITS)
        except OutboundError as error:
            raise DocumentError(str(error)) from None
        if answer.head.status != 200:
            raise DocumentError(f"{uri} answered {answer.head.status}")
        return answer.content

    return load


def _server(found: Imported) -> str:
    url = dialects.server_url(found.servers[0]) if found.servers else ""
    return url.rstrip("/") if url.startswith("http") else ""


# -- comparing and showing -------------------------------------------------------------------------


def _difference(session: Session, name: str, found: Imported, *, applied: bool) -> Difference:
    row = session.one(_sql.lock_connector, name=name)
    before = (
        {r["name"]: r["fingerprint"] for r in session.all(_sql.list_fingerprints, id=row["id"])}
        if row
        else {}
    )
    now = storage.fingerprints(found)
    changed = sorted(n for n in before.keys() & now.keys() if before[n] != now[n])
    removed = sorted(before.keys() - now.keys())
    actions = [f"{name}.{one}{end}" for one in [*changed, *removed] for end in ("", acting.ALL)]
    affected = session.all(_sql.list_affected, names=actions) if actions else []
    return Difference(
        connector=name,
        applied=applied,
        operations=len(found.operations),
        total=found.total,
        added=sorted(now.keys() - before.keys()),
        changed=changed,
        removed=removed,
        affected=[Affected.model_validate(one) for one in affected],
        problems=[
            ProblemView(place=p.place, detail=p.detail, fatal=p.fatal) for p in found.problems
        ],
    )


def _shown(row: dict[str, Any]) -> Connector:
    problems = [ProblemView(place=p, detail=d, fatal=f) for p, d, f in row["problems"]]
    return Connector.model_validate({**row, "problems": problems})


def _given(name: str) -> Connector:
    found = ready.connector(name)
    assert found is not None
    return Connector(
        name=name,
        title=found.title,
        description=found.description,
        kind="ready",
        version=found.version,
        server=found.servers[0]["url"],
        servers=found.servers,
        security=found.security,
        operations=len(found.operations),
        total=found.total,
    )


def _view(connector: str, one: Operation) -> OperationView:
    return OperationView(
        action=f"{connector}.{one.name}",
        connector=connector,
        name=one.name,
        title=one.title,
        method=one.method,
        path=one.path,
        tags=list(one.tags),
        deprecated=one.deprecated,
        pages=one.paging is not None,
    )
