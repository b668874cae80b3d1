"""``http.request``: one HTTP call, with its failures under names that ``retry`` can ask for."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import httpx

from statewright.settings import settings

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 25.0


class HttpRequestError(Exception):
    """Base of the action's failures. The class name is the error's name in the workflow."""


def _named(name: str, doc: str) -> type[HttpRequestError]:
    return type(name, (HttpRequestError,), {"__doc__": doc})


ClientError = _named("Http.ClientError", "The server refuses the request (4xx).")
RateLimited = _named("Http.RateLimited", "The server asks to be called later (429).")
ServerError = _named("Http.ServerError", "The server failed (5xx).")
Timeout = _named("Http.Timeout", "The server did not answer in time.")
Unreachable = _named("Http.Unreachable", "There is no server at the address.")
TooLarge = _named("Http.TooLarge", "The answer is larger than an execution can hold.")
InvalidRequest = _named("Http.InvalidRequest", "The request cannot be sent as it is.")


@lru_cache(maxsize=1)
def _client() -> httpx.Client:
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=20)
    timeout = httpx.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS)
    return httpx.Client(timeout=timeout, limits=limits, follow_redirects=True, max_redirects=5)


def perform(inputs: dict[str, Any], key: str) -> dict[str, Any]:
    """Sends the request and returns status, headers and body (parsed where it is JSON).

    Args:
        inputs: the action's inputs: url, method, query, headers, body.
        key: sent as ``Idempotency-Key`` with requests that change something, so that a server
            that knows the header acts once however often the step runs.

    Raises:
        HttpRequestError: under the name of what went wrong.
    """
    try:
        request = _build(inputs, key)
        response = _client().send(request, stream=True)
        try:
            content = _read(response)
        finally:
            response.close()
    except httpx.TimeoutException:
        raise Timeout(f"{inputs['url']} did not answer in {TOTAL_SECONDS:.0f} seconds") from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.TooManyRedirects) as error:
        raise InvalidRequest(f"{inputs['url']}: {error}") from None
    except httpx.TransportError as error:
        raise Unreachable(f"{inputs['url']}: {error}") from None
    return _result(response, content)


def _build(inputs: dict[str, Any], key: str) -> httpx.Request:
    method, body = inputs.get("method", "GET"), inputs.get("body")
    headers = {name.lower(): str(value) for name, value in (inputs.get("headers") or {}).items()}
    if method not in {"GET", "HEAD"}:
        headers.setdefault("idempotency-key", key)
    content: dict[str, Any] = {}
    if isinstance(body, str):
        content["content"] = body
    elif body is not None:
        content["json"] = body
    query = inputs.get("query") or None
    try:
        return _client().build_request(
            method, inputs["url"], params=query, headers=headers, **content
        )
    except (UnicodeEncodeError, TypeError) as error:
        raise InvalidRequest(f"{inputs['url']}: {error}") from None


def _read(response: httpx.Response) -> bytes:
    limit, content = settings().http_step_limit, bytearray()
    for chunk in response.iter_bytes(65_536):
        content += chunk
        if len(content) > limit:
            raise TooLarge(f"the answer has more than {limit:,} bytes")
    return bytes(content)


def _result(response: httpx.Response, content: bytes) -> dict[str, Any]:
    status = response.status_code
    text = content.decode(response.encoding or "utf-8", "replace")
    if status >= 400:
        kind = ServerError if status >= 500 else RateLimited if status == 429 else ClientError
        raise kind(f"{response.request.method} {response.url} answered {status}: {text[:500]}")
    return {"status": status, "headers": dict(response.headers), "body": _parsed(response, text)}


def _parsed(response: httpx.Response, text: str) -> Any:
    if "json" not in response.headers.get("content-type", ""):
        return text
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text
