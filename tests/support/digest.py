"""A server that asks for a digest (RFC 7616) and computes by itself what the right one is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

from tests.support.web import Asked, Reply

NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
OPAQUE = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
HASHES: dict[str, Any] = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


def challenge(algorithm: str, qop: str = "auth, auth-int") -> str:
    return (
        f'Digest realm="http-auth@example.org", qop="{qop}", algorithm={algorithm}, '
        f'nonce="{NONCE}", opaque="{OPAQUE}"'
    )


def guarded(password: str) -> Callable[[Asked], Reply]:
    """Answers who knows the password: each method and address by a hash of its own."""

    def answer(asked: Asked) -> Reply:
        given = dict(re.findall(r'(\w+)="?([^",]+)', asked.headers.get("authorization", "")))
        if not given:
            return Reply(401, {"WWW-Authenticate": challenge("SHA-256")})
        digest = HASHES[given["algorithm"]]

        def hashed(*parts: str) -> str:
            return str(digest(":".join(parts).encode()).hexdigest())

        one = hashed(given["username"], given["realm"], password)
        two = hashed(asked.method, asked.target)
        right = hashed(one, given["nonce"], given["nc"], given["cnonce"], given["qop"], two)
        if (given["response"], given["uri"]) != (right, asked.target):
            return Reply(401, {"WWW-Authenticate": challenge("SHA-256")})
        if asked.target == "/old":
            return Reply(307, {"Location": "/new?a=1"})
        return Reply(body=asked.method.encode() + asked.body)

    return answer
