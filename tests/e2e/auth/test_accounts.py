"""Accounts over HTTP: from registration to deletion, and what goes by mail in between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from tests.support import secrets
from tests.support.server import Client, Server, until

PASSWORD = "long enough pw"
NEW_PASSWORD = "an even longer password"


def sign_in(server: Server, email: str, password: str = PASSWORD, **more: Any) -> httpx.Response:
    return post(server, "sessions", email=email, password=password, **more)


def post(server: Server, path: str, **body: Any) -> httpx.Response:
    secrets.note(body)
    answer = httpx.post(f"{server.url}/v1/auth/{path}", json=body, timeout=30, verify=False)
    if answer.headers.get("content-type") == "application/json":
        secrets.note(answer.json())
    return answer


def is_signed_in(client: Client) -> bool:
    """Past the authorizer's cache, which keeps an answer for some seconds."""
    refreshed = post(
        client.server, "sessions/refresh", refresh_token=client.session["refresh_token"]
    )
    return refreshed.status_code == 201


def audit_actions(client: Client) -> list[str]:
    return [event["action"] for event in client.ok("GET", "/v1/audit/events?limit=200")["items"]]


def test_access_tokens_can_be_verified_with_the_published_keys(server: Server) -> None:
    client = Client(server, "keys@accounts.example").register()
    token = client.session["token"]
    keys = httpx.get(f"{server.url}/.well-known/jwks.json").json()["keys"]
    header = jwt.get_unverified_header(token)
    assert (header["alg"], header["typ"]) == ("ES256", "at+jwt")
    (key,) = [key for key in keys if key["kid"] == header["kid"]]
    assert "d" not in key
    claims = jwt.decode(token, jwt.PyJWK(key).key, ["ES256"], audience="statewright")
    assert claims["sub"] == client.session["user_id"]
    assert claims["exp"] - claims["iat"] == 900


def test_a_refresh_token_works_once_and_a_copy_ends_the_session(server: Server) -> None:
    client = Client(server, "refresh@accounts.example").register()
    first = client.session["refresh_token"]
    second = post(server, "sessions/refresh", refresh_token=first)
    assert second.status_code == 201
    assert second.json()["refresh_token"] != first
    client.use(second.json())
    assert client.request("GET", "/v1/auth/account").status_code == 200
    stolen = post(server, "sessions/refresh", refresh_token=first)
    assert stolen.status_code == 401
    assert (
        post(server, "sessions/refresh", refresh_token=second.json()["refresh_token"]).status_code
        == 401
    )
    again = Client(server).use(sign_in(server, client.email).json())
    assert "session.refresh_reused" in audit_actions(again)
    assert again.ok("GET", "/v1/auth/sessions")[0]["current"]
    assert len(again.ok("GET", "/v1/auth/sessions")) == 1


@pytest.mark.parametrize("field", ["workspace", "email", "name", "password"])
def test_a_nul_character_is_refused(server: Server, field: str) -> None:
    new = {"workspace": "W", "email": "nul@accounts.example", "name": "N", "password": PASSWORD}
    answer = post(server, "workspaces", **{**new, field: new[field] + "\x00"})
    assert answer.status_code in {201, 422}, answer.text
    assert field == "password" or answer.status_code == 422


@pytest.mark.parametrize("token", ["", "swr_unknown", "x" * 301, None, 7])
def test_what_is_no_refresh_token(server: Server, token: Any) -> None:
    assert post(server, "sessions/refresh", refresh_token=token).status_code in {401, 422}


def test_a_password_is_taken_whole(server: Server) -> None:
    """Spaces at its ends, any character, up to 128 of them; and nothing is cut off."""
    new = {"workspace": "W", "name": "N"}
    for number, password in enumerate(
        ("  spaces at both ends ", "Zwölf Grüße ☂ 傘", "kelp otter " * 11 + "violin")
    ):
        email = f"whole-{number}@accounts.example"
        assert post(server, "workspaces", **new, email=email, password=password).status_code == 201
        assert sign_in(server, email, password).status_code == 201
        assert sign_in(server, email, password[:-1]).status_code == 401
        assert sign_in(server, email, password.strip() + "x").status_code == 401
    for password in ("x" * 129, "short pass"):
        answer = post(server, "workspaces", **new, email="odd@accounts.example", password=password)
        assert answer.json()["errors"][0]["pointer"] == "/password"


