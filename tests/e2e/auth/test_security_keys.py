"""Security keys and passkeys over HTTP, with a device in software."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.auth.test_accounts import PASSWORD, post, sign_in
from tests.support.security_key import SecurityKey
from tests.support.server import Client, Server, until

KEYS = "/v1/auth/security-keys"


def device(server: Server) -> SecurityKey:
    """A device, held to the page of this server."""
    return SecurityKey(f"http://localhost:{server.port}", "localhost")


def added(client: Client, key: SecurityKey, name: str = "Blue key") -> dict[str, Any]:
    ceremony = client.ok("POST", f"{KEYS}/options", {"password": PASSWORD})
    answer = {"ceremony": ceremony["ceremony"], "name": name}
    return client.ok("POST", KEYS, {**answer, "credential": key.create(ceremony["options"])})


def asked(server: Server, challenge: dict[str, Any]) -> dict[str, Any]:
    """The options of a sign-in."""
    found: dict[str, Any] = post(
        server, "sessions/second-step/options", challenge=challenge["challenge"]
    ).json()
    return found


def answered(server: Server, challenge: dict[str, Any], credential: dict[str, Any]) -> int:
    step = {"challenge": challenge["challenge"], "credential": credential}
    return int(post(server, "sessions/second-step", **step).status_code)


def test_signing_in_with_a_security_key(server: Server) -> None:
    client, key = Client(server, "key@keys.example").register(), device(server)
    made = added(client, key)
    assert len(made["recovery_codes"]) == 10
    assert client.ok("GET", "/v1/auth/account")["second_factor"]
    until(lambda: [m for m in client.letters() if "security key was added" in m.text], "a notice")
    challenge = sign_in(server, client.email).json()
    assert challenge["methods"] == ["security-key", "recovery-code"]
    options = asked(server, challenge)
    assert [one["id"] for one in options["allowCredentials"]] == [key.get(options)["id"]]
    credential = key.get(options)
    assert answered(server, challenge, credential) == 201
    assert answered(server, challenge, credential) == 410, "a challenge is answered once"
    again = sign_in(server, client.email).json()
    assert answered(server, again, credential) == 401, "signed for another challenge"
    assert answered(server, again, key.get(asked(server, again))) == 201
    (shown,) = client.ok("GET", KEYS)
    assert shown["name"] == "Blue key"
    assert shown["last_used_at"]


def test_recovery_codes_stand_in_for_a_lost_device(server: Server) -> None:
    client, key = Client(server, "lost@keys.example").register(), device(server)
    made = added(client, key)
    challenge = sign_in(server, client.email).json()["challenge"]
    done = post(server, "sessions/second-step", challenge=challenge, code=made["recovery_codes"][0])
    assert done.status_code == 201
    back = Client(server, client.email).use(done.json())
    path = f"{KEYS}/{made['key']['id']}"
    assert back.request("DELETE", path, {"password": "not the password"}).status_code == 422
    back.ok("DELETE", path, {"password": PASSWORD})
    assert back.request("DELETE", path, {"password": PASSWORD}).status_code == 404
    assert "token" in sign_in(server, client.email).json(), "no second factor is left"


def elsewhere(key: SecurityKey, options: dict[str, Any]) -> dict[str, Any]:
    key.origin = "https://statewright.example.evil"
    return key.get(options)


def other_host(key: SecurityKey, options: dict[str, Any]) -> dict[str, Any]:
    key.host = "evil.example"
    return key.get(options)


def cloned(key: SecurityKey, options: dict[str, Any]) -> dict[str, Any]:
    """A copy of the device is behind in counting."""
    key.count = 0
    return key.get(options)


def other_device(key: SecurityKey, options: dict[str, Any]) -> dict[str, Any]:
    other = SecurityKey(key.origin, key.host)
    other.id = key.id
    other.count = key.count
    return other.get(options)


def unknown_device(key: SecurityKey, options: dict[str, Any]) -> dict[str, Any]:
    return SecurityKey(key.origin, key.host).get(options)


def nonsense(key: SecurityKey, options: dict[str, Any]) -> dict[str, Any]:
    return {"id": key.get(options)["id"], "type": 5, "response": []}


FORGERIES = [elsewhere, other_host, cloned, other_device, unknown_device, nonsense]


@pytest.fixture(scope="module")
def known(server: Server) -> tuple[Client, SecurityKey]:
    client, key = Client(server, "forged@keys.example").register(), device(server)
    added(client, key)
    key.count = 5
    challenge = sign_in(server, client.email).json()
    assert answered(server, challenge, key.get(asked(server, challenge))) == 201
    return client, key


@pytest.mark.parametrize("forge", FORGERIES)
def test_what_another_device_or_page_signed_is_refused(
    server: Server,
    known: tuple[Client, SecurityKey],
    forge: Callable[[SecurityKey, dict[str, Any]], dict[str, Any]],
) -> None:
    client, key = known
    origin, host, count = key.origin, key.host, key.count
    challenge = sign_in(server, client.email).json()
    assert answered(server, challenge, forge(key, asked(server, challenge))) == 401
    key.origin, key.host, key.count = origin, host, count
    assert answered(server, challenge, key.get(asked(server, challenge))) == 201


def test_adding_is_for_who_began_it_with_what_was_asked(server: Server) -> None:
    ann, bob = (Client(server, f"{name}@begun.example").register() for name in ("ann", "bob"))
    key = device(server)
    assert ann.request("POST", f"{KEYS}/options", {"password": "wrong"}).status_code == 422
    ceremony = ann.ok("POST", f"{KEYS}/options", {"password": PASSWORD})
    body = {"ceremony": ceremony["ceremony"], "name": "Key"}
    right = key.create(ceremony["options"])
    assert bob.request("POST", KEYS, {**body, "credential": right}).status_code == 404
    for wrong in ({}, {**right, "response": {}}, key.create({"challenge": "AAAA"}), key.get(ceremony["options"])):  # fmt: skip
        assert ann.request("POST", KEYS, {**body, "credential": wrong}).status_code == 422
    ann.ok("POST", KEYS, {**body, "credential": right})
    assert ann.request("POST", KEYS, {**body, "credential": right}).status_code == 410
    ceremony = bob.ok("POST", f"{KEYS}/options", {"password": PASSWORD})
    body = {"ceremony": ceremony["ceremony"], "name": "Ann's"}
    taken = bob.request("POST", KEYS, {**body, "credential": key.create(ceremony["options"])})
    assert taken.status_code == 409, "a device belongs to one account"
    no_key = sign_in(server, bob.email).json()
    assert "token" in no_key
    step = post(server, "sessions/second-step/options", challenge="unknown")
    assert step.status_code == 410
