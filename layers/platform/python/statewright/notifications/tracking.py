"""What became of requests and deliveries: shown, changed by news, cancelled, sent once more."""

from __future__ import annotations

from typing import Any

from statewright import world
from statewright.db import load_queries, tenant
from statewright.errors import ConflictError, NotFoundError
from statewright.http.paging import Page, decode_cursor, encode_cursor
from statewright.ids import parse_id
from statewright.notifications import outbox
from statewright.notifications.models import (
    Delivery,
    DeliveryDetail,
    DeliveryEvent,
    Notification,
)

_sql = load_queries(__package__)


def get(workspace_id: str, notification_id: str) -> Notification:
    """A request and how far it is."""
    with tenant(workspace_id) as session:
        row = session.one(_sql.find_notification, id=parse_id(notification_id, "notification"))
    if row is None:
        raise NotFoundError("There is no such notification.")
    return Notification.model_validate(row)


def list_page(
    workspace_id: str, category: str | None, cursor: str | None, limit: int
) -> Page[Notification]:
    """Requests, the newest first."""
    before = None if cursor is None else decode_cursor(cursor, _id)[0]
    with tenant(workspace_id) as session:
        rows = session.all(
            _sql.list_notifications, category=category, before=before, limit=limit + 1
        )
    items = [Notification.model_validate(row) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].id) if len(rows) > limit else None)


def _id(text: str) -> str:
    try:
        return parse_id(text, "item")
    except NotFoundError as error:
        raise ValueError(text) from error


def deliveries(
    workspace_id: str, notification_id: str, status: str | None, cursor: str | None, limit: int
) -> Page[Delivery]:
    """A request's deliveries."""
    get(workspace_id, notification_id)
    after = None if cursor is None else decode_cursor(cursor, _id)[0]
    with tenant(workspace_id) as session:
        rows = session.all(
            _sql.list_deliveries,
            notification_id=notification_id,
            status=status,
            after=after,
            limit=limit + 1,
        )
    items = [Delivery.model_validate(row) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].id) if len(rows) > limit else None)


def delivery(workspace_id: str, delivery_id: str) -> DeliveryDetail:
    """A delivery with its timeline."""
    delivery_id = parse_id(delivery_id, "delivery")
    with tenant(workspace_id) as session:
        row = session.one(_sql.find_delivery, id=delivery_id)
        if row is None:
            raise NotFoundError("There is no such delivery.")
        events = session.all(_sql.list_events, id=delivery_id)
    timeline = [DeliveryEvent.model_validate(event) for event in events]
    return DeliveryDetail.model_validate({**row, "timeline": timeline})


def cancel(workspace_id: str, notification_id: str, actor: str) -> Notification:
    """Stops what no sender has claimed yet. Cancelling twice is no error."""
    notification_id = parse_id(notification_id, "notification")
    found = get(workspace_id, notification_id)
    done = found.status == "started" and not found.progress.keys() & {"queued", "held", "sending"}
    if done:
        raise ConflictError("Everything of it has gone out already.")
    with tenant(workspace_id) as session:
        session.run(_sql.cancel_notification, id=notification_id)
        session.run(
            _sql.cancel_deliveries, id=notification_id, now=world.now(), detail=f"by {actor}"
        )
    return get(workspace_id, notification_id)


def resend(workspace_id: str, delivery_id: str, actor: str) -> DeliveryDetail:
    """Sends a settled delivery once more.

    Raises:
        ConflictError: it has not been settled, or nobody could get it.
    """
    delivery_id = parse_id(delivery_id, "delivery")
    found = delivery(workspace_id, delivery_id)
    if not found.address:
        raise ConflictError("There is no address to send it to.")
    now = world.now()
    with tenant(workspace_id) as session:
        if not session.run(_sql.reset_delivery, id=delivery_id, now=now):
            raise ConflictError("It is still under way.")
        event: dict[str, Any] = {"status": "queued", "detail": f"again, by {actor}", "key": None}
        session.run(_sql.insert_event, id=delivery_id, now=now, **event)
        session.run(_sql.postpone_outbox, id=delivery_id, channel=found.channel, due_at=now)
    outbox.publish(found.notification_id)
    return delivery(workspace_id, delivery_id)
