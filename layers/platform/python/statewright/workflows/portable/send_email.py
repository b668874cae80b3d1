"""``email.send`` in an exported workflow: by SES, at once."""

from __future__ import annotations

from typing import Any

from statewright.aws import mail
from statewright.errors import InvalidError


class EmailRejectedError(Exception):
    """SES does not take the message (the workflow's fault)."""


EmailRejectedError.__name__ = "Email.Rejected"


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Sends the step's e-mail and returns SES's id of it."""
    inputs = event["with"]
    to = [inputs["to"]] if isinstance(inputs["to"], str) else inputs["to"]
    try:
        sent = mail.send(to, inputs["subject"], inputs["text"], inputs.get("html"))
    except InvalidError as error:
        raise EmailRejectedError(error.detail) from error
    return {"message_id": sent}
