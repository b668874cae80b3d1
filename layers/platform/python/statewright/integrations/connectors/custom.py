"""Operations of connectors in Python: each connector is a function of its own, which the operator
has put there (docs/decisions/0028). It gets the inputs and what authorizes its calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from botocore.exceptions import ClientError

from statewright.aws import functions
from statewright.aws.clients import error_code
from statewright.integrations import authorizing, credentials
from statewright.integrations.errors import ConnectionInvalidError
from statewright.integrations.messages import Request
from statewright.settings import settings

_SECONDS = 28
_PER_REQUEST = frozenset({"oauth1", "aws_role", "client_certificate", "digest"})
"""Kinds that sign each request anew, which a credential that is handed over cannot do."""


class ConnectorFailedError(Exception):
    """Base of the failures that a connector's function tells of."""


def perform(connector: str, operation: str, event: Mapping[str, Any]) -> Any:
    """Performs an operation by the connector's function.

    Raises:
        ConnectorFailedError: under the name of what went wrong.
        ConnectionInvalidError: the connection cannot be handed over.
    """
    job = {
        "operation": operation,
        "inputs": event["with"],
        "workspace_id": event["workspace_id"],
        "key": event["key"],
        "auth": _auth(event),
    }
    name = f"{settings().prefix}-connectors-{connector}"
    try:
        answer = functions.call(name, job, _SECONDS)
    except ClientError as error:
        if error_code(error) != "ResourceNotFoundException":
            raise
        detail = f"there is no function {name}: whoever runs the deployment installs it"
        raise _failure("Connector.NotInstalled", detail) from None
    if answer.error is not None:
        raise _failure(_name_of(answer.error), answer.cause[:500])
    failed = answer.value.get("error")
    if failed is not None:
        raise _failure(str(failed["name"]), str(failed["message"]))
    return answer.value["result"]


def _name_of(error: str) -> str:
    """Lambda's own words for a function that was ended."""
    if "imed" in error and "out" in error.lower():  # Sandbox.Timedout, Timeout
        return "Connector.Timeout"
    return "Connector.OutOfMemory" if error == "Runtime.OutOfMemory" else "Connector.Error"


def _failure(name: str, message: str) -> ConnectorFailedError:
    kind: type[ConnectorFailedError] = type(name, (ConnectorFailedError,), {})
    return kind(message)


def _auth(event: Mapping[str, Any]) -> dict[str, Any]:
    """What authorizes requests with the step's connection: headers, parameters, and where."""
    name = event.get("connection")
    if name is None:
        return {}
    connection = credentials.for_step(event["workspace_id"], name)
    if connection.kind in _PER_REQUEST:
        detail = f"A connection of the kind {connection.kind} signs each request by itself"
        raise ConnectionInvalidError(f"{detail}: a connector in Python cannot use it.")
    signed = authorizing.authorize(connection, Request("GET", ""))
    address, _, query = signed.url.partition("?")
    return {
        "base_url": address.rstrip("/"),
        "hosts": [host.lower() for host in connection.settings.get("hosts", [])],
        "headers": dict(signed.headers),
        "query": dict(parse_qsl(query)) if urlsplit(signed.url).query else {},
    }
