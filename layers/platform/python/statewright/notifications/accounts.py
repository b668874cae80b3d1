"""A workspace's accounts at providers, its limits, its suppressions, and what came of it all."""

from __future__ import annotations

from datetime import datetime, timedelta

from psycopg.types.json import Jsonb

from statewright import world
from statewright.auth import audit
from statewright.aws import kms
from statewright.db import load_queries, tenant
from statewright.errors import InvalidError, Issue, NotFoundError
from statewright.http.caller import Caller
from statewright.http.paging import Page, decode_cursor, encode_cursor
from statewright.notifications.account_models import (
    Limit,
    Limits,
    NewSuppression,
    Provider,
    ProviderAccount,
    Statistic,
    Suppression,
)
from statewright.notifications.models import is_name

_KINDS = {
    "email": {"smtp"},
    "sms": {"twilio"},
    "push": {"firebase"},
    "chat": {"slack", "teams", "discord"},
}
_sql = load_queries(__package__, "accounts.sql")
_people = load_queries(__package__, "people.sql")


def list_all(workspace_id: str) -> list[Provider]:
    """The accounts, without their secrets."""
    with tenant(workspace_id) as session:
        return [Provider.model_validate(row) for row in session.all(_sql.list_accounts)]


def put(caller: Caller, channel: str, name: str, wanted: ProviderAccount) -> Provider:
    """Sets the account for a channel; only chat has several, by name.

    Raises:
        InvalidError: the provider does not serve the channel.
    """
    if channel not in _KINDS or not is_name(name) or (channel != "chat" and name != "default"):
        raise NotFoundError("Accounts are email/default, sms/default, push/default, chat/<name>.")
    account = wanted.account
    if account.kind not in _KINDS[channel]:
        issue = Issue("/account/kind", f"does not serve {channel}")
        raise InvalidError(f"{account.kind} does not serve {channel}.", (issue,))
    purpose = f"notifications:{caller.workspace_id}:{channel}"
    sealed = kms.seal(account.secret, purpose) if account.secret else b""
    settings = account.model_dump(exclude={"kind", "secret"}, exclude_none=True)
    with tenant(caller.workspace_id) as session:
        session.run(
            _sql.put_account,
            channel=channel,
            name=name,
            kind=account.kind,
            settings=Jsonb(settings),
            secret=sealed,
            now=world.now(),
        )
        audit.record(
            session, caller, "provider.set", f"provider:{channel}/{name}", kind=account.kind
        )
    found = (
        one for one in list_all(caller.workspace_id) if (one.channel, one.name) == (channel, name)
    )
    return next(found)


def delete(caller: Caller, channel: str, name: str) -> None:
    """Forgets an account."""
    with tenant(caller.workspace_id) as session:
        if not session.run(_sql.delete_account, channel=channel, name=name):
            raise NotFoundError("There is no such account.")
        audit.record(session, caller, "provider.deleted", f"provider:{channel}/{name}")


def limits(workspace_id: str) -> Limits:
    """A workspace's limits."""
    with tenant(workspace_id) as session:
        rows = session.all(_sql.list_limits)
    return Limits(limits=[Limit.model_validate(row) for row in rows])


def put_limits(caller: Caller, wanted: Limits) -> Limits:
    """Replaces a workspace's limits."""
    with tenant(caller.workspace_id) as session:
        session.run(_sql.clear_limits)
        for limit in wanted.limits:
            session.run(_sql.put_limit, **limit.model_dump())
        audit.record(session, caller, "limits.set", "", limits=wanted.model_dump()["limits"])
    return limits(caller.workspace_id)


def suppressions(workspace_id: str, cursor: str | None, limit: int) -> Page[Suppression]:
    """Addresses that get nothing."""
    after = (None, None, None) if cursor is None else decode_cursor(cursor, str, str, str)
    channel, address, category = after
    with tenant(workspace_id) as session:
        rows = session.all(
            _people.list_suppressions,
            channel=channel,
            address=address,
            category=category,
            limit=limit + 1,
        )
    items = [Suppression.model_validate(row) for row in rows[:limit]]
    last = items[-1] if len(rows) > limit else None
    following = None if last is None else encode_cursor(last.channel, last.address, last.category)
    return Page(items=items, next=following)


def suppress(caller: Caller, wanted: NewSuppression) -> None:
    """Sends nothing to an address any more. Doing it twice is no error."""
    with tenant(caller.workspace_id) as session:
        session.run(
            _people.put_suppression,
            **wanted.model_dump(),
            reason=f"by {caller.kind}:{caller.user_id}",
            now=world.now(),
        )
        audit.record(session, caller, "suppression.added", f"{wanted.channel}:{wanted.address}")


def release(caller: Caller, channel: str, address: str, category: str) -> None:
    """Sends to an address again."""
    with tenant(caller.workspace_id) as session:
        found = session.run(
            _people.delete_suppression, channel=channel, address=address, category=category
        )
        if not found:
            raise NotFoundError("That address is not suppressed.")
        audit.record(session, caller, "suppression.removed", f"{channel}:{address}")


def statistics(workspace_id: str, since: datetime | None) -> list[Statistic]:
    """What became of the deliveries since a time, 30 days ago by default."""
    start = since or world.now() - timedelta(days=30)
    with tenant(workspace_id) as session:
        rows = session.all(_sql.count_deliveries, since=start)
    return [Statistic.model_validate(row) for row in rows]
