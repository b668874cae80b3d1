"""Endpoints that begin, renew or end a session, for browsers too.

A page that keeps a refresh token can have it stolen by a script. So a browser sends
``X-Refresh-Token: cookie`` and gets the token as a cookie that no script reads; at the next refresh
the browser sends it by itself. The header is asked for there as well: a page elsewhere can make a
browser send cookies, but not this header (RFC 6265, 8.2; OWASP ASVS 3.4).
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from statewright.errors import UnauthenticatedError
from statewright.http.api import Api
from statewright.http.finish import header
from statewright.settings import settings

_NAME = "statewright-session"
LONGEST = 30 * 86_400
"""Seconds for which a browser keeps the cookie: no session lasts longer."""


class SessionApi(Api):
    """An endpoint whose answer may hold a refresh token.

    Args:
        permission: as of :class:`Api`.
        ends: the cookie is taken away: the session is over.
    """

    def __init__(self, permission: str | None, *, ends: bool = False):
        super().__init__(permission)
        self._ends = ends

    def resolve(self, event: Any, context: Any) -> dict[str, Any]:
        """Answers, with the refresh token as a cookie where the browser wants that."""
        answer = super().resolve(event, context)
        if not _wants_cookie(event) or answer["statusCode"] >= 300:
            return answer
        if self._ends:
            answer["multiValueHeaders"]["Set-Cookie"] = [_cookie("", 0)]
            return answer
        found = json.loads(answer["body"])
        if "refresh_token" in found:
            answer["multiValueHeaders"]["Set-Cookie"] = [_cookie(found["refresh_token"], LONGEST)]
            answer["body"] = json.dumps(found | {"refresh_token": ""})
        return answer

    def refresh_token(self) -> str:
        """The refresh token that the browser brings as a cookie.

        Raises:
            UnauthenticatedError: there is none, or the page did not say that it is to be used.
        """
        found = self.cookie(_name()) if _wants_cookie(self.current_event.raw_event) else None
        if not found:
            raise UnauthenticatedError("This session is over. Sign in again.")
        return found


def _wants_cookie(event: dict[str, Any]) -> bool:
    return (header(event, "x-refresh-token") or "").strip().lower() == "cookie"


def _over_tls() -> bool:
    return urlsplit(settings().base_url).scheme == "https"


def _name() -> str:
    """Over TLS a name that browsers take from this very host only, and only when it is Secure."""
    return f"__Host-{_NAME}" if _over_tls() else _NAME


def _cookie(value: str, seconds: int) -> str:
    secure = "; Secure" if _over_tls() else ""
    return f"{_name()}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
