"""An e-mail as bytes (RFC 5322), with one-click unsubscribing (RFC 8058) where one may.

The library parses each header and folds it again, whatever it holds, which took most of a message's
time: here a line that is short and plain is written as it is, and headers that many messages share
are parsed once.
"""

from __future__ import annotations

from base64 import b64decode
from email.errors import MessageError
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from functools import lru_cache
from typing import Any

from statewright.notifications.providers.base import Outgoing, PermanentError

_LINE = 78
"""The most characters that a line should have (RFC 5322, 2.1.1)."""
_SHARED = frozenset(
    {
        "content-transfer-encoding",
        "content-type",
        "from",
        "list-unsubscribe-post",
        "mime-version",
        "x-statewright-category",
    }
)
_WHOLE = "list-unsubscribe"
"""Its address is one word, of which mail programs would not know encoded parts."""


class _Headers(HeaderRegistry):
    """The library's headers, made once where they are the same for many messages."""

    def __init__(self) -> None:
        super().__init__()
        self._kind = lru_cache(maxsize=64)(super().__getitem__)
        self._known = lru_cache(maxsize=256)(super().__call__)

    def __getitem__(self, name: str) -> Any:
        return self._kind(name)

    def __call__(self, name: str, value: Any) -> Any:
        return (
            self._known(name, value) if name.lower() in _SHARED else super().__call__(name, value)
        )


class _Policy(EmailPolicy):
    """Leaves lines alone that need no folding, and lets no header hold another."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """A header's lines.

        Raises:
            ValueError: it holds a line's end, as an encoded word can: that would be a header more.
        """
        if "\r" in value or "\n" in value:
            raise ValueError(f"{name} holds a line's end")
        plain = value.isascii() and value.isprintable()
        if plain and (len(name) + 2 + len(value) <= _LINE or name.lower() == _WHOLE):
            return f"{name}: {value}{self.linesep}".encode()
        return bytes(super().fold_binary(name, value))


_POLICY = _Policy(linesep=SMTP.linesep, header_factory=_Headers())


def build(message: Outgoing, sender: str) -> bytes:
    """The message. Its Message-ID is the delivery's id: sent twice, readers show it once (sent
    again on somebody's wish, it is another one).

    Raises:
        PermanentError: an address or a header cannot be written.
    """
    mail = EmailMessage(policy=_POLICY)
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
