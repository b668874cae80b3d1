"""A webhook's ``verify``: the secrets come from connections, the schemes from ``integrations``."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

from statewright import world
from statewright.aws.envelope import SealBrokenError
from statewright.errors import InvalidError, NotFoundError, UnavailableError
from statewright.integrations import credentials
from statewright.integrations.webhooks import challenges, schemes
from statewright.integrations.webhooks.received import Received, Secret
from statewright.settings import settings
from statewright.workflows.definition import seconds
from statewright.workflows.triggers.results import Reply, spoken
from statewright.workflows.triggers.targets import Target
from statewright.workflows.webhook_request import WebhookCall

_ENOUGH = frozenset({"signing_secret", "basic", "bearer"})
"""The kinds of connection that a webhook can be verified with."""
_ALWAYS = timedelta(days=36_500)


def admit(target: Target, call: WebhookCall) -> WebhookCall | Reply:
    """The call as it may start something; or the answer to a provider's challenge.

    Raises:
        UnverifiedError: the sender does not prove who it is.
        TooOldError: it does, outside the window.
        AddressRefusedError: it may not call from there.
        UnavailableError: the secret cannot be read.
    """
    options = target.settings["verify"]
    received = _received(call)
    schemes.require_address(received.address, options.get("addresses"))
    secrets = _secrets(target.workspace_id, options.get("secret"))
    tokens = _secrets(target.workspace_id, options.get("verify_token"))
    asked = challenges.unsigned(options["scheme"], received, secrets, tokens)
    if asked is not None:
        return spoken(200, asked.content_type, asked.body)
    window = timedelta(seconds=seconds(options["window"]))
    delivery = schemes.verify(received, schemes.Check(options, secrets, window, world.now()))
    asked = challenges.signed(options["scheme"], received, secrets)
    if asked is not None:
        return spoken(200, asked.content_type, asked.body)
    return _without_token(replace(call, delivery_id=delivery), options)


def verify_again(target: Target, call: WebhookCall) -> None:
    """Verifies a stored call with the secrets of today, however old it is.

    Raises:
        StatewrightError: as :func:`admit`.
    """
    options = target.settings["verify"]
    secrets = _secrets(target.workspace_id, options.get("secret"))
    schemes.verify(_received(call), schemes.Check(options, secrets, _ALWAYS, world.now()))


def _without_token(call: WebhookCall, options: dict[str, Any]) -> WebhookCall:
    """A token in a header is for us, not for the execution's data."""
    header = options.get("header") if options["scheme"] == "bearer" else None
    if header is None:
        return call
    return replace(call, headers={n: v for n, v in call.headers.items() if n != header})


def _received(call: WebhookCall) -> Received:
    query = f"?{call.query_text}" if call.query_text else ""
    return Received(
        method=call.method,
        url=f"{settings().base_url}/hooks/{call.token}{query}",
        headers=call.headers,
        query=call.query,
        raw=call.raw,
        authorization=call.authorization,
        address=call.address,
    )


def _secrets(workspace_id: str, names: Any) -> tuple[Secret, ...]:
    """Read once a second at the most, as triggers are: a busy webhook asks all the time."""
    wanted = (names,) if isinstance(names, str) else tuple(names or ())
    second = int(world.now().timestamp())
    return tuple(_secret(workspace_id, name, second) for name in wanted)


@lru_cache(maxsize=256)
def _secret(workspace_id: str, name: str, _second: int) -> Secret:
    try:
        found = credentials.find(workspace_id, name)
    except (NotFoundError, InvalidError, SealBrokenError) as error:
        raise UnavailableError(f"The webhook's secret '{name}' cannot be read.") from error
    if found.kind not in _ENOUGH:
        kinds = ", ".join(sorted(_ENOUGH))
        raise UnavailableError(f"'{name}' is of the kind {found.kind}, not one of {kinds}.")
    return Secret(found.kind, found.settings, found.secrets)
