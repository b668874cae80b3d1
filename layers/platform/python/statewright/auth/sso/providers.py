"""A workspace's identity providers: added, changed, removed, and offered at sign-in."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from statewright import world
from statewright.auth import audit
from statewright.auth.authority import may_give
from statewright.auth.sso.models import (
    NewProvider,
    OAuthSettings,
    Provider,
    Rules,
    SamlSettings,
    SignInOption,
)
from statewright.aws import kms
from statewright.db import Session, load_queries, system, tenant
from statewright.errors import ConflictError, InvalidError, Issue, NotFoundError
from statewright.http.caller import Caller
from statewright.ids import is_id, parse_id
from statewright.settings import settings

_sql = load_queries(__package__, "providers.sql")


def list_all(workspace_id: str) -> list[Provider]:
    """The workspace's identity providers."""
    with tenant(workspace_id) as session:
        return [_shown(row) for row in session.all(_sql.list_providers, id=None)]


def create(caller: Caller, new: NewProvider) -> Provider:
    """Adds an identity provider.

    Raises:
        InvalidError: settings that cannot be right, or a role that is not known.
        ForbiddenError: a role that allows more than the caller may.
        ConflictError: there is one of that name.
    """
    if new.kind != "saml" and new.client_secret is None:
        issue = Issue("/client_secret", "is required")
        raise InvalidError("An OAuth client has a secret.", (issue,))
    provider_id, stored = world.new_id(), _stored(new)
    if new.kind == "saml":
        from statewright.auth.sso.saml_settings import new_pair

        private, stored["certificate"] = new_pair(provider_id)
        new = new.model_copy(update={"client_secret": private})
    with tenant(caller.workspace_id) as session:
        _check_roles(session, caller, new.rules)
        session.run(
            _sql.insert_provider,
            id=provider_id,
            workspace_id=caller.workspace_id,
            kind=new.kind,
            name=new.name,
            settings=Jsonb(stored),
            secret=_sealed(new, provider_id),
            enabled=new.enabled,
            now=world.now(),
        )
        audit.record(
            session,
            caller,
            "identity_provider.created",
            f"identity_provider:{provider_id}",
            name=new.name,
            kind=new.kind,
            **stored,
        )
        return _find(session, provider_id)


def change(caller: Caller, provider_id: str, wanted: NewProvider) -> Provider:
    """Replaces a provider's settings. A client secret that is not given stays as it is.

    Raises:
        ConflictError: the kind is another one; add a provider instead.
    """
    chosen, stored = parse_id(provider_id, "identity provider"), _stored(wanted)
    with tenant(caller.workspace_id) as session:
        _check_roles(session, caller, wanted.rules)
        before = _find(session, chosen)
        if before.kind != wanted.kind:
            raise ConflictError("A provider's kind stays. Add another provider instead.")
        if before.kind == "saml":
            stored["certificate"] = before.certificate
        session.run(
            _sql.update_provider,
            id=chosen,
            kind=wanted.kind,
            name=wanted.name,
            settings=Jsonb(stored),
            secret=_sealed(wanted, chosen),
            enabled=wanted.enabled,
        )
        audit.record(
            session,
            caller,
            "identity_provider.changed",
            f"identity_provider:{chosen}",
            name=wanted.name,
            enabled=wanted.enabled,
            **stored,
        )
        return _find(session, chosen)


def delete(caller: Caller, provider_id: str) -> None:
    """Removes a provider and ends the sessions that it vouched for."""
    chosen = parse_id(provider_id, "identity provider")
    with tenant(caller.workspace_id) as session:
        session.run(_sql.end_provider_sessions, id=chosen, now=world.now())
        row = session.one(_sql.delete_provider, id=chosen)
        if row is None:
            raise NotFoundError("There is no such identity provider.")
        audit.record(
            session,
            caller,
            "identity_provider.deleted",
            f"identity_provider:{chosen}",
            name=row["name"],
        )


def options(workspace_id: str) -> list[SignInOption]:
    """What a workspace's sign-in page offers; nothing, where there is no such workspace."""
    if not is_id(workspace_id):
        return []
    with system() as session:
        rows = session.all(_sql.list_sign_in_providers, workspace_id=workspace_id)
    return [SignInOption(sign_in_url=_sign_in_url(row["id"]), **row) for row in rows]


def _check_roles(session: Session, caller: Caller, rules: Rules) -> None:
    may_give(session, caller, rules.default_role, "/rules/default_role")
    for value, role in rules.role_mapping.items():
        may_give(session, caller, role, f"/rules/role_mapping/{value}")


def _stored(new: NewProvider) -> dict[str, Any]:
    if new.saml is not None:
        from statewright.auth.sso.saml_settings import completed

        new = new.model_copy(update={"saml": completed(new.saml)})
    return new.model_dump(include={"oauth", "saml", "rules"}, exclude_none=True, mode="json")


def _sealed(new: NewProvider, provider_id: str) -> bytes | None:
    if new.client_secret is None:
        return None
    return kms.seal(new.client_secret, f"identity_provider:{provider_id}")


def _find(session: Session, provider_id: str) -> Provider:
    row = session.one(_sql.list_providers, id=provider_id)
    if row is None:
        raise NotFoundError("There is no such identity provider.")
    return _shown(row)


def _shown(row: dict[str, Any]) -> Provider:
    stored, base = row["settings"], f"{settings().base_url}/v1/auth"
    oauth, saml = stored.get("oauth"), stored.get("saml")
    return Provider(
        id=row["id"],
        kind=row["kind"],
        name=row["name"],
        oauth=None if oauth is None else OAuthSettings.model_construct(**oauth),
        saml=None if saml is None else SamlSettings.model_construct(**saml),
        rules=Rules.model_construct(**stored["rules"]),
        enabled=row["enabled"],
        has_secret=row["has_secret"],
        certificate=stored.get("certificate"),
        created_at=row["created_at"],
        sign_in_url=_sign_in_url(row["id"]),
        redirect_url=f"{base}/sso/callback",
        metadata_url=f"{base}/saml/{row['id']}/metadata" if row["kind"] == "saml" else None,
    )


def _sign_in_url(provider_id: str) -> str:
    return f"{settings().base_url}/v1/auth/sso/{provider_id}"
