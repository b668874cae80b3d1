"""The public shapes of sign-in through identity providers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field, model_validator

from statewright.auth.access_models import RoleName
from statewright.auth.models import Input, Name, Secret
from statewright.settings import settings

OAuthKind = Literal["oidc", "google", "microsoft", "github"]
Kind = Literal["oidc", "google", "microsoft", "github", "saml"]


def _url(text: str) -> str:
    parts = urlsplit(text)
    plain = parts.scheme == "http" and settings().base_url.startswith("http://")
    if not parts.hostname or parts.username or not (parts.scheme == "https" or plain):
        raise ValueError("is not an https URL")
    return text.rstrip("/")


def _domain(text: str) -> str:
    cleaned = text.strip().lower()
    if not cleaned or any(sign in cleaned for sign in "@/ *") or "." not in cleaned:
        raise ValueError("is not a domain")
    return cleaned


Url = Annotated[str, Field(max_length=2000), AfterValidator(_url)]
Domain = Annotated[str, Field(max_length=253), AfterValidator(_domain)]


class Rules(Input):
    """Who may come in through a provider, and as what.

    ``domains``: e-mail domains that the provider speaks for (empty: any, for those who are members
    or invited already). ``provision``: people of these domains become members at their first
    sign-in, with ``default_role`` or what ``role_mapping`` says of a value in ``role_claim``; with
    a ``role_claim`` the role follows the provider at every sign-in. ``trusts_email``: the provider
    does not say whether addresses are verified, and is believed for its domains all the same.
    """

    domains: list[Domain] = Field(default_factory=list, max_length=100)
    provision: bool = False
    default_role: RoleName = "viewer"
    role_claim: str | None = Field(default=None, max_length=200)
    role_mapping: dict[str, RoleName] = Field(default_factory=dict, max_length=200)
    trusts_email: bool = False

    @model_validator(mode="after")
    def _bounded(self) -> Rules:
        if (self.provision or self.trusts_email) and not self.domains:
            raise ValueError("'provision' and 'trusts_email' need 'domains'")
        if "owner" in {self.default_role, *self.role_mapping.values()}:
            raise ValueError("a provider makes no owners")
        return self


class OAuthSettings(Input):
    """An OAuth 2.0 client at a provider. ``issuer``: of OpenID Connect, or a GitHub server's
    address; ``tenant``: Microsoft's."""

    client_id: str = Field(min_length=1, max_length=500)
    issuer: Url | None = None
    tenant: str | None = Field(default=None, pattern=r"^[\w.-]{1,100}$")
    scopes: list[str] = Field(default_factory=list, max_length=20)


class NewProvider(Input):
    """An identity provider to add. ``oauth`` for every kind but ``saml``, which has ``saml``."""

    kind: Kind
    name: Name
    oauth: OAuthSettings | None = None
    client_secret: Secret | None = None
    saml: SamlSettings | None = None
    rules: Rules = Field(default_factory=Rules)
    enabled: bool = True

    @model_validator(mode="after")
    def _complete(self) -> NewProvider:
        if (self.kind == "saml") != (self.saml is not None):
            raise ValueError("'saml' goes with the kind saml")
        if (self.kind == "saml") == (self.oauth is not None):
            raise ValueError("'oauth' goes with every kind but saml")
        if self.kind == "saml" and self.client_secret is not None:
            raise ValueError("'client_secret' is for OAuth; a SAML provider gets a key pair")
        if self.oauth is not None and self.kind == "oidc" and self.oauth.issuer is None:
            raise ValueError("'oauth.issuer' is required")
        if self.oauth is not None and self.kind == "microsoft" and not _one_tenant(self.oauth):
            raise ValueError("'oauth.tenant' is required: one tenant's id or domain")
        return self


def _one_tenant(oauth: OAuthSettings) -> bool:
    """Whether it is one tenant's: tokens of the shared ones may be anybody's."""
    return oauth.tenant not in {None, "common", "organizations", "consumers"}


class SamlSettings(Input):
    """A SAML 2.0 identity provider: its metadata as XML, or what is needed of them."""

    metadata: str | None = Field(default=None, max_length=200_000)
    entity_id: str | None = Field(default=None, max_length=1000)
    sign_in_url: Url | None = None
    sign_out_url: Url | None = None
    certificates: list[str] = Field(default_factory=list, max_length=5)
    idp_initiated: bool = False
    email_attribute: str | None = Field(default=None, max_length=300)
    name_attribute: str | None = Field(default=None, max_length=300)


class Provider(BaseModel):
    """An identity provider. ``sign_in_url`` is where a browser begins; ``redirect_url`` is what to
    enter at an OAuth provider, ``metadata_url`` at a SAML one; ``certificate`` is ours there."""

    id: str
    kind: Kind
    name: str
    oauth: OAuthSettings | None
    saml: SamlSettings | None
    rules: Rules
    enabled: bool
    has_secret: bool
    certificate: str | None
    created_at: datetime
    sign_in_url: str
    redirect_url: str
    metadata_url: str | None


class SignInOption(BaseModel):
    """A button on a workspace's sign-in page."""

    id: str
    kind: Kind
    name: str
    sign_in_url: str


class SignOut(BaseModel):
    """Signed out here. ``url``: where to go on to sign out at the identity provider too."""

    url: str | None


class ExchangeCode(Input):
    """The code that a sign-in's redirect carried."""

    code: Secret


NewProvider.model_rebuild()
