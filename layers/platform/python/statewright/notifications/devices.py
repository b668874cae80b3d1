"""The devices on which somebody takes push messages."""

from __future__ import annotations

from statewright import world
from statewright.db import load_queries, tenant
from statewright.errors import NotFoundError
from statewright.http.caller import Caller
from statewright.ids import parse_id
from statewright.notifications.people_models import Device, NewDevice
from statewright.notifications.preferences import require_person

_sql = load_queries(__package__, "people.sql")


def list_all(caller: Caller) -> list[Device]:
    """One's own devices."""
    with tenant(caller.workspace_id) as session:
        rows = session.all(_sql.list_devices, user_id=caller.user_id)
    return [Device.model_validate(row) for row in rows]


def register(caller: Caller, wanted: NewDevice) -> Device:
    """Adds a device. One that somebody else had goes over: its app has signed in as this person."""
    require_person(caller)
    with tenant(caller.workspace_id) as session:
        row = session.one(
            _sql.put_device,
            id=world.new_id(),
            user_id=caller.user_id,
            token=wanted.token,
            platform=wanted.platform,
            now=world.now(),
        )
    return Device.model_validate(row)


def remove(caller: Caller, device_id: str) -> None:
    """Forgets a device of one's own."""
    with tenant(caller.workspace_id) as session:
        found = session.run(
            _sql.delete_device, user_id=caller.user_id, id=parse_id(device_id, "device")
        )
    if not found:
        raise NotFoundError("There is no such device.")
