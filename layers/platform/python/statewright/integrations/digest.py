"""HTTP Digest access authentication (RFC 7616): a challenge, and the request that answers it.

The password is never sent: what goes out is a hash of it, the method, the address and numbers of
the server and the client. The computation is httpx's.
"""

from __future__ import annotations

from dataclasses import dataclass

import httpx

_UNKNOWN = (httpx.ProtocolError, NotImplementedError, KeyError, ValueError)
"""What httpx makes of challenges with another algorithm, and of broken ones."""


@dataclass(frozen=True, slots=True, repr=False)
class Digest:
    """Whose password it is."""

    username: str
    password: str

    def answer(self, method: str, url: str, headers: httpx.Headers) -> str | None:
        """The ``Authorization`` header that answers a 401 of these headers.

        The first challenge that can be answered is. None where none can (another scheme,
        ``auth-int`` alone, an unknown algorithm): then the 401 is the answer.
        """
        for challenge in headers.get_list("www-authenticate"):
            if not challenge.lower().startswith("digest "):
                continue
            request = httpx.Request(method, url)
            flow = httpx.DigestAuth(self.username, self.password).auth_flow(request)
            next(flow)
            told = httpx.Response(401, headers={"www-authenticate": challenge}, request=request)
            try:
                return flow.send(told).headers["authorization"]
            except _UNKNOWN:
                continue
        return None
