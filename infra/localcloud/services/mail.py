"""Amazon SES: sends through an SMTP server, or keeps the messages where they can be read.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
"""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from localcloud.errors import AwsError
from localcloud.ids import new_id


class Ses:
    """The mail service.

    Args:
        folder: where messages are kept, one ``.eml`` file each, newest names last.
        smtp: ``host:port`` to send through instead.
    """

    def __init__(self, folder: Path, clock: Any, smtp: str | None = None):
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._clock = clock
        self._smtp = smtp

    def operations(self) -> dict[str, Any]:
        """The supported API operations."""
        return {"SendEmail": self.send_email}

    def send_email(
        self, FromEmailAddress: str, Destination: dict[str, Any], Content: dict[str, Any], **_: Any
    ) -> dict[str, Any]:
        """Sends a simple message."""
        if "Simple" not in Content:
            raise AwsError("BadRequestException", "Only simple messages are supported locally.")
        simple = Content["Simple"]
        identity = new_id()
        message = EmailMessage()
        try:
            message["From"] = FromEmailAddress
            message["To"] = ", ".join(Destination.get("ToAddresses", []))
            message["Subject"] = simple["Subject"]["Data"]
            message["Message-ID"] = f"<{identity}@statewright.local>"
        except ValueError as error:
            raise AwsError("BadRequestException", str(error)) from None
        if not message["To"]:
            raise AwsError("BadRequestException", "There is no recipient.")
        body = simple["Body"]
        message.set_content(body.get("Text", {}).get("Data", ""))
        if "Html" in body:
            message.add_alternative(body["Html"]["Data"], subtype="html")
        self._send(message, identity)
        return {"MessageId": identity}

    def _send(self, message: EmailMessage, identity: str) -> None:
        if self._smtp is None:
            name = f"{self._clock.now():015d}-{identity}.eml"
            (self._folder / name).write_bytes(message.as_bytes())
            return
        host, _, port = self._smtp.partition(":")
        try:
            with smtplib.SMTP(host, int(port or 25), timeout=20) as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            raise AwsError("MessageRejected", str(error)) from None
        except (OSError, smtplib.SMTPException) as error:
            raise AwsError("ServiceUnavailable", str(error), 503) from None
