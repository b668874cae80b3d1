"""The kinds of connection: which fields each has, and which of them are secret.

A secret field is marked ``writeOnly`` in its schema; it is sealed and never shown. In its place a
reference may stand to a secret that is kept elsewhere.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)


class Strict(BaseModel):
    """A shape that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid")


class SecretReference(Strict):
    """A secret kept in AWS Secrets Manager or the SSM Parameter Store.

    ``field`` picks one of a JSON object's. Only names below the workspace's own path are read:
    ``<deployment>/workspaces/<workspace id>/…``.
    """

    store: Literal["secrets_manager", "ssm"]
    id: Annotated[str, Field(min_length=1, max_length=500)]
    field: Annotated[str, Field(min_length=1, max_length=200)] | None = None


def _url(text: str) -> str:
    if not re.match(r"https?://[^\s/?#@\\]+(/[^\s?#\\]*)?$", text):
        raise ValueError("is no http(s) URL without user, query and fragment")
    return text.rstrip("/")


def _line(text: str) -> str:
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise ValueError("has control characters")
    return text


def _token(text: str) -> str:
    if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", text):
        raise ValueError("is no name of a header")
    return text


BaseUrl = Annotated[str, Field(max_length=1_000), AfterValidator(_url)]
Line = Annotated[str, Field(max_length=1_000), AfterValidator(_line)]
HeaderName = Annotated[str, Field(max_length=100), AfterValidator(_token)]
Host = Annotated[str, Field(pattern=r"^[\w.-]+(:\d+)?$")]
Pem = Annotated[str, Field(max_length=50_000, pattern=r"^\s*-----BEGIN ")]
_ROLE = r"^arn:[a-z-]+:iam::[0-9]{12}:role/statewright-[A-Za-z0-9+=,.@_-]+$"
_Text = Annotated[str, Field(min_length=1, max_length=20_000)]
_WRITE_ONLY = Field(json_schema_extra={"writeOnly": True})
Secret = Annotated[_Text | SecretReference, _WRITE_ONLY]
OptionalSecret = Annotated[_Text | SecretReference | None, _WRITE_ONLY]


class HttpKind(Strict):
    """A kind that signs HTTP requests, to these addresses only.

    Relative addresses in steps continue ``base_url``. ``hosts`` are further hosts that may see the
    credential. ``test_path`` is asked to find out whether the connection works.
    """

    base_url: BaseUrl
    hosts: Annotated[list[Host], Field(max_length=20)] = []
    test_path: Annotated[Line, Field(pattern=r"^/")] = "/"


class ApiKey(HttpKind):
    """A key in a header or in the query."""

    kind: Literal["api_key"]
    place: Literal["header", "query"] = "header"
    field: Line = "x-api-key"
    prefix: Line = ""
    key: Secret

    @model_validator(mode="after")
    def _sendable(self) -> ApiKey:
        if self.place == "header":
            _token(self.field)
        return self


class Basic(HttpKind):
    """User name and password (RFC 7617)."""

    kind: Literal["basic"]
    username: Annotated[Line, Field(pattern=r"^[^:]*$")]
    password: Secret


class DigestPassword(HttpKind):
    """User name and password of which only a hash is sent (RFC 7616)."""

    kind: Literal["digest"]
    username: Annotated[Line, Field(pattern=r'^[^:"\\]*$')]
    password: Secret


class Bearer(HttpKind):
    """A token that does not change (RFC 6750)."""

    kind: Literal["bearer"]
    token: Secret


class OAuth2(HttpKind):
    """OAuth 2.0: a person agrees once (authorization code with PKCE), or client credentials."""

    kind: Literal["oauth2"]
    grant: Literal["authorization_code", "client_credentials"] = "authorization_code"
    authorize_url: BaseUrl | None = None
    token_url: BaseUrl
    client_id: Line
    client_secret: OptionalSecret = None
    client_authentication: Literal["basic", "post", "none"] = "basic"
    scopes: Annotated[list[Line], Field(max_length=100)] = []
    parameters: Annotated[dict[str, Line], Field(max_length=20)] = {}
    """Further parameters of the authorization request: ``access_type: offline`` and the like."""
    token_parameters: Annotated[dict[str, Line], Field(max_length=20)] = {}
    """Further parameters of the token request: ``audience`` and the like."""

    @model_validator(mode="after")
    def _complete(self) -> OAuth2:
        if self.grant == "authorization_code" and self.authorize_url is None:
            raise ValueError("authorize_url is required for authorization_code")
        if self.client_authentication != "none" and self.client_secret is None:
            raise ValueError("client_secret is required unless client_authentication is none")
        return self


