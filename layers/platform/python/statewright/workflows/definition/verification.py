"""How a webhook's sender proves who it is. Secrets stand in connections; here are their names."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from statewright.workflows.definition.base import Duration, Model


def _network(text: str) -> str:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ValueError("is no address or network such as 192.0.2.0/24") from None
    return text


ConnectionName = Annotated[str, Field(min_length=1, max_length=100)]
HeaderName = Annotated[str, Field(pattern=r"^[a-z0-9!#$%&'*+.^_`|~-]+$", max_length=100)]
Network = Annotated[str, AfterValidator(_network), Field(max_length=50)]


class _Verify(Model):
    """``addresses``: the only ones that may call. ``window``: how old a signed time may be."""

    addresses: list[Network] = Field(default_factory=list, max_length=100)
    window: Duration = "5m"

    @property
    def connections(self) -> tuple[str, ...]:
        """The connections whose secrets are needed."""
        found = getattr(self, "secret", ())
        return (found,) if isinstance(found, str) else tuple(found)


class _WithSecret(_Verify):
    """``secret``: the connection that holds the secret; of several, any will do."""

    secret: ConnectionName | Annotated[list[ConnectionName], Field(min_length=1, max_length=5)]


class NamedVerify(_WithSecret):
    """A provider's own scheme."""

    scheme: Literal[
        "stripe",
        "github",
        "slack",
        "shopify",
        "twilio",
        "standard_webhooks",
        "zoom",
        "x",
        "dropbox",
    ]


class MetaVerify(_WithSecret):
    """Meta's: ``verify_token`` is the connection with the token that was entered there."""

    scheme: Literal["meta"]
    verify_token: ConnectionName | None = None

    @property
    def connections(self) -> tuple[str, ...]:
        """The connections whose secrets are needed."""
        extra = () if self.verify_token is None else (self.verify_token,)
        return (*super().connections, *extra)


class HmacVerify(_WithSecret):
    """An HMAC in a header. ``signs`` says of what: ``{body}``, and ``{timestamp}`` for the header
    of that name; ``delivery`` is the header with the delivery's id."""

    scheme: Literal["hmac"]
    header: HeaderName
    algorithm: Literal["sha1", "sha256", "sha384", "sha512"] = "sha256"
    encoding: Literal["hex", "base64", "base64url"] = "hex"
    prefix: str = Field(default="", max_length=50)
    signs: str = Field(default="{body}", max_length=200)
    timestamp: HeaderName | None = None
    delivery: HeaderName | None = None

    @model_validator(mode="after")
    def _whole(self) -> HmacVerify:
        if "{body}" not in self.signs:
            raise ValueError("'signs' needs {body}: what is not signed can be changed")
        if (self.timestamp is None) == ("{timestamp}" in self.signs):
            raise ValueError("'timestamp' and {timestamp} in 'signs' go together")
        return self


class BasicVerify(_WithSecret):
    """Name and password (HTTP Basic)."""

    scheme: Literal["basic"]


class BearerVerify(_WithSecret):
    """A token after ``Bearer``, or by itself in ``header``."""

    scheme: Literal["bearer"]
    header: HeaderName | None = None


class AllowListVerify(_Verify):
    """The address alone."""

    scheme: Literal["allow_list"]
    addresses: list[Network] = Field(min_length=1, max_length=100)


Verify = Annotated[
    NamedVerify | MetaVerify | HmacVerify | BasicVerify | BearerVerify | AllowListVerify,
    Field(discriminator="scheme"),
]