def test_sessions_are_listed_and_ended_one_by_one_and_all_together(server: Server) -> None:
    email = "sessions@accounts.example"
    phone = Client(server, email).register()
    laptop = Client(server).use(sign_in(server, email).json())
    tablet = Client(server).use(sign_in(server, email).json())
    listed = laptop.ok("GET", "/v1/auth/sessions")
    assert [entry["current"] for entry in listed] == [False, True, False]
    assert listed[0]["user_agent"].startswith("python-httpx")
    laptop.ok("DELETE", f"/v1/auth/sessions/{phone.session['session_id']}")
    assert not is_signed_in(phone)
    until(lambda: phone.http.get("/v1/auth/account").status_code == 401, "the cache to forget")
    assert (
        laptop.request("DELETE", f"/v1/auth/sessions/{phone.session['session_id']}").status_code
        == 404
    )
    tablet.ok("DELETE", "/v1/auth/sessions/current")
    assert not is_signed_in(tablet)
    laptop.ok("DELETE", "/v1/auth/sessions")
    assert not is_signed_in(laptop)


def test_nobody_ends_the_session_of_somebody_else(server: Server) -> None:
    ada = Client(server, "ada@accounts.example").register()
    eve = Client(server, "eve@accounts.example").register()
    ended = eve.request("DELETE", f"/v1/auth/sessions/{ada.session['session_id']}")
    assert ended.status_code == 404
    assert is_signed_in(ada)


def test_the_password_is_changed_and_other_sessions_end(server: Server) -> None:
    email = "password@accounts.example"
    here = Client(server, email).register()
    there = Client(server).use(sign_in(server, email).json())
    path = "/v1/auth/account/password"
    wrong = here.request("PUT", path, {"current": "not it at all", "password": NEW_PASSWORD})
    assert wrong.json()["errors"][0]["pointer"] == "/current"
    weak = here.request("PUT", path, {"current": PASSWORD, "password": "password1234"})
    assert weak.json()["errors"][0]["pointer"] == "/password"
    here.ok("PUT", path, {"current": PASSWORD, "password": NEW_PASSWORD})
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert sign_in(server, email).status_code == 401
    assert sign_in(server, email, NEW_PASSWORD).status_code == 201
    subjects = until(
        lambda: [m for m in here.letters() if m.to == email and "password was changed" in m.text],
        "a notice",
    )
    assert len(subjects) == 1


def test_a_forgotten_password_is_reset_by_mail_once(server: Server) -> None:
    email = "forgot@accounts.example"
    client = Client(server, email).register()
    assert post(server, "password-resets", email=email).json() == {"status": "mail-sent"}
    first = client.mailed_secret(email, "Reset your password")
    post(server, "password-resets", email=email)
    second = client.mailed_secret(email, "Reset your password", after=1)
    voided = post(server, "password-resets/confirm", token=first, password=NEW_PASSWORD)
    assert voided.status_code == 410
    weak = post(server, "password-resets/confirm", token=second, password="aaaaaaaaaaaaaaaa")
    assert weak.status_code == 422
    assert (
        post(server, "password-resets/confirm", token=second, password=NEW_PASSWORD).status_code
        == 204
    )
    assert (
        post(server, "password-resets/confirm", token=second, password=NEW_PASSWORD).status_code
        == 410
    )
    assert not is_signed_in(client)
    assert sign_in(server, email, NEW_PASSWORD).status_code == 201


def test_answers_do_not_tell_who_has_an_account(server: Server) -> None:
    known, unknown = "known@accounts.example", "unknown@accounts.example"
    client = Client(server, known).register()
    for path, body in (
        ("sessions", {"password": "not the right one"}),
        ("password-resets", {}),
    ):
        answers = [post(server, path, email=email, **body) for email in (known, unknown)]
        assert answers[0].status_code == answers[1].status_code
        assert answers[0].json() == answers[1].json()
        assert answers[0].headers.keys() == answers[1].headers.keys()
    client.mailed_secret(known, "Reset your password")  # so the other event was looked at too
    assert not [letter for letter in client.letters() if letter.to == unknown]
    until(lambda: "session.refused" in audit_actions(client), "the failure in the audit log")