class OAuth1(HttpKind):
    """OAuth 1.0a (RFC 5849). Without token and authorization addresses, two-legged.

    With ``RSA-SHA1`` and ``RSA-SHA256``, ``consumer_secret`` is the private key as PEM.
    """

    kind: Literal["oauth1"]
    consumer_key: Line
    consumer_secret: Secret
    signature_method: Literal[
        "HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "RSA-SHA1", "RSA-SHA256", "PLAINTEXT"
    ] = "HMAC-SHA1"
    realm: Line | None = None
    request_token_url: BaseUrl | None = None
    authorize_url: BaseUrl | None = None
    access_token_url: BaseUrl | None = None
    token: OptionalSecret = None
    token_secret: OptionalSecret = None

    @model_validator(mode="after")
    def _complete(self) -> OAuth1:
        urls = (self.request_token_url, self.authorize_url, self.access_token_url)
        if any(urls) and not all(urls):
            raise ValueError("request_token_url, authorize_url, access_token_url go together")
        if (self.token is None) != (self.token_secret is None):
            raise ValueError("token and token_secret go together")
        return self


class AwsRole(HttpKind):
    """Signature Version 4 with the credentials of a role.

    The role's name begins with ``statewright-``, and its trust policy has to ask for the
    workspace's id as ``sts:ExternalId``.
    """

    kind: Literal["aws_role"]
    role_arn: Annotated[str, Field(max_length=120, pattern=_ROLE)]
    service: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")]
    region: Annotated[str, Field(pattern=r"^[a-z]{2}[a-z0-9-]{1,30}$")]


class ClientCertificate(HttpKind):
    """A certificate that the client shows (mutual TLS)."""

    kind: Literal["client_certificate"]
    certificate: Pem
    private_key: Secret
    passphrase: OptionalSecret = None


class Custom(HttpKind):
    """Headers and query parameters made of fields: ``{name}`` stands for a field or a secret."""

    kind: Literal["custom"]
    fields: Annotated[dict[str, Line], Field(max_length=50)] = {}
    secrets: Annotated[dict[str, Secret], Field(max_length=50), _WRITE_ONLY] = {}
    headers: Annotated[dict[HeaderName, Line], Field(max_length=50)] = {}
    query: Annotated[dict[str, Line], Field(max_length=50)] = {}

    @model_validator(mode="after")
    def _known(self) -> Custom:
        names = {*self.fields, *self.secrets}
        for template in [*self.headers.values(), *self.query.values()]:
            unknown = set(re.findall(r"{(\w+)}", template)) - names
            if unknown:
                raise ValueError(f"'{sorted(unknown)[0]}' is neither a field nor a secret")
        return self


class Database(Strict):
    """A database's address, such as ``postgresql://user:password@host/name``."""

    kind: Literal["database"]
    engine: Literal["postgresql", "mysql", "mariadb", "sqlserver", "sqlite", "mongodb"]
    url: Secret
    read_only: bool = False


class AIProvider(HttpKind):
    """A provider of language models: OpenAI, Anthropic, or a server that speaks like one of them.

    A server of one's own may need no key. Prices are those of a million tokens, in the currency of
    the workspace's budget.
    """

    kind: Literal["ai_provider"]
    provider: Literal["openai", "anthropic"]
    model: Annotated[Line, Field(min_length=1, max_length=200)]
    base_url: BaseUrl = ""
    key: OptionalSecret = None
    input_price: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    output_price: Annotated[float, Field(ge=0, le=1_000_000)] | None = None

    @model_validator(mode="after")
    def _addressed(self) -> AIProvider:
        openai = self.provider == "openai"
        if not self.base_url:
            self.base_url = "https://api.openai.com/v1" if openai else "https://api.anthropic.com"
        if self.test_path == "/":
            self.test_path = "/models" if openai else "/v1/models"
        return self


class SigningSecret(Strict):
    """What webhooks are verified with: a shared secret, or the provider's public key."""

    kind: Literal["signing_secret"]
    secret: Secret


AnyKind = (
    Annotated[ApiKey, Tag("tagged-api_key")]
    | Annotated[Basic, Tag("tagged-basic")]
    | Annotated[DigestPassword, Tag("tagged-digest")]
    | Annotated[Bearer, Tag("tagged-bearer")]
    | Annotated[OAuth2, Tag("tagged-oauth2")]
    | Annotated[OAuth1, Tag("tagged-oauth1")]
    | Annotated[AwsRole, Tag("tagged-aws_role")]
    | Annotated[ClientCertificate, Tag("tagged-client_certificate")]
    | Annotated[Custom, Tag("tagged-custom")]
    | Annotated[Database, Tag("tagged-database")]
    | Annotated[AIProvider, Tag("tagged-ai_provider")]
    | Annotated[SigningSecret, Tag("tagged-signing_secret")]
)


def _tag(value: Any) -> str:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return f"tagged-{kind}"


Auth = Annotated[
    AnyKind,
    Discriminator(_tag, custom_error_type="kind", custom_error_message="has no kind that is known"),
]
"""Any kind. The tags do not show in the pointers of problems."""


def secret_fields(auth: Strict) -> frozenset[str]:
    """The names of the fields that are sealed."""
    return frozenset(
        name
        for name, field in type(auth).model_fields.items()
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("writeOnly")
    )


def parted(auth: Strict) -> tuple[dict[str, Any], dict[str, Any]]:
    """What may be shown of a connection, and what may not (texts and references)."""
    names = secret_fields(auth)
    whole = auth.model_dump(exclude_none=True)
    shown = {name: value for name, value in whole.items() if name not in names | {"kind"}}
    return shown, {name: value for name, value in whole.items() if name in names}
