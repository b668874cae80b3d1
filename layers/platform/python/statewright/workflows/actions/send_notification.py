"""``sms.send push.send inapp.send notify.send``, and ``email.send``: through the notifications.

A step's key makes its request one of its own, however often the step's Lambda runs.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from statewright.aws import states
from statewright.errors import ConflictError, GoneError, InvalidError, NotFoundError
from statewright.notifications import sending, waiting
from statewright.notifications.models import NewNotification, Notification
from statewright.notifications.sending import Sender

_BODY = ("subject", "text", "html", "url")
_PASSED = ("channels", "strategy", "template", "data", "locale", "category", "priority")


class NotificationInvalidError(Exception):
    """The step's inputs cannot be sent as they are."""


NotificationInvalidError.__name__ = "Notification.Invalid"


class EmailRejectedError(Exception):
    """An address or the content is refused for good."""


EmailRejectedError.__name__ = "Email.Rejected"


def perform(request: dict[str, Any]) -> dict[str, Any]:
    """Sends, and lets the step go on at once, or when the result is known (``wait``).

    Args:
        request: the step's payload: workspace_id, key, task_token and the inputs, ``with``.

    Raises:
        NotificationInvalidError: as ``Notification.Invalid``.
    """
    inputs, workspace_id = request["with"], request["workspace_id"]
    try:
        sent = _send(workspace_id, request["key"], inputs)
    except (ValidationError, InvalidError, NotFoundError, ConflictError) as error:
        raise NotificationInvalidError(_sentence(error)) from error
    token = request["task_token"]
    if inputs.get("wait"):
        waiting.adopt(workspace_id, sent.id, token)
        return {"notification_id": sent.id}
    try:
        states.succeed_task(token, {"notification_id": sent.id})
    except GoneError:
        waiting.logger.info("the step went on before: its Lambda runs again")
    return {"notification_id": sent.id}


def perform_email(request: dict[str, Any]) -> dict[str, Any]:
    """Sends an e-mail; with ``wait`` the step goes on when its result is known.

    Raises:
        EmailRejectedError: as ``Email.Rejected``.
    """
    inputs = {**request["with"], "channels": ["email"]}
    try:
        sent = _send(request["workspace_id"], request["key"], inputs)
    except (ValidationError, InvalidError, ConflictError) as error:
        raise EmailRejectedError(_sentence(error)) from error
    if "task_token" in request:
        waiting.adopt(request["workspace_id"], sent.id, request["task_token"])
    return {"message_id": sent.id}


def _send(workspace_id: str, key: str, inputs: dict[str, Any]) -> Notification:
    to = inputs["to"]
    content = {name: inputs[name] for name in _BODY if inputs.get(name) is not None}
    wanted: dict[str, Any] = {name: inputs[name] for name in _PASSED if name in inputs}
    wanted |= {"to": [to] if isinstance(to, str) else to, "dedup_key": f"step:{key}"[:200]}
    if content:
        wanted["content"] = content
    request = NewNotification.model_validate(wanted)
    return sending.send(Sender(workspace_id, f"execution:{key.partition('/')[0]}"), request)


def _sentence(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        place = "/".join(str(part) for part in first["loc"])
        return f"{place}: {first['msg']}" if place else str(first["msg"])
    return str(error)
