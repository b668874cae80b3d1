"""From what a request names (users, roles, groups, topics, addresses) to deliveries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from statewright.auth.roles import ROLES
from statewright.db import Session, load_queries
from statewright.errors import InvalidError, Issue
from statewright.ids import is_id
from statewright.notifications.models import MAX_RECIPIENTS, Target

_sql = load_queries(__package__)
_EMAIL = re.compile(r"[^@\s\"(),:;<>\[\]\\\x00-\x1f\x7f]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251})")
_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_CHANNEL_OF = {"email": "email", "phone": "sms", "device": "push", "chat": "chat"}
_KINDS = {"user", "role", "group", "topic", *_CHANNEL_OF}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody whom a request is for: addresses by channel, in the order in which to try them."""

    name: str
    user_id: str | None
    addresses: dict[str, tuple[str, ...]]
    data: dict[str, Any] = field(default_factory=dict)


def canonical(name: str) -> str:
    """A bare name, such as ``ops``, is a group; addresses and numbers stay what they are."""
    bare = ":" not in name and "@" not in name and not name.startswith("+")
    return f"group:{name}" if bare else name


def parse(target: str | Target, index: int) -> tuple[str, str]:
    """The kind and the value of a recipient's name.

    Raises:
        InvalidError: it is none.
    """
    text = target if isinstance(target, str) else target.to
    kind, colon, value = text.partition(":")
    if not colon:
        kind, value = ("phone" if text.startswith("+") else "email"), text
    if kind not in _KINDS or not _fits(kind, value):
        issue = Issue(f"/to/{index}", f"is no recipient: {text[:100]!r}", _hint(kind))
        raise InvalidError(f"{issue.pointer} {issue.detail}.", (issue,))
    return kind, value.lower() if kind == "email" else value


def _fits(kind: str, value: str) -> bool:
    match kind:
        case "email":
            return _EMAIL.fullmatch(value) is not None
        case "phone":
            return _PHONE.fullmatch(value) is not None
        case "user":
            return is_id(value)
    return 0 < len(value) <= 4096 and value.isprintable()


def _hint(kind: str) -> str:
    if kind == "phone":
        return "phone numbers are in E.164: +4930123456"
    return "user:<id>, role:<name>, group:<name>, topic:<name>, email:…, phone:+…, chat:<name>"


def resolve(session: Session, targets: Sequence[str | Target]) -> list[Recipient]:
    """Everybody whom a request names, each once; data of later names goes over earlier ones'.

    Raises:
        InvalidError: a name is none, is not known here, or they are too many.
    """
    named = [(*parse(target, i), _data(target)) for i, target in enumerate(targets)]
    people = _people(session, named)
    found: dict[str, Recipient] = {}
    for kind, value, data in named:
        if kind in _CHANNEL_OF:
            direct = Recipient(f"{kind}:{value}", None, {_CHANNEL_OF[kind]: (value,)}, data)
            found[direct.name] = direct
            continue
        key = f"{kind}:{value.lower() if kind == 'user' else value}"
        for row in people.get(key, ()):
            found[row["id"]] = _person(row, data or getattr(found.get(row["id"]), "data", {}))
    if len(found) > MAX_RECIPIENTS:
        raise InvalidError(
            f"This comes to {len(found):,} recipients; {MAX_RECIPIENTS:,} fit. Send it in parts."
        )
    return list(found.values())


def _data(target: str | Target) -> dict[str, Any]:
    return {} if isinstance(target, str) else target.data


def _people(
    session: Session, named: Iterable[tuple[str, str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    wanted: dict[str, list[str]] = {"user": [], "role": [], "group": [], "topic": []}
    for kind, value, _ in named:
        if kind in wanted:
            wanted[kind].append(value)
    _refuse_unknown(session, wanted)
    if not any(wanted.values()):
        return {}
    rows = session.all(_sql.find_users, **{f"{kind}s": names for kind, names in wanted.items()})
    by_key: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        for key in (row["key_user"], row["key_role"], *row["key_groups"], *row["key_topics"]):
            by_key.setdefault(key, []).append(row)
    _refuse_strangers(wanted["user"], by_key)
    return by_key


def _refuse_unknown(session: Session, wanted: dict[str, list[str]]) -> None:
    known = session.one(_sql.find_known_names, groups=wanted["group"], roles=wanted["role"])
    assert known is not None  # it is always one row
    for kind, names in (
        ("role", [n for n in wanted["role"] if n not in ROLES and n not in known["roles"]]),
        ("group", [n for n in wanted["group"] if n not in known["groups"]]),
    ):
        if names:
            raise InvalidError(f"There is no {kind} '{names[0]}'.", (Issue("/to", "is unknown"),))


def _refuse_strangers(users: list[str], by_key: dict[str, list[dict[str, Any]]]) -> None:
    for user in users:
        if f"user:{user.lower()}" not in by_key:
            raise InvalidError(
                f"'{user}' is not an active member.", (Issue("/to", "names somebody unknown"),)
            )


def _person(row: dict[str, Any], data: dict[str, Any]) -> Recipient:
    addresses: dict[str, tuple[str, ...]] = {"email": (row["email"],), "in_app": (row["id"],)}
    if row["phone"]:
        addresses["sms"] = (row["phone"],)
    if row["devices"]:
        addresses["push"] = tuple(row["devices"])
    return Recipient(f"user:{row['id']}", row["id"], addresses, data)


@dataclass(frozen=True, slots=True)
class Planned:
    """A delivery to be made; ``reason`` says why it cannot be."""

    recipient: str
    user_id: str | None
    channel: str
    address: str
    data: dict[str, Any]
    reason: str | None = None


def plan(recipients: Iterable[Recipient], channels: Sequence[str], strategy: str) -> list[Planned]:
    """The deliveries that a request begins with: over every channel, or over the first possible.

    A recipient without an address on any of the channels gets one delivery that says so.
    """
    planned: list[Planned] = []
    for who in recipients:
        usable = [channel for channel in channels if channel in who.addresses]
        for channel in usable[:1] if strategy == "fallback" else usable:
            planned += (
                Planned(who.name, who.user_id, channel, address, who.data)
                for address in who.addresses[channel]
            )
        if not usable:
            planned.append(Planned(who.name, who.user_id, channels[0], "", who.data, "no-address"))
    return planned