@pytest.mark.parametrize("email", ["throttled@accounts.example", "nobody@accounts.example"])
def test_guessing_is_throttled_per_account_known_or_not(server: Server, email: str) -> None:
    if email.startswith("throttled"):
        Client(server, email).register()
    answers = [sign_in(server, email, f"guess number {n}") for n in range(11)]
    assert [a.status_code for a in answers] == [401] * 10 + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 901
    assert answers[-1].json()["type"] == "urn:statewright:problem:rate-limited"
    assert sign_in(server, email).status_code == 429, "the right password waits as well"


def test_the_address_is_verified_and_changed_by_mail(server: Server) -> None:
    old, new = "old@accounts.example", "new@accounts.example"
    client = Client(server, old).register()
    assert not client.ok("GET", "/v1/auth/account")["email_verified"]
    secret = client.mailed_secret(old, "Confirm your address")
    assert post(server, "email-verifications/confirm", token=secret).status_code == 204
    assert client.ok("GET", "/v1/auth/account")["email_verified"]
    wanted = {"email": new, "password": "not the right one"}
    assert client.request("PUT", "/v1/auth/account/email", wanted).status_code == 422
    client.ok("PUT", "/v1/auth/account/email", {"email": new, "password": PASSWORD})
    secret = client.mailed_secret(new, "Confirm your address")
    assert client.ok("GET", "/v1/auth/account")["email"] == old, "until the link is followed"
    assert post(server, "email-verifications/confirm", token=secret).status_code == 204
    assert client.ok("GET", "/v1/auth/account")["email"] == new
    assert sign_in(server, old).status_code == 401
    assert sign_in(server, new).status_code == 201
    until(
        lambda: [m for m in client.letters() if m.to == old and "out of use" in m.text], "a notice"
    )


def test_an_address_that_another_account_has_cannot_be_taken(server: Server) -> None:
    Client(server, "taken@accounts.example").register()
    client = Client(server, "taker@accounts.example").register()
    client.ok(
        "PUT", "/v1/auth/account/email", {"email": "taken@accounts.example", "password": PASSWORD}
    )
    secret = client.mailed_secret("taken@accounts.example", "Confirm your address", after=1)
    assert post(server, "email-verifications/confirm", token=secret).status_code == 409
    assert client.ok("GET", "/v1/auth/account")["email"] == "taker@accounts.example"


def test_invited_people_join_with_a_new_or_their_own_account(server: Server) -> None:
    owner = Client(server, "inviter@accounts.example").register()
    guest = Client(server, "has-account@accounts.example").register()
    for email, extra in (("joins@accounts.example", {"name": "Joins"}), (guest.email, {})):
        owner.ok("POST", "/v1/invitations", {"email": email, "role": "editor"})
        secret = owner.mailed_secret(email, "Join 'Test'")
        wrong = post(
            server, "invitations/accept", token=secret, password="not the password", **extra
        )
        if not extra:
            assert wrong.status_code == 401
            joined = post(server, "invitations/accept", token=secret, password=PASSWORD)
        else:
            joined = wrong
        assert joined.status_code == 201, joined.text
        assert joined.json()["role"] == "editor"
        assert joined.json()["workspace_id"] == owner.session["workspace_id"]
        assert (
            post(server, "invitations/accept", token=secret, password=PASSWORD).status_code == 410
        )
    members = {m["email"]: m["role"] for m in owner.ok("GET", "/v1/members")["items"]}
    assert members == {
        owner.email: "owner",
        "joins@accounts.example": "editor",
        guest.email: "editor",
    }
    assert owner.request("POST", "/v1/invitations", {"email": guest.email}).status_code == 409
    assert len(guest.ok("GET", "/v1/auth/workspaces")) == 2
    moved = guest.ok("POST", f"/v1/auth/workspaces/{owner.session['workspace_id']}/sessions")
    assert Client(server).use(moved).ok("GET", "/v1/auth/account")["role"] == "editor"


