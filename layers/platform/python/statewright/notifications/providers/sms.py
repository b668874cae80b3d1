"""SMS by Twilio, through its own SDK.

https://www.twilio.com/docs/messaging/api/message-resource
"""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import lru_cache
from typing import Any

from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from statewright import world
from statewright.notifications.providers.base import (
    Account,
    Outgoing,
    PermanentError,
    Taken,
    TransientError,
)
from statewright.settings import settings

API = "https://api.twilio.com"
SECONDS = 15.0
RECENT = timedelta(minutes=10)
_STOPPED = 21610
_NO_NUMBER = {21211, 21214, 21217, 21614}
"""https://www.twilio.com/docs/api/errors"""


class _Http(TwilioHttpClient):  # type: ignore[misc]
    """The SDK's client, for another base address and with the last answer's headers at hand."""

    def __init__(self, base: str):
        super().__init__(timeout=SECONDS)
        self._base = base
        self._last = threading.local()

    def request(self, method: str, url: str, *arguments: Any, **options: Any) -> Response:
        """Sends a request of the SDK."""
        self._last.headers = {}
        answer = super().request(method, url.replace(API, self._base, 1), *arguments, **options)
        self._last.headers = answer.headers or {}
        return answer

    def retry_after(self) -> float | None:
        """The seconds that the last answer asks to wait."""
        text = str(self._last.headers.get("Retry-After", ""))
        return float(text) if text.isdigit() else None


@lru_cache(maxsize=64)
def _client(account_sid: str, token: str, base: str) -> tuple[Client, _Http]:
    http = _Http(base)
    return Client(account_sid, token, http_client=http), http


def send(message: Outgoing, account: Account) -> Taken:
    """Sends an SMS. After an interrupted attempt Twilio is asked first whether it has it."""
    chosen = account.settings
    client, http = _client(chosen["account_sid"], account.secret, chosen.get("api_base") or API)
    text = message.body.text
    try:
        sid = _found(client, message.address, text) if message.interrupted else None
        if sid is None:
            sid = client.messages.create(**_fields(message, chosen, text)).sid
    except TwilioRestException as error:
        _refused(error, http.retry_after())
    except RequestException as error:
        raise TransientError(f"Twilio cannot be reached: {type(error).__name__}") from error
    return Taken("twilio", str(sid))


def _fields(message: Outgoing, chosen: dict[str, Any], text: str) -> dict[str, Any]:
    base = f"{settings().base_url}/callbacks/twilio/{message.workspace_id}/status"
    sender = (
        {"messaging_service_sid": chosen["messaging_service_sid"]}
        if chosen.get("messaging_service_sid")
        else {"from_": chosen["sender"]}
    )
    callback = f"{base}?delivery={message.id}&round={message.round}"
    return {"to": message.address, "body": text, "status_callback": callback, **sender}


def _found(client: Client, to: str, text: str) -> str | None:
    recent = client.messages.list(to=to, date_sent_after=world.now() - RECENT, limit=20)
    return next((str(known.sid) for known in recent if known.body == text), None)


def _refused(error: TwilioRestException, retry_after: float | None) -> None:
    detail = f"{error.code or error.status} {error.msg}"[:300]
    if error.status == 429 or error.status >= 500:
        raise TransientError(detail, retry_after) from error
    if error.code == _STOPPED:
        raise PermanentError(detail, dead="stop") from error
    if error.code in _NO_NUMBER:
        raise PermanentError(detail, status="bounced", dead="bounce") from error
    raise PermanentError(detail) from error
