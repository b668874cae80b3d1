"""One request, with what makes it safe to send again.

Every POST carries an idempotency key, so a request that was broken off, or that was told to wait,
is sent again without being done twice.
"""

from __future__ import annotations

from typing import Any

import httpx

from statewright import world
from statewright.client.errors import ProblemError

ATTEMPTS = 4
LONGEST_WAIT = 30.0
_AGAIN = frozenset({429, 502, 503, 504})
_SAFE = frozenset({"GET", "HEAD", "PUT", "DELETE", "POST"})


class Transport:
    """Sends requests, and gives back what was answered."""

    def __init__(self, http: httpx.Client):
        self._http = http

    def send(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """The answer's content; None where it has none.

        Raises:
            ProblemError: the API refused.
            httpx.TransportError: it could not be reached.
        """
        headers = {"Idempotency-Key": world.new_id()} if method == "POST" else {}
        sent = {name: value for name, value in query.items() if value is not None}
        for left in reversed(range(ATTEMPTS)):
            again = left > 0 and method in _SAFE
            try:
                answer = self._http.request(method, path, json=body, params=sent, headers=headers)
            except httpx.TransportError:
                if not again:
                    raise
                world.pause(0.1 * 2 ** (ATTEMPTS - left))
                continue
            if not again or not _may_pass(answer):
                break
            world.pause(_wait(answer, ATTEMPTS - left))
        return _content(answer)


def _may_pass(answer: httpx.Response) -> bool:
    under_way = answer.status_code == 409 and "retry-after" in answer.headers
    return under_way or answer.status_code in _AGAIN


def _wait(answer: httpx.Response, attempt: int) -> float:
    told = answer.headers.get("retry-after", "")
    return min(LONGEST_WAIT, float(told) if told.isdigit() else 0.1 * 2**attempt)


def _content(answer: httpx.Response) -> Any:
    is_json = "json" in answer.headers.get("content-type", "")
    if answer.is_success:
        return answer.json() if is_json and answer.content else answer.text or None
    document = answer.json() if is_json else {"title": answer.text[:200]}
    raise ProblemError(answer.status_code, document, answer.headers.get("x-request-id", ""))
