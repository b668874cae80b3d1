"""OAuth 1.0a (RFC 5849): signed requests, and the three steps to a token."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from oauthlib import oauth1

from statewright.integrations import fetching
from statewright.integrations.credentials import Credentials
from statewright.integrations.errors import ConnectionUnauthorizedError, ConnectionUnavailableError
from statewright.integrations.messages import Request
from statewright.integrations.reach import reach_of

_FORM = "application/x-www-form-urlencoded"


def signature(connection: Credentials, request: Request) -> str:
    """The value of the ``Authorization`` header for a request.

    Raises:
        ConnectionUnauthorizedError: nobody has agreed yet.
    """
    own = {**connection.secrets, **connection.tokens}
    if connection.settings.get("authorize_url") and "token" not in own:
        raise ConnectionUnauthorizedError(
            f"The connection '{connection.name}' is refused: a person has to agree first."
        )
    client = _client(connection, own.get("token"), own.get("token_secret"))
    content = request.content if isinstance(request.content, bytes) else b""  # no file is a form
    body = content.decode("utf-8", "replace") if _is_form(request) else None
    headers = {"Content-Type": _FORM} if body is not None else {}
    realm = connection.settings.get("realm")
    _, signed, _ = client.sign(request.url, request.method, body, headers, realm)
    return str(signed["Authorization"])


def _is_form(request: Request) -> bool:
    return bool(request.content) and (request.header("content-type") or "").startswith(_FORM)


def _client(
    connection: Credentials, token: str | None, token_secret: str | None, **more: Any
) -> oauth1.Client:
    method, secret = connection.settings["signature_method"], connection.secrets["consumer_secret"]
    key = {"rsa_key": secret} if method.startswith("RSA") else {"client_secret": secret}
    return oauth1.Client(
        connection.settings["consumer_key"],
        resource_owner_key=token,
        resource_owner_secret=token_secret,
        signature_method=method,
        **key,
        **more,
    )


def begin(connection: Credentials, callback: str) -> tuple[str, dict[str, str]]:
    """Asks for temporary credentials (RFC 5849, 2.1).

    Returns:
        Where a person's browser agrees (2.2), and the temporary credentials.
    """
    client = _client(connection, None, None, callback_uri=callback)
    temporary = _post(connection, client, connection.settings["request_token_url"])
    query = urlencode({"oauth_token": temporary["token"]})
    return f"{connection.settings['authorize_url']}?{query}", temporary


def redeem(connection: Credentials, temporary: dict[str, str], verifier: str) -> dict[str, str]:
    """Token credentials for the verifier that a browser brought back (RFC 5849, 2.3)."""
    client = _client(connection, temporary["token"], temporary["token_secret"], verifier=verifier)
    return _post(connection, client, connection.settings["access_token_url"])


def _post(connection: Credentials, client: oauth1.Client, url: str) -> dict[str, str]:
    _, headers, _ = client.sign(url, "POST", realm=connection.settings.get("realm"))
    answer = fetching.post(url, {}, reach_of(connection.workspace_id), headers)
    if answer.status >= 500:
        raise ConnectionUnavailableError(f"'{connection.name}': {url} answered {answer.status}.")
    said = dict(parse_qsl(answer.text))
    if answer.status != 200 or not {"oauth_token", "oauth_token_secret"} <= said.keys():
        raise ConnectionUnauthorizedError(
            f"The connection '{connection.name}' is refused: {url} answered {answer.status}."
        )
    return {"token": said["oauth_token"], "token_secret": said["oauth_token_secret"]}
