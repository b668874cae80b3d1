"""SCIM 2.0 as spoken here: the resources, what is supported, and how errors look.

RFC 7643 (schemas) and RFC 7644 (protocol). Identity providers depart from them in known ways; what
cannot be misunderstood is taken (https://learn.microsoft.com/entra/identity/app-provisioning/
application-provisioning-config-problem-scim-compatibility).
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from scim2_models import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    EnterpriseUser,
    Error,
    ETag,
    Filter,
    Group,
    Patch,
    Reference,
    ResourceType,
    SCIMException,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    User,
)

from statewright.errors import (
    ConflictError,
    InvalidError,
    MalformedError,
    StatewrightError,
)
from statewright.settings import settings

CONTENT_TYPE = "application/scim+json"
BASE_PATH = "/v1/scim/v2"
MAX_RESULTS = 200
ScimUser = User[EnterpriseUser]
POLICY = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)


class ReadOnlyError(SCIMException):
    """An endpoint that describes the service is only read (caller's fault)."""

    status = 405


def _config() -> ServiceProviderConfig:
    return ServiceProviderConfig(
        documentation_uri=Reference("https://datatracker.ietf.org/doc/html/rfc7644"),
        patch=Patch(supported=True),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MAX_RESULTS),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=False),
        etag=ETag(supported=False),
        authentication_schemes=[
            AuthenticationScheme(
                type=AuthenticationScheme.Type.oauthbearertoken,
                name="Bearer key",
                description="The key that turning provisioning on has shown.",
                primary=True,
            )
        ],
    )


PROVIDER = ScimProvider(
    models=[User, EnterpriseUser, Group],
    resource_types=[ResourceType.from_resource(ScimUser), ResourceType.from_resource(Group)],
    config=_config(),
    policy=POLICY,
)


def location(endpoint: str, resource_id: str = "") -> str:
    """The address of an endpoint, or of one resource."""
    path = f"{endpoint}/{resource_id}" if resource_id else endpoint
    return f"{settings().base_url}{BASE_PATH}/{path}"


def error_document(error: Exception) -> Error:
    """What a client is told about an error (RFC 7644, section 3.12)."""
    match error:
        case SCIMException():
            return error.to_error()
        case ValidationError():
            return Error.from_validation_errors(error)[0]
        case ConflictError():
            return Error(status=409, scim_type="uniqueness", detail=error.detail)
        case InvalidError() | MalformedError():
            kind = "invalidValue" if isinstance(error, InvalidError) else "invalidSyntax"
            return Error(status=400, scim_type=kind, detail=error.detail)
        case StatewrightError():
            return Error(status=error.status, detail=error.detail)
        case _:
            raise error


def dumped(error: Error) -> dict[str, Any]:
    """An error as it is sent."""
    document: dict[str, Any] = error.model_dump()
    return document
