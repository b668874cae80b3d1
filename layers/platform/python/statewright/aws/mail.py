"""Amazon SES (version 2 of its API)."""

from __future__ import annotations

from botocore.exceptions import ClientError

from statewright.aws.clients import client, error_code, mapped
from statewright.errors import InvalidError
from statewright.settings import settings


def send(to: list[str], subject: str, text: str) -> str:
    """Sends a plain-text e-mail and returns SES's message id.

    Raises:
        InvalidError: SES refuses an address or the content for good.
    """
    with mapped("SES"):
        try:
            answer = client("sesv2").send_email(
                FromEmailAddress=settings().mail_from,
                Destination={"ToAddresses": to},
                Content={
                    "Simple": {"Subject": {"Data": subject}, "Body": {"Text": {"Data": text}}}
                },
            )
        except ClientError as error:
            if error_code(error) in {"MessageRejected", "BadRequestException"}:
                raise InvalidError(str(error.response["Error"].get("Message"))) from error
            raise
    return str(answer["MessageId"])
