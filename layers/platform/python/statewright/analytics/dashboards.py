"""Dashboards: ready ones and saved ones, with their figures, shared by signed links."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from psycopg.types.json import Jsonb

from statewright import world
from statewright.analytics import querying
from statewright.analytics.models import Settings
from statewright.analytics.periods import zone_of
from statewright.analytics.ready import READY
from statewright.analytics.report_models import (
    ChangedDashboard,
    Dashboard,
    DashboardData,
    NewDashboard,
    NewLink,
    SharedLink,
    Shown,
    Widget,
)
from statewright.analytics.settings import read_settings
from statewright.auth import tokens
from statewright.db import Session, load_queries, tenant, widened
from statewright.errors import ConflictError, InvalidError, NotFoundError
from statewright.http.caller import Caller
from statewright.ids import parse_id
from statewright.settings import settings

_USE = "dashboard"
_sql = load_queries(__package__, "reports.sql")


@dataclass(frozen=True, slots=True)
class View:
    """How a dashboard is looked at: in which time zone and language, and what is known already."""

    time_zone: str | None = None
    locale: str | None = None
    known: str | None = None
    """The ETag of what the viewer has."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A dashboard's figures; none where the viewer has them already."""

    tag: str
    data: DashboardData | None


def create(caller: Caller, wanted: NewDashboard) -> Dashboard:
    """Saves a dashboard."""
    dashboard_id = world.new_id()
    with tenant(caller.workspace_id) as session:
        columns = _columns(session, wanted)
        session.run(_sql.insert_dashboard, id=dashboard_id, owner=caller.user_id, **columns)
    return get(caller, dashboard_id)


def _columns(session: Session, wanted: NewDashboard) -> dict[str, Any]:
    from statewright.analytics.reports import check_query

    now, counting = world.now(), read_settings(session)
    for widget in wanted.widgets:
        check_query(widget, counting, now)
    return {
        "name": wanted.name,
        "description": wanted.description,
        "widgets": Jsonb([widget.model_dump(mode="json") for widget in wanted.widgets]),
        "shared": wanted.shared,
        "now": now,
    }


def get(caller: Caller, dashboard_id: str) -> Dashboard:
    """A dashboard that the caller may see."""
    return find(caller.workspace_id, dashboard_id, caller.user_id)


def find(workspace_id: str, dashboard_id: str, owner: str | None) -> Dashboard:
    """A ready dashboard by its name, or a saved one that ``owner`` may see (None: any)."""
    ready = READY.get(dashboard_id)
    if ready is not None:
        return ready
    with tenant(workspace_id) as session:
        chosen = parse_id(dashboard_id, "dashboard")
        row = session.one(_sql.find_dashboard, id=chosen, owner=owner)
    if row is None:
        raise NotFoundError("There is no such dashboard.")
    return Dashboard.model_validate(row)


def list_all(caller: Caller) -> list[Dashboard]:
    """The ready dashboards, and those that the caller may see."""
    with tenant(caller.workspace_id) as session:
        rows = session.all(_sql.list_dashboards, owner=caller.user_id)
    return [*READY.values(), *(Dashboard.model_validate(row) for row in rows)]


def update(caller: Caller, dashboard_id: str, wanted: ChangedDashboard) -> Dashboard:
    """Changes a dashboard.

    Raises:
        ConflictError: somebody else has changed it meanwhile.
    """
    chosen = get(caller, parse_id(dashboard_id, "dashboard")).id
    with tenant(caller.workspace_id) as session:
        columns = _columns(session, wanted)
        number = {"lock_number": wanted.lock_number, "owner": caller.user_id}
        if not session.run(_sql.update_dashboard, id=chosen, **columns, **number):
            raise ConflictError("The dashboard has been changed meanwhile. Look, then decide.")
    return get(caller, chosen)


def delete(caller: Caller, dashboard_id: str) -> None:
    """Removes a dashboard."""
    with tenant(caller.workspace_id) as session:
        chosen = parse_id(dashboard_id, "dashboard")
        if not session.run(_sql.delete_dashboard, id=chosen, owner=caller.user_id):
            raise NotFoundError("There is no such dashboard.")


# -- figures ---------------------------------------------------------------------------------------


def look(workspace_id: str, dashboard_id: str, owner: str | None, view: View) -> Seen:
    """A dashboard's figures, unless the viewer has those of now already.

    The tag names all that they follow from: the workspace's facts, the dashboard, the settings, the
    time zone and language, and the quarter of an hour, as periods end with one.
    """
    dashboard = find(workspace_id, dashboard_id, owner)
    if dashboard.ready:
        return _look(workspace_id, dashboard, view)
    with widened():  # whoever may see a dashboard that was made for them sees its figures
        return _look(workspace_id, dashboard, view)


