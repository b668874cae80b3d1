"""Runs an operation of a connector, in the process that the connector has for itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from statewright.integrations.errors import IntegrationError
from statewright.integrations.failures import HttpRequestError
from statewright.integrations.messages import Limits
from statewright.integrations.reach import reach_of
from statewright.integrations.redaction import redact
from statewright.sdk.connector import Connector, Declared, declared
from statewright.sdk.http import Auth, Http

ERROR = "Connector.Error"
_LONGEST = 2_000


def run(connector: type[Connector], job: Mapping[str, Any]) -> dict[str, Any]:
    """Runs what a job asks for.

    Args:
        job: operation, inputs, workspace_id, and auth (see :class:`~statewright.sdk.http.Auth`).

    Returns:
        ``{"result": …}``, or ``{"error": {"name", "message"}}``: the name is what a workflow can
        catch.
    """
    auth = Auth(**{**job.get("auth", {}), "hosts": tuple(job.get("auth", {}).get("hosts", ()))})
    if not auth.base_url:
        auth = Auth(connector.server.rstrip("/"), auth.hosts, auth.headers, auth.query)
    try:
        one = declared(connector).get(job["operation"])
        if one is None:
            return _failed(auth, ERROR, f"{connector.name} has no operation {job['operation']}")
        taken = _taken(one, job.get("inputs") or {})
    except ValidationError as error:
        return _failed(auth, "Http.InvalidRequest", _first(error))
    try:
        http = Http(auth, reach_of(job.get("workspace_id", "")), Limits(seconds=20.0))
        found = one.result.validate_python(getattr(connector(http), one.name)(taken))
        return {"result": one.result.dump_python(found, mode="json", by_alias=True)}
    except ValidationError as error:
        return _failed(auth, ERROR, f"what came back does not fit: {_first(error)}")
    except (HttpRequestError, IntegrationError) as error:
        return _failed(auth, type(error).__name__, str(error))
    except Exception as error:
        return _failed(auth, ERROR, f"{type(error).__name__}: {error}")


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"/{'/'.join(str(part) for part in first['loc'])}: {first['msg']}"


def _taken(one: Declared, inputs: Mapping[str, Any]) -> Any:
    if one.polls:
        return TypeAdapter(one.inputs).validate_python(inputs.get("cursor"))
    return one.inputs.model_validate(inputs)


def _failed(auth: Auth, name: str, message: str) -> dict[str, Any]:
    return {"error": {"name": name, "message": redact(message, auth.secrets)[:_LONGEST]}}
