"""An e-mail as bytes (RFC 5322), with one-click unsubscribing (RFC 8058) where one may."""

from __future__ import annotations

from base64 import b64decode
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP

from statewright.notifications.providers.base import Outgoing, PermanentError


def build(message: Outgoing, sender: str) -> bytes:
    """The message. Its Message-ID is the delivery's id: sent twice, readers show it once (sent
    again on somebody's wish, it is another one).

    Raises:
        PermanentError: an address or a header cannot be written.
    """
    mail = EmailMessage(policy=SMTP)
    domain = sender.rpartition("@")[2].strip("> ")
    try:
        mail["From"] = sender
        mail["To"] = message.address
        mail["Subject"] = message.body.subject
        name = f"{message.id}.{message.round}" if message.round else message.id
        mail["Message-ID"] = f"<{name}@{domain}>"
        mail["X-Statewright-Category"] = message.category
        if message.unsubscribe_url is not None:
            mail["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        _fill(mail, message)
        return mail.as_bytes()
    except (ValueError, MessageError) as error:
        raise PermanentError(f"The e-mail cannot be written: {error}") from error


def _fill(mail: EmailMessage, message: Outgoing) -> None:
    mail.set_content(message.body.text)
    if message.body.html is not None:
        mail.add_alternative(message.body.html, subtype="html")
    for attachment in message.attachments:
        kind, _, subtype = attachment["content_type"].partition("/")
        mail.add_attachment(
            b64decode(attachment["content"]),
            maintype=kind,
            subtype=subtype,
            filename=attachment["filename"],
        )