def test_an_invitation_that_was_taken_back_opens_nothing(server: Server) -> None:
    owner = Client(server, "revoker@accounts.example").register()
    invited = owner.ok("POST", "/v1/invitations", {"email": "no@accounts.example"})
    secret = owner.mailed_secret("no@accounts.example", "Join 'Test'")
    owner.ok("DELETE", f"/v1/invitations/{invited['id']}")
    answer = post(server, "invitations/accept", token=secret, name="N", password=NEW_PASSWORD)
    assert answer.status_code == 410
    assert owner.ok("GET", "/v1/invitations") == []


def test_somebody_makes_a_second_workspace_and_switches(server: Server) -> None:
    client = Client(server, "switch@accounts.example").register()
    second = client.ok("POST", "/v1/workspaces", {"name": "Second"})
    stranger = Client(server, "switch-stranger@accounts.example").register()
    path = f"/v1/auth/workspaces/{second['workspace_id']}/sessions"
    assert stranger.request("POST", path).status_code == 403
    there = Client(server).use(client.ok("POST", path))
    assert there.ok("GET", "/v1/auth/account")["workspace"] == "Second"
    chosen = sign_in(server, client.email, workspace_id=second["workspace_id"]).json()
    assert chosen["workspace_id"] == second["workspace_id"]
    strange = sign_in(server, client.email, workspace_id=stranger.session["workspace_id"])
    assert strange.status_code == 403


def test_a_deactivated_account_opens_again_by_a_password_reset(server: Server) -> None:
    email = "closed@accounts.example"
    client = Client(server, email).register()
    path = "/v1/auth/account/deactivation"
    assert client.request("POST", path, {"password": "not the password"}).status_code == 422
    client.ok("POST", path, {"password": PASSWORD})
    assert not is_signed_in(client)
    assert sign_in(server, email).status_code == 401
    post(server, "password-resets", email=email)
    secret = client.mailed_secret(email, "Reset your password")
    post(server, "password-resets/confirm", token=secret, password=NEW_PASSWORD)
    assert sign_in(server, email, NEW_PASSWORD).status_code == 201


def test_an_account_is_exported_and_deleted(server: Server) -> None:
    email = "leaver@accounts.example"
    client = Client(server, email).register()
    exported = client.ok("POST", "/v1/auth/account/export", {"password": PASSWORD})
    assert exported["account"]["email"] == email
    assert "password_hash" not in exported["account"]
    assert exported["sessions"][0]["id"] == client.session["session_id"]
    assert {event["action"] for event in exported["audit_events"]} >= {"workspace.created"}
    client.ok("DELETE", "/v1/auth/account", {"password": PASSWORD})
    assert sign_in(server, email).status_code == 401
    assert (
        Client(server, email).register().session["workspace_id"] != client.session["workspace_id"]
    )


def test_what_others_keep_of_a_person_has_no_address_afterwards(server: Server) -> None:
    owner, email = Client(server, "asker@accounts.example").register(), "asked@accounts.example"
    owner.ok("POST", "/v1/invitations", {"email": email, "role": "operator"})
    secret = owner.mailed_secret(email, "Join 'Test'")
    joined = post(
        server, "invitations/accept", token=secret, name="Asked", password=PASSWORD
    ).json()
    person = Client(server, email).use(joined)
    wanted = {"assignees": [email], "title": "May the asked leave?"}
    step = {"id": "ask", "use": "human.approval", "with": wanted}
    triggers = [{"id": "h", "type": "webhook"}]
    asking = owner.publish({"name": "Asks", "triggers": triggers, "steps": [step]})
    owner.call_webhook(asking, {})
    (task,) = until(lambda: person.ok("GET", "/v1/tasks")["items"], "the task")

    def told() -> Any:
        exported = person.ok("POST", "/v1/auth/account/export", {"password": PASSWORD})
        sent = [one for one in exported["deliveries"] if one["status"] == "delivered"]
        return exported if sent else None

    exported = until(told, "its message")
    assert [one["title"] for one in exported["tasks"]] == ["May the asked leave?"]
    assert {one["address"] for one in exported["deliveries"]} >= {email}
    assert exported["inbox"] is not None
    person.ok("DELETE", "/v1/auth/account", {"password": PASSWORD})
    assert email not in json.dumps(owner.ok("GET", f"/v1/tasks/{task['id']}")["people"])
    notifications = owner.ok("GET", "/v1/notifications")["items"]
    deliveries = [
        one
        for notification in notifications
        for one in owner.ok("GET", f"/v1/notifications/{notification['id']}/deliveries")["items"]
    ]
    assert deliveries
    assert email not in json.dumps(deliveries)


