"""Security keys and passkeys: a second factor that no false page can ask for (WebAuthn).

https://www.w3.org/TR/webauthn-3/. The challenge that a device signs is made of the secret that
belongs to the ceremony, so nothing more needs to be kept: who may end it may end it once. A device
signs for the place that people reach the product at; elsewhere it has no key.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from statewright import world
from statewright.auth import audit, events, onetime, second_factor, sessions, throttle
from statewright.auth.links import Use
from statewright.auth.models import (
    Ceremony,
    Confirmation,
    NewSecurityKey,
    SecurityKey,
    SecurityKeyAdded,
)
from statewright.auth.reauthentication import confirm_password, require_person
from statewright.db import Session, load_queries, system
from statewright.errors import ConflictError, InvalidError, Issue, NotFoundError
from statewright.http.caller import Caller
from statewright.ids import parse_id
from statewright.settings import settings

NAME = "Statewright"
MAX_KEYS = 20
_sql = load_queries(__package__, "security_keys.sql")
_session_sql = load_queries(__package__, "sessions.sql")


@dataclass(frozen=True, slots=True)
class Place:
    """Where devices sign for, as browsers tell them."""

    origin: str
    host: str


def place() -> Place:
    """This deployment's."""
    parts = urlsplit(settings().base_url)
    return Place(f"{parts.scheme}://{parts.netloc}", parts.hostname or "")


def begin(caller: Caller, confirmation: Confirmation) -> Ceremony:
    """What the browser asks a new device with (``navigator.credentials.create``).

    Raises:
        InvalidError: the password is not right.
        ConflictError: the account has very many keys.
    """
    user, use = confirm_password(caller, confirmation.password), Use.SECURITY_KEY
    with system() as session:
        known = _keys(session, caller.user_id)
        if len(known) >= MAX_KEYS:
            raise ConflictError(f"An account has {MAX_KEYS} security keys at the most.")
        secret = onetime.issue(session, use, caller.user_id, {}, use.lifetime)
    options = webauthn.generate_registration_options(
        rp_id=place().host,
        rp_name=NAME,
        user_id=UUID(caller.user_id).bytes,
        user_name=user["email"],
        user_display_name=user["name"],
        challenge=_challenge(secret),
        exclude_credentials=_descriptors(known),
    )
    return Ceremony(ceremony=secret, options=_plain(options), expires_at=world.now() + use.lifetime)


def add(caller: Caller, new: NewSecurityKey) -> SecurityKeyAdded:
    """Adds a device. The first second factor comes with recovery codes, and ends other sessions.

    Raises:
        GoneError: the ceremony is over.
        InvalidError: the device did not sign what it was asked to.
        ConflictError: it is added already.
    """
    require_person(caller)
    counted = throttle.attempt((throttle.CODE_OF_ACCOUNT, caller.user_id))
    with system() as session:
        opened = onetime.look(session, Use.SECURITY_KEY, new.ceremony)
        if opened.user_id != caller.user_id:
            raise NotFoundError("There is no such ceremony.")
        found = _verified_new(new)
        onetime.use_up(session, Use.SECURITY_KEY, new.ceremony)
        first = not second_factor.is_on(session, caller.user_id)
        key_id, now = world.new_id(), world.now()
        stored = session.run(
            _sql.insert_security_key,
            id=key_id,
            user_id=caller.user_id,
            credential_id=found.credential_id,
            public_key=found.credential_public_key,
            sign_count=found.sign_count,
            name=new.name,
            now=now,
        )
        if not stored:
            raise ConflictError("This device has been added already.")
        session.run(_session_sql.prove_session, id=caller.session_id or None)
        codes = second_factor.new_codes(session, caller.user_id) if first else None
        if first:
            why = "second factor turned on"
            sessions.end_sessions(session, caller.user_id, why, keep=caller.session_id)
        audit.record(session, caller, "security_key.added", f"security_key:{key_id}")
        row = session.one(_sql.find_person, user_id=caller.user_id)
    counted.forgive()
    assert row is not None  # the caller
    events.publish("notice", email=row["email"], what="security_key_added")
    key = SecurityKey(id=key_id, name=new.name, created_at=now, last_used_at=None)
    return SecurityKeyAdded(key=key, recovery_codes=None if codes is None else codes.codes)


def list_all(caller: Caller) -> list[SecurityKey]:
    """The caller's devices, the oldest first."""
    with system() as session:
        return [SecurityKey.model_validate(row) for row in _keys(session, caller.user_id)]


def remove(caller: Caller, key_id: str, confirmation: Confirmation) -> None:
    """Takes a device away. With the last second factor its recovery codes go.

    Raises:
        NotFoundError: it is not one of the caller's.
    """
    user = confirm_password(caller, confirmation.password)
    with system() as session:
        place_of = {"id": parse_id(key_id, "security key"), "user_id": caller.user_id}
        if not session.run(_sql.delete_security_key, **place_of):
            raise NotFoundError("There is no such security key.")
        second_factor.forget_codes_without_factor(session, caller.user_id)
        audit.record(session, caller, "security_key.removed", f"security_key:{key_id}")
    events.publish("notice", email=user["email"], what="security_key_removed")


def ask(challenge: str) -> dict[str, Any]:
    """What the browser asks a known device with at sign-in (``navigator.credentials.get``).

    Raises:
        GoneError: the challenge's time is over.
        ConflictError: the account has no security key.
    """
    with system() as session:
        opened = onetime.look(session, Use.SECOND_FACTOR, challenge)
        known = _keys(session, str(opened.user_id))
    if not known:
        raise ConflictError("This account has no security key. Use another method.")
    options = webauthn.generate_authentication_options(
        rp_id=place().host,
        challenge=_challenge(challenge),
        allow_credentials=_descriptors(known),
    )
    return _plain(options)


def check(session: Session, user_id: str, challenge: str, credential: dict[str, Any]) -> bool:
    """Whether one of the account's devices has signed the challenge; its use is noted."""
    known = {
        bytes_to_base64url(bytes(key["credential_id"])): key for key in _keys(session, user_id)
    }
    key = known.get(str(credential.get("id")))
    if key is None:
        return False
    try:
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=_challenge(challenge),
            expected_rp_id=place().host,
            expected_origin=place().origin,
            credential_public_key=bytes(key["public_key"]),
            credential_current_sign_count=key["sign_count"],
        )
    except WebAuthnException:
        return False
    session.run(
        _sql.note_security_key, id=key["id"], sign_count=found.new_sign_count, now=world.now()
    )
    return True


def _verified_new(new: NewSecurityKey) -> Any:
    try:
        return webauthn.verify_registration_response(
            credential=new.credential,
            expected_challenge=_challenge(new.ceremony),
            expected_rp_id=place().host,
            expected_origin=place().origin,
        )
    except WebAuthnException as error:
        issue = Issue("/credential", str(error)[:300])
        raise InvalidError("The device's answer is not right.", (issue,)) from None


def _keys(session: Session, user_id: str) -> list[dict[str, Any]]:
    return session.all(_sql.list_security_keys, user_id=user_id)


def _descriptors(keys: list[dict[str, Any]]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=bytes(key["credential_id"])) for key in keys]


def _challenge(secret: str) -> bytes:
    return hashlib.sha256(f"webauthn:{secret}".encode()).digest()


def _plain(options: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return found
