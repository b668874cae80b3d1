"""E-mail by Amazon SES, or by a workspace's own SMTP server."""

from __future__ import annotations

import smtplib
import ssl
from typing import Any

from statewright.aws import mail
from statewright.errors import InvalidError, UnavailableError
from statewright.notifications.providers.base import (
    Account,
    Outgoing,
    PermanentError,
    Taken,
    TransientError,
)
from statewright.notifications.providers.mime import build
from statewright.settings import settings

SMTP_SECONDS = 20.0


def send_by_ses(message: Outgoing) -> Taken:
    """Sends through SES, which tells the rest by events with the delivery's id as a tag."""
    raw = build(message, settings().mail_from)
    tags = {
        "delivery_id": message.id,
        "workspace_id": message.workspace_id,
        "round": str(message.round),
    }
    try:
        return Taken("ses", mail.send_raw([message.address], raw, tags))
    except InvalidError as error:
        raise PermanentError(error.detail) from error
    except UnavailableError as error:
        raise TransientError(error.detail) from error


def send_by_smtp(message: Outgoing, account: Account) -> Taken:
    """Sends through a server (RFC 5321): 4xx answers are for now, 5xx are for good."""
    chosen = account.settings
    raw = build(message, chosen["sender"])
    try:
        with _connect(chosen) as server:
            if chosen["security"] == "starttls":
                server.starttls(context=ssl.create_default_context())
            if account.secret:
                server.login(chosen["username"], account.secret)
            server.sendmail(chosen["sender"], [message.address], raw)
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        _refused(code, text, "bounced")
    except smtplib.SMTPResponseException as error:
        _refused(error.smtp_code, error.smtp_error, "failed")
    except (OSError, smtplib.SMTPException) as error:
        raise TransientError(f"{chosen['host']}: {error}") from error
    return Taken("smtp", message.id)


def _connect(chosen: dict[str, Any]) -> smtplib.SMTP:
    if chosen["security"] == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(
            chosen["host"], chosen["port"], timeout=SMTP_SECONDS, context=context
        )
    return smtplib.SMTP(chosen["host"], chosen["port"], timeout=SMTP_SECONDS)


def _refused(code: int, text: bytes | str, status: str) -> None:
    shown = text.decode(errors="replace") if isinstance(text, bytes) else text
    detail = f"{code} {shown}"[:300]
    if code < 500:
        raise TransientError(detail)
    raise PermanentError(detail, status=status, dead="bounce" if status == "bounced" else None)
