"""Amazon SES: sends through an SMTP server, or keeps the messages where they can be read.

What becomes of a message is told to the event destination of its configuration set. Like AWS's
mailbox simulator, some addresses have a fate of their own.
https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
"""

from __future__ import annotations

import email.policy
import smtplib
from base64 import b64decode
from collections.abc import Callable, Sequence
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import orjson

from asl.turn import iso
from localcloud.errors import AwsError
from localcloud.ids import new_id

SIMULATOR = "simulator.amazonses.com"
Publish = Callable[[str, Sequence[str]], None]
"""Takes events, as JSON texts, to the topic with an ARN."""


class Ses:
    """The mail service.

    Args:
        folder: where messages are kept, one ``.eml`` file each, newest names last.
        smtp: ``host:port`` to send through instead.
        publish: takes events to topics.
    """

    def __init__(
        self, folder: Path, clock: Any, smtp: str | None = None, publish: Publish | None = None
    ):
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._clock = clock
        self._smtp = smtp
        self._publish = publish
        self._destinations: dict[str, str] = {}

    def add_destination(self, configuration_set: str, topic: str) -> None:
        """Tells a topic what becomes of a configuration set's messages."""
        self._destinations[configuration_set] = topic

    def operations(self) -> dict[str, Any]:
        """The supported API operations."""
        return {"SendEmail": self.send_email}

    def send_email(
        self,
        FromEmailAddress: str,
        Destination: dict[str, Any],
        Content: dict[str, Any],
        ConfigurationSetName: str | None = None,
        EmailTags: list[dict[str, str]] | None = None,
        **_: Any,
    ) -> dict[str, Any]:
        """Sends a simple or a raw message."""
        identity = new_id()
        recipients = Destination.get("ToAddresses", [])
        if "Simple" in Content:
            simple = _simple(Content["Simple"], FromEmailAddress, recipients, identity)
            message = simple.as_bytes()
        elif "Raw" in Content:
            message = _raw(Content["Raw"]["Data"])
        else:
            raise AwsError("BadRequestException", "Templates are not supported locally.")
        if not recipients:
            raise AwsError("BadRequestException", "There is no recipient.")
        topic = self._destinations.get(ConfigurationSetName or "")
        if ConfigurationSetName is not None and topic is None:
            name = f"Configuration set <{ConfigurationSetName}> does not exist."
            raise AwsError("NotFoundException", name, 404)
        self._send(message, recipients, FromEmailAddress, identity)
        if topic is not None and self._publish is not None:
            tags = {tag["Name"]: [tag["Value"]] for tag in EmailTags or []}
            events = self._events(identity, recipients, tags)
            self._publish(topic, [orjson.dumps(event).decode() for event in events])
        return {"MessageId": identity}

    def _send(self, message: bytes, recipients: list[str], sender: str, identity: str) -> None:
        if self._smtp is None:
            name = f"{self._clock.now():015d}-{identity}.eml"
            (self._folder / name).write_bytes(message)
            return
        host, _, port = self._smtp.partition(":")
        try:
            with smtplib.SMTP(host, int(port or 25), timeout=20) as server:
                server.sendmail(sender or _sender(message), recipients, message)
        except smtplib.SMTPRecipientsRefused as error:
            raise AwsError("MessageRejected", str(error)) from None
        except (OSError, smtplib.SMTPException) as error:
            raise AwsError("ServiceUnavailable", str(error), 503) from None

    def _events(
        self, identity: str, recipients: list[str], tags: dict[str, list[str]]
    ) -> list[dict[str, Any]]:
        """https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html"""
        now = iso(self._clock.now())
        mail = {
            "timestamp": now,
            "messageId": identity,
            "destination": recipients,
            "tags": tags,
        }
        events: list[dict[str, Any]] = [{"eventType": "Send", "mail": mail, "send": {}}]
        for address in recipients:
            local, _, domain = address.lower().rpartition("@")
            fate = local.partition("+")[0] if domain == SIMULATOR else "success"
            events += [{**event, "mail": mail} for event in _fate(fate, address, now)]
        return events


def _simple(
    simple: dict[str, Any], sender: str, recipients: list[str], identity: str
) -> EmailMessage:
    message = EmailMessage()
    try:
        message["From"] = sender
        message["To"] = ", ".join(recipients)
        message["Subject"] = simple["Subject"]["Data"]
        message["Message-ID"] = f"<{identity}@statewright.local>"
    except ValueError as error:
        raise AwsError("BadRequestException", str(error)) from None
    body = simple["Body"]
    message.set_content(body.get("Text", {}).get("Data", ""))
    if "Html" in body:
        message.add_alternative(body["Html"]["Data"], subtype="html")
    return message


def _raw(data: bytes | str) -> bytes:
    """A message as it was given; it is its sender's, so nothing of it is written anew."""
    raw = b64decode(data) if isinstance(data, str) else bytes(data)
    if _headers(raw)["From"] is None:
        raise AwsError("BadRequestException", "Missing required header 'From'.")
    return raw


def _headers(raw: bytes) -> Message:
    return BytesHeaderParser(policy=email.policy.compat32).parsebytes(raw)


def _sender(raw: bytes) -> str:
    return parseaddr(str(_headers(raw)["From"]))[1]


def _fate(fate: str, address: str, now: str) -> list[dict[str, Any]]:
    """https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html"""
    delivery = {
        "eventType": "Delivery",
        "delivery": {"timestamp": now, "recipients": [address], "smtpResponse": "250 OK"},
    }
    match fate:
        case "bounce" | "suppressionlist":
            bounced = {"emailAddress": address, "status": "5.1.1", "action": "failed"}
            bounce = {
                "feedbackId": new_id(),
                "bounceType": "Permanent",
                "bounceSubType": "General" if fate == "bounce" else "OnAccountSuppressionList",
                "bouncedRecipients": [bounced],
                "timestamp": now,
            }
            return [{"eventType": "Bounce", "bounce": bounce}]
        case "complaint":
            complaint = {
                "feedbackId": new_id(),
                "complainedRecipients": [{"emailAddress": address}],
                "complaintFeedbackType": "abuse",
                "timestamp": now,
            }
            return [delivery, {"eventType": "Complaint", "complaint": complaint}]
    return [delivery]
