"""POST requests that may be sent twice.

Who sends an ``Idempotency-Key`` again within a day, with the same request, gets the first answer
(https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/). The key's row is
claimed before the endpoint runs, so of many at once one runs. The answer may hold a secret that is
shown only once: it is kept encrypted with a key made of the client's own key, of which the database
has a digest alone. A refusal that may pass (no permission, a conflict, a limit, our own fault) is
not kept: the key can then be tried again. A process that dies between the endpoint's commit and
keeping the answer leaves the key claimed; after ABANDONED it is free, and the endpoint runs again.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from statewright import world
from statewright.db import load_queries, lookup, system
from statewright.errors import InProgressError, InvalidError, Issue, MalformedError
from statewright.http.caller import Caller

KEPT = timedelta(days=1)
ABANDONED = timedelta(minutes=1)
"""Longer than an endpoint may take: the gateway gives up after 29 seconds."""
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_NONCE = 12
_PASSING = frozenset({401, 403, 408, 409, 425, 429})
_sql = load_queries(__package__, "idempotency.sql")


@dataclass(frozen=True, slots=True)
class Claim:
    """The turn to answer a key's first request."""

    workspace_id: str
    principal: str
    key: str
    id: str

    def settle(self, answer: dict[str, Any]) -> None:
        """Keeps the answer, or frees the key where the answer is not final."""
        place = self.place() | {"claim": self.id}
        status = answer["statusCode"]
        if status >= 500 or status in _PASSING:
            lookup(_sql.release_key, **place)
        else:
            nonce = world.random_bytes(_NONCE)
            sealed = nonce + self._cipher().encrypt(nonce, json.dumps(answer).encode(), None)
            lookup(_sql.keep_answer, **place, answer=sealed)

    def open(self, sealed: bytes) -> dict[str, Any]:
        """The answer that was kept."""
        found = self._cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        answer: dict[str, Any] = json.loads(found)
        return answer

    def place(self) -> dict[str, Any]:
        """Where its row is."""
        return {
            "workspace_id": self.workspace_id,
            "principal": self.principal,
            "key": self._digest("stored"),
        }

    def _cipher(self) -> AESGCM:
        return AESGCM(self._digest("sealing"))

    def _digest(self, use: str) -> bytes:
        text = "\n".join((use, self.workspace_id, self.principal, self.key))
        return hashlib.sha256(text.encode()).digest()


def claim(caller: Caller, key: str, event: dict[str, Any]) -> Claim | dict[str, Any]:
    """The turn to answer, or the answer that was given before.

    Raises:
        MalformedError: the key is not one.
        InvalidError: it was used with another request.
        InProgressError: the first request with it is being answered.
    """
    if _KEY.fullmatch(key) is None:
        raise MalformedError("An Idempotency-Key has 1 to 255 visible ASCII characters.")
    wanted = Claim(caller.workspace_id, f"{caller.kind}:{caller.user_id}", key, world.new_id())
    place, asked, now = wanted.place(), _fingerprint(event), world.now()
    row = lookup(
        _sql.claim_key,
        **place,
        fingerprint=asked,
        claim=wanted.id,
        now=now,
        expires_at=now + KEPT,
        abandoned=now - ABANDONED,
    )
    return wanted if row is not None else _earlier(wanted, asked)


def _earlier(wanted: Claim, asked: bytes) -> dict[str, Any]:
    found = lookup(_sql.find_key, **wanted.place())
    if found is not None and bytes(found["fingerprint"]) != asked:
        issue = Issue("/headers/idempotency-key", "was used with another request", "use a new key")
        raise InvalidError("This Idempotency-Key was used with another request.", (issue,))
    if found is None or found["answer"] is None:
        raise InProgressError("The first request with this Idempotency-Key is being answered.", 1)
    answer = wanted.open(bytes(found["answer"]))
    answer.setdefault("multiValueHeaders", {})["Idempotency-Replayed"] = ["true"]
    return answer


def _fingerprint(event: dict[str, Any]) -> bytes:
    query = event.get("multiValueQueryStringParameters") or {}
    parts = [event["httpMethod"], event["path"], query, event.get("body")]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).digest()


def delete_expired() -> int:
    """Forgets answers that are too old; says how many."""
    with system() as session:
        return session.run(_sql.delete_expired_keys, now=world.now())
