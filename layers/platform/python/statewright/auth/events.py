"""What follows a request of somebody who has not signed in: mails, and notes of failed sign-ins.

The request itself puts one message into a queue, whoever it is about, and answers. Whether there is
such an account is looked up only here, later: so neither an answer nor its time tells.
"""

from __future__ import annotations

import json
from typing import Any

from aws_lambda_powertools import Logger

from statewright import world
from statewright.auth import audit, mails, onetime
from statewright.auth.links import Use
from statewright.aws import mail
from statewright.aws.queues import send
from statewright.db import Session, load_queries, system
from statewright.errors import InvalidError
from statewright.http.caller import Origin
from statewright.settings import settings

logger = Logger(service="statewright", level="INFO")
_sql = load_queries(__package__, "sessions.sql")
_accounts = load_queries(__package__, "accounts.sql")


def publish(kind: str, **fields: str | None) -> None:
    """Puts an event into the queue; it is durable when this returns."""
    send(settings().auth_queue_url, json.dumps({"kind": kind, **fields}))


def handle(event: dict[str, Any]) -> None:
    """Does what an event asks for. Doing it twice sends a mail twice, and harms nothing."""
    letter = _letter(event)
    if letter is None:
        return
    try:
        mail.send([letter.to], letter.subject, letter.text)
    except InvalidError:
        return  # SES refuses the address for good: to try again would change nothing


def _letter(event: dict[str, Any]) -> mails.Letter | None:
    match event["kind"]:
        case "sign_in_failed":
            _note_failure(event)
            return None
        case "registration":
            return _registration(event)
        case "password_reset":
            return _password_reset(event)
        case "email_verification":
            return _email_verification(event)
        case "invitation":
            return _invitation(event)
        case "notice":
            return mails.notice(event["email"], event["what"])
        case kind:
            raise ValueError(f"no event is called {kind}")


def _note_failure(event: dict[str, Any]) -> None:
    """A failed sign-in stands in the audit log of the workspaces that it could have opened."""
    origin = Origin(event["address"], event["user_agent"])
    with system() as session:
        row = session.one(_sql.find_credentials, email=event["email"])
        if row is None:
            return
        for membership in session.all(_sql.list_memberships, user_id=row["user_id"]):
            audit.record_as(
                session,
                membership["workspace_id"],
                "anonymous:",
                origin,
                "session.refused",
                f"user:{row['user_id']}",
                reason=event["reason"],
            )


def _registration(event: dict[str, Any]) -> mails.Letter | None:
    with system() as session:
        pending = onetime.look_for(session, Use.REGISTRATION, event["pending"])
        if pending is None:
            return None
        email = str(pending.data["email"])
        if session.one(_accounts.find_user_by_email, email=email) is not None:
            return mails.known_address(email)
        secret = onetime.issue(
            session, Use.REGISTRATION_LINK, None, pending.data, Use.REGISTRATION_LINK.lifetime
        )
    return mails.registration(email, secret)


def _password_reset(event: dict[str, Any]) -> mails.Letter | None:
    with system() as session:
        row = session.one(_accounts.find_user_by_email, email=event["email"])
        if row is None:
            return None
        onetime.void(session, Use.PASSWORD_RESET, row["user_id"])
        secret = _issue(session, Use.PASSWORD_RESET, row["user_id"], {})
    return mails.password_reset(event["email"], secret)


def _email_verification(event: dict[str, Any]) -> mails.Letter:
    """Goes to the address that is to be verified; ``email`` may be a new one."""
    with system() as session:
        onetime.void(session, Use.EMAIL_VERIFICATION, event["user_id"])
        data = {"email": event["email"]}
        secret = _issue(session, Use.EMAIL_VERIFICATION, event["user_id"], data)
    return mails.email_verification(event["email"], secret)


def _invitation(event: dict[str, Any]) -> mails.Letter | None:
    with system() as session:
        found = session.one(_accounts.find_invitation, id=event["invitation"], now=world.now())
        if found is None:
            return None
        secret = _issue(session, Use.INVITATION, None, {"invitation": found["id"]})
    return mails.invitation(found["email"], found["workspace"], found["inviter"], secret)


def _issue(session: Session, use: Use, user_id: str | None, data: dict[str, Any]) -> str:
    return onetime.issue(session, use, user_id, data, use.lifetime)
