"""Whom a task asks: users, roles, groups and addresses, as people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from statewright.db import Session, load_queries
from statewright.errors import InvalidError, Issue
from statewright.tasks.models import MAX_PEOPLE

_sql = load_queries(__package__)
_EMAIL = re.compile(r"[^@\s\"(),:;<>\[\]\\\x00-\x1f\x7f]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251})")
_KINDS = ("user", "role", "group", "email")


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody to ask; without ``user_id``, somebody who is no member."""

    email: str
    name: str
    user_id: str | None = None


def parse(text: str, pointer: str) -> tuple[str, str]:
    """The kind and the value of an assignee's name.

    Raises:
        InvalidError: it is none.
    """
    kind, colon, value = text.strip().partition(":")
    if not colon:
        kind, value = "email", text.strip()
    value = value.strip()
    if kind == "user" and "@" in value:
        kind = "email"
    fits = _EMAIL.fullmatch(value) if kind == "email" else value and len(value) <= 100
    if kind not in _KINDS or not fits:
        issue = Issue(pointer, "is nobody who can be asked", "user:, role:, group: or an address")
        raise InvalidError(f"{text[:100]!r} is nobody who can be asked.", (issue,))
    return kind, value.lower() if kind in {"email", "user"} else value


def resolve(
    session: Session, workflow_id: str, names: Sequence[str], but: str | None = None
) -> list[Asked]:
    """Everybody whom names stand for, each once, without the user ``but``.

    Owners stand in for a role that nobody has.

    Raises:
        InvalidError: a name is none, is not known, or they are too many.
    """
    wanted: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    for index, name in enumerate(names):
        kind, value = parse(name, f"/assignees/{index}")
        wanted[kind].append(value)
    rows = _members(session, workflow_id, wanted)
    _refuse_unknown(session, wanted, rows)
    found = {row["email"]: Asked(row["email"], row["name"], row["user_id"]) for row in rows}
    for address in wanted["email"]:
        found.setdefault(address, Asked(address, address))
    asked = [one for one in found.values() if but is None or one.user_id != but]
    if len(asked) > MAX_PEOPLE:
        raise InvalidError(f"This asks {len(asked):,} people; {MAX_PEOPLE} can be asked.")
    return asked


def _members(
    session: Session, workflow_id: str, wanted: dict[str, list[str]]
) -> list[dict[str, Any]]:
    rows = _query(session, workflow_id, wanted, wanted["role"])
    held = {role for row in rows for role in row["roles"]}
    if set(wanted["role"]) - held:
        known = {row["user_id"] for row in rows}
        nobody: dict[str, list[str]] = {kind: [] for kind in _KINDS}
        owners = _query(session, workflow_id, nobody, ["owner"])
        rows += [row for row in owners if row["user_id"] not in known]
    return rows


def _query(
    session: Session, workflow_id: str, wanted: dict[str, list[str]], roles: Iterable[str]
) -> list[dict[str, Any]]:
    return session.all(
        _sql.find_people,
        workflow_id=workflow_id,
        emails=wanted["email"],
        users=wanted["user"],
        groups=wanted["group"],
        roles=list(roles),
    )


def _refuse_unknown(
    session: Session, wanted: dict[str, list[str]], rows: list[dict[str, Any]]
) -> None:
    users = {row["user_id"] for row in rows}
    for user in wanted["user"]:
        if user not in users:
            raise InvalidError(
                f"'{user}' is not an active member.", (Issue("/assignees", "is unknown"),)
            )
    known = {row["name"] for row in session.all(_sql.find_groups, groups=wanted["group"])}
    for group in wanted["group"]:
        if group not in known:
            raise InvalidError(
                f"There is no group '{group}'.", (Issue("/assignees", "is unknown"),)
            )
