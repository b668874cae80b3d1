"""Unsubscribing by the link in an e-mail, with one click (RFC 8058) or by a page.

Opening the link changes nothing: mail servers open links to look at them. Only the POST does,
whether it comes from the page's button or from the reader's own.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from statewright import world
from statewright.auth import tokens
from statewright.db import load_queries, tenant
from statewright.errors import GoneError
from statewright.http.page import page as drawn
from statewright.settings import settings

_USE = "unsubscribe"
_WORKS = timedelta(days=366)
TRANSACTIONAL = "transactional"
"""The category of what somebody needs, such as receipts: there is no unsubscribing from it."""
_sql = load_queries(__package__, "people.sql")


@dataclass(frozen=True, slots=True)
class Unsubscription:
    """Which e-mails are to stop, and for whom."""

    workspace_id: str
    address: str
    category: str
    user_id: str | None


def link(delivery: dict[str, Any]) -> str | None:
    """The address that a delivery's e-mail names for unsubscribing."""
    if delivery["category"] == TRANSACTIONAL:
        return None
    ends = delivery["created_at"] + _WORKS
    token = tokens.issue_link(_USE, delivery["id"], delivery["workspace_id"], ends)
    return f"{settings().base_url}/unsubscribe/{token}"


def show(token: str) -> Unsubscription:
    """What a link is about.

    Raises:
        UnauthenticatedError: not one of our links.
        GoneError: its time is over, or nobody knows of it any more.
    """
    claims = tokens.read_link(token, _USE)
    with tenant(claims["workspace"]) as session:
        row = session.one(_sql.find_unsubscription, id=claims["sub"])
    if row is None:
        raise GoneError("This link does not work any more.")
    return Unsubscription(claims["workspace"], row["address"], row["category"], row["user_id"])


def unsubscribe(token: str) -> Unsubscription:
    """Stops a category's e-mails to an address. Doing it twice is no error."""
    found = show(token)
    with tenant(found.workspace_id) as session:
        if found.user_id is not None:
            session.run(
                _sql.put_preference,
                user_id=found.user_id,
                category=found.category,
                channel="email",
                mode="off",
            )
        else:
            session.run(
                _sql.put_suppression,
                channel="email",
                address=found.address,
                category=found.category,
                reason="unsubscribed",
                now=world.now(),
            )
    return found


def page(found: Unsubscription, *, done: bool) -> str:
    """The page that the link opens; it works without scripts."""
    what = html.escape(f"'{found.category}'")
    who = html.escape(found.address)
    text = (
        f'<p role="status">{who} gets no more e-mails about {what}.</p>'
        if done
        else f"<p>Stop e-mails about {what} to {who}?</p>"
        '<form method="post"><button name="List-Unsubscribe" value="One-Click">Unsubscribe'
        "</button></form>"
    )
    return drawn("Unsubscribe", text)
