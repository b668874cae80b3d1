"""Puts a connection's credential on an outgoing request: the last thing before it is sent.

The step's inputs hold the connection's name and a relative address; the credential is added here,
in the process that sends, and stands in nothing that an execution keeps.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

from statewright.integrations import aws_signing, credentials, oauth1, oauth2
from statewright.integrations.credentials import Credentials
from statewright.integrations.digest import Digest
from statewright.integrations.errors import ConnectionInvalidError
from statewright.integrations.messages import Request
from statewright.integrations.wire import Identity


def for_step(event: Mapping[str, Any]) -> Callable[[Request], Request] | None:
    """What authorizes a step's requests; None where the step names no connection.

    Raises:
        ConnectionInvalidError: there is no connection of that name.
        ConnectionUnavailableError: it cannot be had now.
    """
    name = event.get("connection")
    if name is None:
        return None
    connection = credentials.for_step(event["workspace_id"], name)
    return lambda request: authorize(connection, request)


def authorize(connection: Credentials, request: Request) -> Request:
    """The request as it is to be sent: with its whole address, and with the credential.

    Raises:
        ConnectionInvalidError: the address is not the connection's, or its kind is not for HTTP.
        ConnectionUnauthorizedError: a person has to agree again.
        ConnectionUnavailableError: a token cannot be had now.
    """
    request = replace(request, url=destination(connection, request.url))
    request = request.with_secrets(*connection.texts())
    settings, secrets = connection.settings, connection.secrets
    match connection.kind:
        case "api_key":
            return _by_key(connection, request)
        case "basic":
            pair = f"{settings['username']}:{secrets['password']}"
            return _with(request.with_secrets(pair), "authorization", f"Basic {_base64(pair)}")
        case "digest":
            return replace(request, digest=Digest(settings["username"], secrets["password"]))
        case "bearer":
            return _with(request, "authorization", f"Bearer {secrets['token']}")
        case "oauth2":
            token = oauth2.access_token(connection)
            return _with(request.with_secrets(token), "authorization", f"Bearer {token}")
        case "oauth1":
            return _with(request, "authorization", oauth1.signature(connection, request))
        case "aws_role":
            for name, value in aws_signing.signature(connection, request).items():
                request = _with(request.with_secrets(value), name, value)
            return request
        case "client_certificate":
            key, password = secrets["private_key"], secrets.get("passphrase", "")
            return replace(request, identity=Identity(settings["certificate"], key, password))
        case "ai_provider":
            return _for_models(connection, request)
        case "custom":
            return _custom(connection, request)
    raise _not_for_http(connection)


def _by_key(connection: Credentials, request: Request) -> Request:
    settings, key = connection.settings, connection.secrets["key"]
    if settings["place"] == "query":
        return request.with_query(settings["field"], key)
    return _with(request, settings["field"], settings["prefix"] + key)


def destination(connection: Credentials, url: str) -> str:
    """The whole address of a request, which must be one that may see the credential."""
    base = connection.settings.get("base_url")
    if base is None:
        raise _not_for_http(connection)
    if connection.kind == "custom":
        base = _filled(base, connection)
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", url) and not url.startswith("//"):
        return str(base) + (url if url[:1] in {"", "/", "?"} else f"/{url}")
    wanted, own = urlsplit(url), urlsplit(base)
    same = (wanted.scheme, wanted.netloc.lower()) == (own.scheme, own.netloc.lower())
    listed = wanted.scheme == "https" and wanted.netloc.lower() in connection.settings["hosts"]
    if not (same or listed) or "\\" in url:
        raise ConnectionInvalidError(
            f"The connection '{connection.name}' is for {own.netloc}, not for another host."
        )
    return url


def _filled(base: str, connection: Credentials) -> str:
    """A base address with the fields and secrets that it names (Telegram has its token there)."""
    values = {**connection.settings.get("fields", {}), **connection.secrets.get("secrets", {})}
    return re.sub(r"{(\w+)}", lambda name: quote(str(values.get(name[1], "")), safe=":"), base)


def _not_for_http(connection: Credentials) -> ConnectionInvalidError:
    sentence = f"The connection '{connection.name}' ({connection.kind}) is not for HTTP."
    return ConnectionInvalidError(sentence)


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def _with(request: Request, name: str, value: str) -> Request:
    if "\n" in value or "\r" in value:
        raise ConnectionInvalidError(f"The credential for {name} has a line break.")
    return request.with_header(name, value)


def _for_models(connection: Credentials, request: Request) -> Request:
    key = str(connection.secrets.get("key", ""))
    if connection.settings["provider"] == "anthropic":
        request = _with(request, "anthropic-version", "2023-06-01")
        return _with(request, "x-api-key", key) if key else request
    return _with(request, "authorization", f"Bearer {key}") if key else request


def _custom(connection: Credentials, request: Request) -> Request:
    values = {**connection.settings.get("fields", {}), **connection.secrets.get("secrets", {})}

    def filled(template: str) -> str:
        return re.sub(r"{(\w+)}", lambda match: str(values[match[1]]), template)

    for name, template in connection.settings.get("headers", {}).items():
        request = _with(request, name, filled(template))
    for name, template in connection.settings.get("query", {}).items():
        request = request.with_query(name, filled(template))
    return request
