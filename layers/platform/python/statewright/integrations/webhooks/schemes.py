"""The schemes by which senders prove who they are, each as its owner describes it.

Those that are one HMAC over a body, with or without a time, are a row in ``NAMED``. The others have
a function each. What comes back is the delivery's id, where the scheme has one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from statewright.integrations.webhooks import standard
from statewright.integrations.webhooks.received import (
    AddressRefusedError,
    Received,
    Secret,
    UnverifiedError,
    UnverifiedPasswordError,
    UnverifiedTokenError,
    texts,
)
from statewright.integrations.webhooks.signatures import (
    Hmac,
    given_signature,
    require_one,
    require_recent,
    signature,
)

NAMED: dict[str, Hmac] = {
    # https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    "github": Hmac("x-hub-signature-256", prefix="sha256=", delivery="x-github-delivery"),
    # https://docs.slack.dev/authentication/verifying-requests-from-slack
    "slack": Hmac(
        "x-slack-signature",
        prefix="v0=",
        signs="v0:{timestamp}:{body}",
        timestamp="x-slack-request-timestamp",
    ),
    # https://shopify.dev/docs/apps/build/webhooks/subscribe/https
    "shopify": Hmac("x-shopify-hmac-sha256", encoding="base64", delivery="x-shopify-webhook-id"),
    # https://developers.facebook.com/docs/graph-api/webhooks/getting-started
    "meta": Hmac("x-hub-signature-256", prefix="sha256="),
    # https://docs.x.com/x-api/webhooks/introduction
    "x": Hmac("x-twitter-webhooks-signature", prefix="sha256=", encoding="base64"),
    # https://www.dropbox.com/developers/reference/webhooks
    "dropbox": Hmac("x-dropbox-signature"),
    # https://developers.zoom.us/docs/api/webhooks/
    "zoom": Hmac(
        "x-zm-signature",
        prefix="v0=",
        signs="v0:{timestamp}:{body}",
        timestamp="x-zm-request-timestamp",
    ),
}
"""Schemes that are one HMAC."""
_IN_BODY = {"stripe": "id", "slack": "event_id"}
"""Where the delivery's id stands in the JSON body."""
_HMAC_FIELDS = ("header", "algorithm", "encoding", "prefix", "signs", "timestamp", "delivery")


@dataclass(frozen=True, slots=True)
class Check:
    """What a request is held against: a trigger's ``verify``, its secrets, and the time."""

    options: Mapping[str, Any]
    secrets: tuple[Secret, ...]
    window: timedelta
    now: datetime


def verify(received: Received, check: Check) -> str | None:
    """The delivery's id, where the scheme has one, of a request that is what it has to be.

    Raises:
        UnverifiedError: it is not.
        TooOldError: it is, and too old.
        AddressRefusedError: it comes from somewhere else.
    """
    require_address(received.address, check.options.get("addresses") or ())
    scheme = check.options["scheme"]
    if scheme == "x" and not received.raw.lstrip().startswith(b"{"):
        raise UnverifiedError("A body of X's is an object of JSON.")
    one = _hmac_of(check.options)
    if one is not None:
        one.verify(received, texts(check.secrets), check.window, check.now)
        return _delivery(scheme, one, received)
    return _OTHERS[scheme](received, check)


def _hmac_of(options: Mapping[str, Any]) -> Hmac | None:
    if options["scheme"] != "hmac":
        return NAMED.get(options["scheme"])
    return Hmac(**{name: options[name] for name in _HMAC_FIELDS})


def _delivery(scheme: str, one: Hmac, received: Received) -> str | None:
    if one.delivery is not None:
        return received.headers.get(one.delivery)
    field = _IN_BODY.get(scheme)
    return None if field is None else _field(received, field)


def _field(received: Received, name: str) -> str | None:
    try:
        found = json.loads(received.raw)
    except (ValueError, RecursionError):
        return None
    value = found.get(name) if isinstance(found, dict) else None
    return value if isinstance(value, str) else None


def require_address(address: str, networks: Any) -> None:
    """Raises AddressRefusedError unless an address lies in one of the networks; none means any."""
    if not networks:
        return
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        raise AddressRefusedError("The request's address is not known.") from None
    if not any(found in ipaddress.ip_network(network, strict=False) for network in networks):
        raise AddressRefusedError("Requests from this address are not taken.")


def _allow_list(received: Received, check: Check) -> None:
    """Nothing more: the address was looked at."""


def _stripe(received: Received, check: Check) -> str | None:
    """https://docs.stripe.com/webhooks/signature"""
    header = given_signature(received, "stripe-signature")
    pairs = [part.strip().partition("=") for part in header.split(",")]
    time = next((value for name, _, value in pairs if name == "t"), "")
    content = time.encode("utf-8", "surrogatepass") + b"." + received.raw
    right = [signature(key.encode(), content, "sha256", "hex") for key in texts(check.secrets)]
    require_one([value for name, _, value in pairs if name == "v1"], right)
    require_recent(time, check.window, check.now)
    return _field(received, _IN_BODY["stripe"])


def _twilio(received: Received, check: Check) -> str | None:
    """https://www.twilio.com/docs/usage/security#validating-requests"""
    content = received.url.encode()
    wanted = received.query.get("bodySHA256")
    if wanted is None:
        fields = parse_qsl(received.raw.decode("utf-8", "replace"), keep_blank_values=True)
        content += "".join(f"{name}{value}" for name, value in sorted(set(fields))).encode()
    elif not hmac.compare_digest(
        hashlib.sha256(received.raw).hexdigest().encode(), wanted.lower().encode()
    ):
        raise UnverifiedError("The body is not the one that was signed.")
    right = [signature(key.encode(), content, "sha1", "base64") for key in texts(check.secrets)]
    require_one([given_signature(received, "x-twilio-signature")], right)
    return received.headers.get("i-twilio-idempotency-token")


def _standard(received: Received, check: Check) -> str | None:
    """https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"""
    return standard.verify(received, list(texts(check.secrets)), check.window, check.now)


def _basic(received: Received, check: Check) -> None:
    """RFC 7617."""
    kind, _, given = received.authorization.partition(" ")
    right = [base64.b64encode(text.encode()).decode() for text in texts(check.secrets)]
    try:
        require_one([given.strip() if kind.lower() == "basic" else ""], right)
    except UnverifiedError:
        raise UnverifiedPasswordError("Name and password do not fit.") from None


def _bearer(received: Received, check: Check) -> None:
    """RFC 6750, or the token by itself in a header of the sender's."""
    header = check.options.get("header")
    if header is None:
        kind, _, given = received.authorization.partition(" ")
        given = given.strip() if kind.lower() == "bearer" else ""
    else:
        given = received.headers.get(header, "")
    right = [hashlib.sha256(text.encode()).hexdigest() for text in texts(check.secrets)]
    sent = hashlib.sha256(given.encode("utf-8", "surrogatepass")).hexdigest()
    try:
        require_one([sent], right)
    except UnverifiedError:
        raise UnverifiedTokenError("The token does not fit.") from None


_OTHERS: dict[str, Callable[[Received, Check], str | None]] = {
    "allow_list": _allow_list,
    "stripe": _stripe,
    "twilio": _twilio,
    "standard_webhooks": _standard,
    "basic": _basic,
    "bearer": _bearer,
}
