"""Push messages by Firebase Cloud Messaging (HTTP v1), through Google's own SDK.

https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages
"""

from __future__ import annotations

import hashlib
import json
import warnings
from functools import lru_cache
from typing import Any

import firebase_admin
from firebase_admin import credentials, exceptions, messaging
from google.auth.exceptions import GoogleAuthError
from requests.adapters import HTTPAdapter

from statewright.notifications.providers.base import (
    Account,
    Outgoing,
    PermanentError,
    Taken,
    TransientError,
)

API = "https://fcm.googleapis.com"
SECONDS = 15
_PASSING = (
    exceptions.UnavailableError,
    exceptions.InternalError,
    exceptions.ResourceExhaustedError,
    exceptions.DeadlineExceededError,
    exceptions.UnknownError,
)
_GONE = (messaging.UnregisteredError, messaging.SenderIdMismatchError)


@lru_cache(maxsize=64)
def _app(service_account: str, base: str) -> firebase_admin.App:
    """The SDK for one workspace's project: it knows its apps by name, ours is the account's."""
    name = hashlib.sha256(f"{base} {service_account}".encode()).hexdigest()
    key = credentials.Certificate(json.loads(service_account))
    try:
        app = firebase_admin.initialize_app(key, {"httpTimeout": SECONDS}, name)
    except ValueError:
        return firebase_admin.get_app(name)
    # The SDK has no setting for the address, and tries again by itself for up to 15 s, which our
    # queue does better.
    service = messaging._get_messaging_service(app)
    service._fcm_url = service._fcm_url.replace(API, base, 1)
    for scheme in (API, "https://", "http://"):
        service._client.session.mount(scheme, HTTPAdapter(pool_maxsize=10))
    return app


def send(message: Outgoing, account: Account) -> Taken:
    """Sends to one device. A message that comes twice replaces itself: it has a tag."""
    try:
        app = _app(account.secret, account.settings.get("api_base") or API)
        return Taken("firebase", str(messaging.send(_message(message), app=app)))
    except _GONE as error:
        raise PermanentError(f"The device is gone: {error}"[:300], dead="gone") from error
    except _PASSING as error:
        raise TransientError(str(error)[:300], _retry_after(error)) from error
    except GoogleAuthError as error:
        if error.retryable:
            raise TransientError(f"Google's sign-in: {error}"[:300]) from error
        raise PermanentError(f"Google refuses the service account: {error}"[:300]) from error
    except (exceptions.FirebaseError, ValueError) as error:
        raise PermanentError(str(error)[:300]) from error


def _message(message: Outgoing) -> messaging.Message:
    body, urgent = message.body, message.priority in {"high", "critical"}
    data = {**body.data, "delivery_id": message.id, **({"url": body.url} if body.url else {})}
    options = messaging.WebpushFCMOptions(link=body.url) if _is_https(body.url) else None
    aps = messaging.Aps(sound="default" if urgent else None)
    with warnings.catch_warnings():
        # Devices register with tokens; installation ids replace them in new client SDKs only.
        warnings.simplefilter("ignore", DeprecationWarning)
        return messaging.Message(
            token=message.address,
            notification=messaging.Notification(title=body.subject or None, body=body.text),
            data=data,
            android=messaging.AndroidConfig(
                priority="high" if urgent else "normal",
                collapse_key=message.id,
                notification=messaging.AndroidNotification(tag=message.id),
            ),
            apns=messaging.APNSConfig(
                headers={
                    "apns-collapse-id": message.id,
                    "apns-priority": "10" if urgent else "5",
                },
                payload=messaging.APNSPayload(aps=aps),
            ),
            webpush=messaging.WebpushConfig(
                headers={"Urgency": "high" if urgent else "normal"},
                notification=messaging.WebpushNotification(tag=message.id),
                fcm_options=options,
            ),
        )


def _is_https(url: str | None) -> bool:
    return url is not None and url.startswith("https://")


def _retry_after(error: Any) -> float | None:
    answer = error.http_response
    text = "" if answer is None else str(answer.headers.get("Retry-After", ""))
    return float(text) if text.isdigit() else None