def test_the_only_owner_of_a_workspace_with_others_cannot_leave(server: Server) -> None:
    owner = Client(server, "captain@accounts.example").register()
    owner.ok("POST", "/v1/invitations", {"email": "mate@accounts.example", "role": "admin"})
    secret = owner.mailed_secret("mate@accounts.example", "Join 'Test'")
    joined = post(server, "invitations/accept", token=secret, name="Mate", password=PASSWORD).json()
    for method, path in (("DELETE", "/v1/auth/account"), ("POST", "/v1/auth/account/deactivation")):
        assert owner.request(method, path, {"password": PASSWORD}).status_code == 409
    own = f"/v1/members/{owner.session['user_id']}"
    assert owner.request("PATCH", own, {"role": "admin"}).status_code == 409
    assert owner.request("DELETE", own).status_code == 409
    owner.ok("PATCH", f"/v1/members/{joined['user_id']}", {"role": "owner"})
    owner.ok("DELETE", "/v1/auth/account", {"password": PASSWORD})
    mate = Client(server).use(joined)
    assert [m["email"] for m in mate.ok("GET", "/v1/members")["items"]] == ["mate@accounts.example"]
    assert "account.deleted" in audit_actions(mate)


def test_a_workspace_is_exported_and_deleted(server: Server) -> None:
    client = Client(server, "end@accounts.example").register()
    outer = client.ok("POST", "/v1/folders", {"name": "Outer"})
    inner = client.ok("POST", "/v1/folders", {"name": "Inner", "parent_id": outer["id"]})
    definition = {"name": "Kept", "steps": [{"id": "a", "set": 1}]}
    workflow = client.ok("POST", "/v1/workflows", {"definition": definition})
    client.ok("PUT", f"/v1/workflows/{workflow['id']}/folder", {"folder_id": inner["id"]})
    rows = client.ok("GET", "/v1/workspace/export/workflows")["items"]
    assert [row["row"]["definition"]["name"] for row in rows] == ["Kept"]
    assert client.request("GET", "/v1/workspace/export/api_keys").status_code == 422
    wrong = client.request("DELETE", "/v1/workspace", {"name": "Other", "password": PASSWORD})
    assert wrong.json()["errors"][0]["pointer"] == "/name"
    client.ok("DELETE", "/v1/workspace", {"name": "Test", "password": PASSWORD})
    assert not is_signed_in(client)
    assert sign_in(server, client.email).status_code == 403, "the account stays, with no workspace"


@pytest.fixture(scope="module")
def discreet(data_root: Path) -> Iterator[Server]:
    """A server that confirms addresses before it says anything."""
    running = Server(data_root / "discreet", "--registration", "mail")
    try:
        yield running.start()
    finally:
        running.stop()


def test_registration_by_mail_does_not_tell_who_has_an_account(discreet: Server) -> None:
    client = Client(discreet, "first@discreet.example")
    new = {"workspace": "W", "email": client.email, "name": "N", "password": PASSWORD}
    first = post(discreet, "workspaces", **new)
    assert sign_in(discreet, client.email).status_code == 401, "nothing exists before the link"
    secret = client.mailed_secret(client.email, "Confirm your address")
    session = post(discreet, "workspaces/confirm", token=secret)
    assert session.status_code == 201
    assert post(discreet, "workspaces/confirm", token=secret).status_code == 410
    client.use(session.json())
    assert client.ok("GET", "/v1/auth/account")["email_verified"]
    for _ in range(3):
        assert post(discreet, "workspaces", **new).status_code == 201
    again = post(discreet, "workspaces", **new)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    until(lambda: "You have an account" in dict(client.mails()), "the mail that says so")
    flooding = post(discreet, "workspaces", **new)
    assert flooding.status_code == 429, "nobody's mailbox is filled this way"
