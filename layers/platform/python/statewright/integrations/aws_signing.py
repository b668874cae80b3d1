"""Signature Version 4 with a role's credentials."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from statewright import world
from statewright.integrations.credentials import Credentials
from statewright.integrations.errors import (
    ConnectionInvalidError,
    ConnectionUnauthorizedError,
    ConnectionUnavailableError,
)

if TYPE_CHECKING:
    from botocore.credentials import Credentials as Keys

    from statewright.integrations.messages import Request

_HOUR = 3_600
_EARLY = 300


def signature(connection: Credentials, request: Request) -> dict[str, str]:
    """The headers that sign a request."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    if not isinstance(request.content, bytes):
        raise ConnectionInvalidError(
            "Requests for AWS are signed with their content: 10 MB at most."
        )
    settings = connection.settings
    period = int(world.now().timestamp()) // (_HOUR - _EARLY)
    keys = _assumed(settings["role_arn"], connection.workspace_id, period)
    signed = AWSRequest(
        method=request.method, url=request.url, data=request.content, headers=dict(request.headers)
    )
    SigV4Auth(keys, settings["service"], settings["region"]).add_auth(signed)
    names = {"authorization", "x-amz-date", "x-amz-security-token"}
    return {name: value for name, value in signed.headers.items() if name.lower() in names}


@lru_cache(maxsize=64)
def _assumed(role_arn: str, workspace_id: str, _period: int) -> Keys:
    from botocore.credentials import Credentials as Keys
    from botocore.exceptions import ClientError

    from statewright.aws.clients import client
    from statewright.errors import UnavailableError

    try:
        answer = client("sts").assume_role(
            RoleArn=role_arn,
            RoleSessionName="statewright",
            ExternalId=workspace_id,
            DurationSeconds=_HOUR,
        )["Credentials"]
    except ClientError as error:
        raise ConnectionUnauthorizedError(f"The role {role_arn} cannot be assumed.") from error
    except UnavailableError as error:
        raise ConnectionUnavailableError(str(error)) from error
    return Keys(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])
