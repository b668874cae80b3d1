"""HTTP towards identity providers: no redirects, short answers, little patience."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import httpx

from statewright.auth.sso.assertion import ProviderError

MAX_ANSWER = 1_000_000
_TIMEOUT = httpx.Timeout(10.0, connect=5.0)


@lru_cache(maxsize=1)
def _client() -> httpx.Client:
    return httpx.Client(timeout=_TIMEOUT, follow_redirects=False)


def get_json(url: str, token: str | None = None) -> Any:
    """A JSON document.

    Raises:
        ProviderError: it cannot be had.
    """
    headers = {"accept": "application/json"}
    if token is not None:
        headers["authorization"] = f"Bearer {token}"
    return _send(_client().build_request("GET", url, headers=headers))


def post_form(url: str, form: dict[str, str], basic: tuple[str, str] | None = None) -> Any:
    """A JSON answer to a form, sent with HTTP Basic where asked for.

    Raises:
        ProviderError: it cannot be had.
    """
    headers = {"accept": "application/json"}
    request = _client().build_request("POST", url, data=form, headers=headers)
    if basic is not None:
        request = next(httpx.BasicAuth(*basic).auth_flow(request))
    return _send(request)


def _send(request: httpx.Request) -> Any:
    host = request.url.host
    try:
        response = _client().send(request, stream=True)
        try:
            content = _read(response)
        finally:
            response.close()
    except httpx.HTTPError as error:
        raise ProviderError(f"{host} cannot be reached.") from error
    if response.status_code != httpx.codes.OK:
        raise ProviderError(f"{host} answered {response.status_code}.")
    try:
        return httpx.Response(200, content=content).json()
    except ValueError:
        raise ProviderError(f"{host} did not answer JSON.") from None


def _read(response: httpx.Response) -> bytes:
    content = b""
    for piece in response.iter_bytes():
        content += piece
        if len(content) > MAX_ANSWER:
            raise ProviderError(f"{response.url.host} answers too much.")
    return content
