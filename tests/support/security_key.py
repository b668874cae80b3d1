"""A security key in software: what a browser and a device answer to WebAuthn's options."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

_PRESENT, _ATTESTED = 0x01, 0x40


class SecurityKey:
    """One device with one key; it counts its signatures."""

    def __init__(self, origin: str, host: str):
        self.origin = origin
        self.host = host
        self.id = os.urandom(16)
        self.count = 0
        self._key = ec.generate_private_key(ec.SECP256R1())

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """What ``navigator.credentials.create`` gives, as JSON."""
        point = self._key.public_key().public_numbers()
        cose = {
            1: 2,
            3: -7,
            -1: 1,
            -2: point.x.to_bytes(32, "big"),
            -3: point.y.to_bytes(32, "big"),
        }
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(cose)
        statement = {"fmt": "none", "attStmt": {}, "authData": self._data(_ATTESTED) + attested}
        answer = {"attestationObject": bytes_to_base64url(cbor2.dumps(statement))}
        return self._credential("webauthn.create", options, answer)

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """What ``navigator.credentials.get`` gives, as JSON."""
        self.count += 1
        data = self._data(0)
        client = self._client("webauthn.get", options)
        signed = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        answer = {
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(signed),
        }
        return self._credential("webauthn.get", options, answer)

    def _data(self, flags: int) -> bytes:
        host = hashlib.sha256(self.host.encode()).digest()
        return host + struct.pack(">BI", _PRESENT | flags, self.count)

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(told).encode()

    def _credential(
        self, kind: str, options: dict[str, Any], answer: dict[str, Any]
    ) -> dict[str, Any]:
        client = bytes_to_base64url(self._client(kind, options))
        name = bytes_to_base64url(self.id)
        answer = {"clientDataJSON": client, **answer}
        return {"id": name, "rawId": name, "type": "public-key", "response": answer}
