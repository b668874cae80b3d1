"""SCIM's endpoints: which resource an address names, and what is answered."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from scim2_models import (
    Context,
    ListResponse,
    NotFoundException,
    Resource,
    ResourceType,
    ResponseParameters,
    Schema,
)

from statewright.auth.scim import groups, users
from statewright.auth.scim.protocol import POLICY, PROVIDER, ReadOnlyError, location
from statewright.db import tenant
from statewright.http.caller import Caller

_KINDS: dict[str, ModuleType] = {module.ENDPOINT: module for module in (users, groups)}
_DESCRIPTIONS = {"ServiceProviderConfig", "ResourceTypes", "Schemas"}
_SHOWN = Context.RESOURCE_QUERY_RESPONSE


def show_list(caller: Caller, endpoint: str, query: dict[str, str]) -> dict[str, Any]:
    """What an endpoint has: a page of resources, or what the service says of itself."""
    match endpoint:
        case "ServiceProviderConfig":
            assert PROVIDER.config is not None
            return _described(PROVIDER.config, endpoint)
        case "ResourceTypes":
            return _listed([_described(kind, endpoint) for kind in PROVIDER.resource_types])
        case "Schemas":
            return _listed([_described(schema, endpoint) for schema in PROVIDER.schemas])
    with tenant(caller.workspace_id) as session:
        page: dict[str, Any] = _kind(endpoint).LISTING.page(session, query)
    return page


def show(caller: Caller, endpoint: str, name: str, query: dict[str, str]) -> dict[str, Any]:
    """One resource, with the attributes that are asked for."""
    if endpoint in {"ResourceTypes", "Schemas"}:
        found = show_list(caller, endpoint, {})["Resources"]
        for document in found:
            if name in {document.get("id"), document.get("name")}:
                return dict(document)
        raise NotFoundException(detail=f"There is no such {endpoint[:-1]}.")
    kind = _kind(endpoint)
    shown: ResponseParameters[Any] = ResponseParameters.model_validate(query, scim_policy=POLICY)
    with tenant(caller.workspace_id) as session:
        resource: Resource[Any] = kind.find(session, name)
    return resource.model_dump(scim_ctx=_SHOWN, response_parameters=shown)


def create(caller: Caller, endpoint: str, body: str) -> dict[str, Any]:
    """A new resource."""
    return show(caller, endpoint, _kind(endpoint).create(caller, body), {})


def replace(caller: Caller, endpoint: str, name: str, body: str) -> dict[str, Any]:
    """A resource, replaced."""
    _kind(endpoint).replace(caller, name, body)
    return show(caller, endpoint, name, {})


def patch(caller: Caller, endpoint: str, name: str, body: str) -> dict[str, Any]:
    """A resource, changed."""
    _kind(endpoint).patch(caller, name, body)
    return show(caller, endpoint, name, {})


def delete(caller: Caller, endpoint: str, name: str) -> None:
    """A resource no more."""
    _kind(endpoint).delete(caller, name)


def _kind(endpoint: str) -> ModuleType:
    if endpoint in _DESCRIPTIONS:
        raise ReadOnlyError(detail=f"/{endpoint} can only be read.")
    if endpoint not in _KINDS:
        raise NotFoundException(detail=f"There is no endpoint /{endpoint}.")
    return _KINDS[endpoint]


def _described(resource: Resource[Any], endpoint: str) -> dict[str, Any]:
    document: dict[str, Any] = resource.model_dump(scim_ctx=_SHOWN)
    name = "" if endpoint == "ServiceProviderConfig" else str(_name(resource))
    kind = endpoint.removesuffix("s") if name else endpoint
    return {**document, "meta": {"resourceType": kind, "location": location(endpoint, name)}}


def _name(resource: Resource[Any]) -> str | None:
    match resource:
        case ResourceType():
            return resource.name
        case Schema():
            return resource.id
        case _:
            return None


def _listed(documents: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "schemas": [str(ListResponse.__schema__)],
        "totalResults": len(documents),
        "startIndex": 1,
        "itemsPerPage": len(documents),
        "Resources": documents,
    }
