"""boto3 clients, made once per process and service, and the mapping of AWS's errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from statewright.errors import UnavailableError
from statewright.settings import settings

# A fixed user agent, because botocore otherwise assembles one for each call; and no validation of
# parameters on our side, because the service does it: together half of what a call costs here.
_CONFIG = Config(
    retries={"mode": "standard", "max_attempts": 3},
    connect_timeout=3,
    read_timeout=20,
    user_agent="statewright",
    parameter_validation=False,
)
# Presigned URLs need Signature Version 4 where objects are encrypted with KMS.
_S3 = Config(signature_version="s3v4", request_checksum_calculation="when_required")
_THROTTLED = {"ThrottlingException", "Throttling", "ThrottledException", "RequestThrottled"}
"""What services call throttling; some of them answer 400 or 403 with it."""


@lru_cache(maxsize=32)
def client(service: str, endpoint: str | None = None) -> Any:
    """The boto3 client of a service, at an address of its own where it has one."""
    import boto3  # a third of a function's start-up, which many functions can do without

    config = _CONFIG.merge(_S3) if service == "s3" else _CONFIG
    place: dict[str, Any] = {"region_name": settings().region, "endpoint_url": endpoint}
    return boto3.client(service, config=config, **place)  # type: ignore[call-overload]


@lru_cache(maxsize=4)
def patient_client(service: str, seconds: int = 24) -> Any:
    """A client for calls that take long and must not be made twice: one attempt, of so long."""
    import boto3

    once = Config(retries={"total_max_attempts": 1}, read_timeout=seconds)
    return boto3.client(service, region_name=settings().region, config=_CONFIG.merge(once))  # type: ignore[call-overload]


@contextmanager
def mapped(service: str) -> Iterator[None]:
    """Turns "AWS cannot answer now" into :class:`UnavailableError`; other errors pass through."""
    try:
        yield
    except ClientError as error:
        if _is_transient(error):
            raise UnavailableError(f"{service} does not answer.") from error
        raise
    except BotoCoreError as error:
        raise UnavailableError(f"{service} cannot be reached.") from error


def _is_transient(error: ClientError) -> bool:
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return error_code(error) in _THROTTLED or status == 429 or status >= 500


def error_code(error: ClientError) -> str:
    """AWS's code for the error, such as ``ExecutionAlreadyExists``."""
    return str(error.response.get("Error", {}).get("Code", ""))