def _look(workspace_id: str, dashboard: Dashboard, view: View) -> Seen:
    with tenant(workspace_id) as session:
        counting = read_settings(session)
        row = session.one(_sql.find_version)
    zone = zone_of(view.time_zone or counting.time_zone)
    tag = _tag(dashboard, counting, zone.key, view.locale, _version(dashboard, row))
    if view.known is not None and tag in view.known:
        return Seen(tag, None)
    return Seen(tag, _data(workspace_id, dashboard, counting, zone.key, view.locale))


def _version(dashboard: Dashboard, row: dict[str, Any] | None) -> list[int]:
    """How far what a dashboard shows has been counted. API calls matter only where it shows them:
    to look is a call, too."""
    if row is None:
        return [0]
    shows_calls = any(widget.query.dataset == "api_calls" for widget in dashboard.widgets)
    return [row["version"], row["calls"]] if shows_calls else [row["version"]]


def _tag(
    dashboard: Dashboard, counting: Settings, zone: str, locale: str | None, version: list[int]
) -> str:
    now = world.now()
    quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    parts = [dashboard.id, dashboard.lock_number, counting.model_dump(), zone, locale, version,
             quarter.isoformat()]  # fmt: skip
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:32]


def _data(
    workspace_id: str, dashboard: Dashboard, counting: Settings, zone: str, locale: str | None
) -> DashboardData:
    return DashboardData(
        id=dashboard.id,
        name=dashboard.name,
        description=dashboard.description,
        locale=locale or counting.locale,
        time_zone=zone,
        widgets=_shown(workspace_id, dashboard.widgets, zone),
    )


def _shown(workspace_id: str, widgets: Sequence[Widget], zone: str) -> list[Shown]:
    """The widgets; one that cannot be answered says why, and the others are there."""
    queries = [
        widget.query.model_copy(update={"time_zone": widget.query.time_zone or zone})
        for widget in widgets
    ]
    found = []
    for widget, answer in zip(widgets, querying.answers(workspace_id, queries), strict=True):
        place = widget.model_dump(exclude={"query"})
        if isinstance(answer, InvalidError):
            found.append(Shown(**place, answer=None, problem=answer.detail))
        else:
            found.append(Shown(**place, answer=answer))
    return found


# -- links -----------------------------------------------------------------------------------------


def share(caller: Caller, dashboard_id: str, wanted: NewLink) -> SharedLink:
    """Makes a link that shows a dashboard, and nothing else, to whoever has it."""
    dashboard = get(caller, dashboard_id)
    link_id, now = world.new_id(), world.now()
    ends = now + timedelta(days=wanted.days)
    with tenant(caller.workspace_id) as session:
        session.run(
            _sql.insert_link,
            id=link_id,
            dashboard=dashboard.id,
            created_by=caller.user_id,
            now=now,
            expires_at=ends,
        )
    token = tokens.issue_link(_USE, link_id, caller.workspace_id, ends)
    return SharedLink(
        id=link_id,
        dashboard=dashboard.id,
        created_at=now,
        expires_at=ends,
        revoked_at=None,
        url=f"{settings().base_url}/shared/dashboards/{token}",
    )


def list_links(caller: Caller, dashboard_id: str) -> list[SharedLink]:
    """The links to a dashboard, without their secrets."""
    dashboard = get(caller, dashboard_id)
    with tenant(caller.workspace_id) as session:
        rows = session.all(_sql.list_links, dashboard=dashboard.id)
    return [SharedLink.model_validate(row) for row in rows]


def revoke(caller: Caller, dashboard_id: str, link_id: str) -> None:
    """Ends a link at once."""
    dashboard = get(caller, dashboard_id)
    with tenant(caller.workspace_id) as session:
        chosen = parse_id(link_id, "link")
        if not session.run(_sql.revoke_link, id=chosen, dashboard=dashboard.id, now=world.now()):
            raise NotFoundError("There is no such link.")


def look_shared(token: str, view: View) -> Seen:
    """The dashboard of a link.

    Raises:
        UnauthenticatedError: not one of our links.
        GoneError: its time is over.
        NotFoundError: it was revoked, or the dashboard is not there any more.
    """
    claims = tokens.read_link(token, _USE)
    with tenant(claims["workspace"]) as session:
        row = session.one(_sql.find_link, id=claims["sub"])
    if row is None:
        raise NotFoundError("This link shows nothing any more.")
    return look(claims["workspace"], row["dashboard"], None, view)
