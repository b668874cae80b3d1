"""``aws.<service>.<operation>``: every AWS API call, from botocore's models.

Step Functions calls them itself (https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html):
services are named as in the AWS SDK for Java 2 (``sfn``, ``cloudwatchlogs``), operations in
camelCase, parameters and results in PascalCase whatever the service's own API has.
"""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from statewright.workflows.actions.action import Action, Schema

MOST_DEPTH = 8
_SERVICE_ID = re.compile(rb'"serviceId":"([^"]+)"')
_PLAIN: dict[str, Schema] = {
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "long": {"type": "integer"},
    "float": {"type": "number"},
    "double": {"type": "number"},
    "timestamp": {"type": "string", "format": "date-time"},
    "blob": {"type": "string"},
}


def action(name: str) -> Action | None:
    """The action of a name such as ``aws.sqs.sendMessage``; None, if AWS has none."""
    _, _, rest = name.partition(".")
    service, _, operation = rest.partition(".")
    found = _operations(service).get(operation)
    if found is None:
        return None
    model = _model(service).operation_model(found)
    inputs = _Shapes(closed=True).of(model.input_shape)
    result = _Shapes(closed=False).of(model.output_shape)
    title = f"{_model(service).metadata.get('serviceAbbreviation') or service}: {found}"
    return Action(name, title, "aws", inputs, result, f"{service}:{operation}")


def similar(name: str) -> list[str]:
    """The names that a wrong one may have meant: of its service, or of services like it."""
    _, _, rest = name.partition(".")
    service, _, operation = rest.partition(".")
    known = service if service in services() else _renamed(service)
    if known:
        return names(known)
    return [f"aws.{other}.{operation}" for other in services()]


def names(service: str) -> list[str]:
    """The actions of a service."""
    return [f"aws.{service}.{operation}" for operation in _operations(service)]


def _renamed(service: str) -> str:
    """The service that botocore and the AWS CLI call so: ``logs`` is ``cloudwatchlogs``."""
    return next((sdk for sdk, own in services().items() if own == service), "")


@lru_cache(maxsize=1)
def services() -> dict[str, str]:
    """Every service's name in workflows, with botocore's own name for it."""
    import botocore

    found = {}
    for folder in sorted((Path(botocore.__file__).parent / "data").iterdir()):
        service_id = _service_id(folder)
        if service_id:
            found[re.sub(r"[^a-z0-9]", "", service_id.lower())] = folder.name
    return found


def _service_id(folder: Path) -> str:
    """A service's id, from the beginning of its newest model: whole models take seconds to read."""
    files = sorted(folder.glob("*/service-2.json*"))
    if not files:
        return ""
    opener = gzip.open if files[-1].suffix == ".gz" else open
    with opener(files[-1], "rb") as file:
        match = _SERVICE_ID.search(file.read(4_000).replace(b'": "', b'":"'))
    return match[1].decode() if match else ""


@lru_cache(maxsize=32)
def _model(service: str) -> Any:
    from botocore.loaders import create_loader
    from botocore.model import ServiceModel

    own = services()[service]
    return ServiceModel(create_loader().load_service_model(own, "service-2"), own)


@lru_cache(maxsize=64)
def _operations(service: str) -> dict[str, str]:
    """A service's operations: the name in workflows, and the API's own."""
    if service not in services():
        return {}
    names = _model(service).operation_names
    return {f"{name[:1].lower()}{name[1:]}": name for name in names}


class _Shapes:
    """Shapes to JSON Schema. What is recursive is left open."""

    def __init__(self, *, closed: bool):
        self._closed = closed
        self._above: list[str] = []

    def of(self, shape: Any) -> Schema:
        if shape is None:
            return {"type": "object", "additionalProperties": not self._closed, "properties": {}}
        if shape.name in self._above or len(self._above) > MOST_DEPTH:
            return {}
        self._above.append(shape.name)
        try:
            return self._of(shape)
        finally:
            self._above.pop()

    def _of(self, shape: Any) -> Schema:
        match shape.type_name:
            case "structure":
                return self._structure(shape)
            case "list":
                return {"type": "array", "items": self.of(shape.member)}
            case "map":
                return {"type": "object", "additionalProperties": self.of(shape.value)}
            case "string" if getattr(shape, "enum", None):
                return {"type": "string", "examples": list(shape.enum)[:3]}
        return dict(_PLAIN.get(shape.type_name, {}))

    def _structure(self, shape: Any) -> Schema:
        if getattr(shape, "is_document_type", False):
            return {}
        found: Schema = {"type": "object"}
        if self._closed:
            found["additionalProperties"] = False
        found["properties"] = {_pascal(name): self.of(m) for name, m in shape.members.items()}
        if shape.required_members and self._closed:
            found["required"] = [_pascal(name) for name in shape.required_members]
        return found


def _pascal(name: str) -> str:
    return f"{name[:1].upper()}{name[1:]}"


def signing_name(service: str) -> str:
    """What IAM calls a service, before the colon of an action."""
    metadata = _model(service).metadata
    name = str(metadata.get("signingName") or metadata.get("endpointPrefix"))
    return {"monitoring": "cloudwatch", "email": "ses"}.get(name, name)


def is_service(service: str) -> bool:
    """Whether AWS has a service of this name."""
    return service in services()
