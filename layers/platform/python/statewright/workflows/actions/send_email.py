"""``email.send``: a plain-text e-mail. The whole notification service replaces it later."""

from __future__ import annotations

from typing import Any

from statewright.aws import mail
from statewright.errors import InvalidError


class EmailRejectedError(Exception):
    """An address or the content is refused for good."""


EmailRejectedError.__name__ = "Email.Rejected"


def perform(inputs: dict[str, Any]) -> dict[str, Any]:
    """Sends the e-mail.

    Raises:
        EmailRejectedError: as ``Email.Rejected``.
    """
    to = [inputs["to"]] if isinstance(inputs["to"], str) else list(inputs["to"])
    try:
        return {"message_id": mail.send(to, str(inputs["subject"]), str(inputs["text"]))}
    except InvalidError as error:
        raise EmailRejectedError(error.detail) from error
