"""Amazon SES (version 2 of its API)."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from statewright.aws.clients import client, error_code, mapped
from statewright.errors import InvalidError
from statewright.settings import settings


def send(to: list[str], subject: str, text: str, html: str | None = None) -> str:
    """Sends an e-mail, of plain text or of both forms, and returns SES's message id.

    Raises:
        InvalidError: SES refuses an address or the content for good.
    """
    body = {"Text": {"Data": text}, **({"Html": {"Data": html}} if html else {})}
    return _send(to, {"Simple": {"Subject": {"Data": subject}, "Body": body}})


def send_raw(to: list[str], message: bytes, tags: dict[str, str]) -> str:
    """Sends a complete message (RFC 5322) and returns SES's message id.

    Args:
        tags: come back with SES's events about the message.

    Raises:
        InvalidError: SES refuses an address or the content for good.
    """
    return _send(
        to,
        {"Raw": {"Data": message}},
        ConfigurationSetName=settings().mail_configuration_set,
        EmailTags=[{"Name": name, "Value": value} for name, value in tags.items()],
    )


def _send(to: list[str], content: dict[str, Any], **more: Any) -> str:
    with mapped("SES"):
        try:
            answer = client("sesv2").send_email(
                FromEmailAddress=settings().mail_from,
                Destination={"ToAddresses": to},
                Content=content,
                **more,
            )
        except ClientError as error:
            if error_code(error) in {"MessageRejected", "BadRequestException"}:
                raise InvalidError(str(error.response["Error"].get("Message"))) from error
            raise
    return str(answer["MessageId"])
