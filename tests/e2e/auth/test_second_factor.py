"""The second factor over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime

import pyotp
import pytest

from tests.e2e.auth.test_accounts import PASSWORD, post, sign_in
from tests.support.server import Client, Server, until


def enrolled(server: Server, email: str) -> tuple[Client, pyotp.TOTP, list[str]]:
    """Somebody with a second factor, its app and its recovery codes."""
    client = Client(server, email).register()
    secret = client.ok("POST", "/v1/auth/second-factor", {"password": PASSWORD})["secret"]
    totp = pyotp.TOTP(secret)
    codes = client.ok("POST", "/v1/auth/second-factor/confirm", {"code": _code(totp)})["codes"]
    return client, totp, codes


def _code(totp: pyotp.TOTP, steps_ahead: int = 0) -> str:
    """The app's code; one step ahead is taken too, and so is fresh after the present one."""
    return str(totp.at(int(datetime.now(UTC).timestamp()) + 30 * steps_ahead))


def test_signing_in_needs_a_code_that_works_once(server: Server) -> None:
    client, totp, _ = enrolled(server, "totp@factor.example")
    assert client.ok("GET", "/v1/auth/account")["second_factor"]
    challenge = sign_in(server, client.email).json()
    assert challenge.keys() == {"challenge", "methods", "expires_at"}
    step = "sessions/second-step"
    code = _code(totp, 1)
    wrong = post(
        server, step, challenge=challenge["challenge"], code=f"{(int(code) + 1) % 10**6:06}"
    )
    assert wrong.status_code == 401
    done = post(server, step, challenge=challenge["challenge"], code=code)
    assert done.status_code == 201
    assert post(server, step, challenge=challenge["challenge"], code=code).status_code == 410
    another = sign_in(server, client.email).json()["challenge"]
    assert post(server, step, challenge=another, code=code).status_code == 401, "used before"
    entries = Client(server).use(done.json()).ok("GET", "/v1/auth/sessions")
    assert [e["second_factor"] for e in entries if e["current"]] == [True]


def test_recovery_codes_stand_in_once_each_and_can_be_renewed(server: Server) -> None:
    client, _, codes = enrolled(server, "recovery@factor.example")
    assert len(set(codes)) == 10
    for expected in (201, 401):
        challenge = sign_in(server, client.email).json()["challenge"]
        done = post(server, "sessions/second-step", challenge=challenge, code=codes[0].upper())
        assert done.status_code == expected
    until(lambda: [m for m in client.letters() if "recovery code was used" in m.text], "a notice")
    renewed = client.ok("POST", "/v1/auth/second-factor/recovery-codes", {"password": PASSWORD})
    challenge = sign_in(server, client.email).json()["challenge"]
    old = post(server, "sessions/second-step", challenge=challenge, code=codes[1])
    assert old.status_code == 401
    new = post(server, "sessions/second-step", challenge=challenge, code=renewed["codes"][0])
    assert new.status_code == 201


def test_codes_are_throttled(server: Server) -> None:
    client, _, _ = enrolled(server, "guess@factor.example")
    challenge = sign_in(server, client.email).json()["challenge"]
    answers = [
        post(server, "sessions/second-step", challenge=challenge, code=f"nosuch{n}").status_code
        for n in range(11)
    ]
    assert answers == [401] * 10 + [429]


def test_turning_it_on_or_off_needs_the_password(server: Server) -> None:
    client, _, _ = enrolled(server, "off@factor.example")
    path = "/v1/auth/second-factor"
    assert client.request("POST", path, {"password": PASSWORD}).status_code == 409
    assert client.request("DELETE", path, {"password": "not the password"}).status_code == 422
    client.ok("DELETE", path, {"password": PASSWORD})
    assert sign_in(server, client.email).status_code == 201
    assert "token" in sign_in(server, client.email).json()


@pytest.mark.parametrize("code", ["000000", "12345", "abcdef", "1" * 50])
def test_a_wrong_code_confirms_nothing(server: Server, code: str) -> None:
    client = Client(server, f"wrong-{code[:6]}@factor.example").register()
    client.ok("POST", "/v1/auth/second-factor", {"password": PASSWORD})
    assert (
        client.request("POST", "/v1/auth/second-factor/confirm", {"code": code}).status_code == 422
    )
    assert not client.ok("GET", "/v1/auth/account")["second_factor"]


def test_a_workspace_may_require_it(server: Server) -> None:
    owner, _totp, _ = enrolled(server, "strict@factor.example")
    owner.ok("POST", "/v1/invitations", {"email": "lax@factor.example", "role": "editor"})
    secret = owner.mailed_secret("lax@factor.example", "Join 'Test'")
    joined = post(server, "invitations/accept", token=secret, name="Lax", password=PASSWORD).json()
    assert not joined["must_enrol"]
    owner.ok("PATCH", "/v1/workspace", {"require_second_factor": True})
    session = sign_in(server, "lax@factor.example").json()
    assert session["must_enrol"]
    member = Client(server).use(session)
    assert member.request("GET", "/v1/workflows").status_code == 403
    uri = member.ok("POST", "/v1/auth/second-factor", {"password": PASSWORD})["uri"]
    code = _code(pyotp.parse_uri(uri))
    member.ok("POST", "/v1/auth/second-factor/confirm", {"code": code})
    renewed = post(server, "sessions/refresh", refresh_token=session["refresh_token"]).json()
    assert Client(server).use(renewed).request("GET", "/v1/workflows").status_code == 200
