"""What a server is told of a connector: its operations with their schemas, and none of its code."""

from __future__ import annotations

from typing import Annotated, Any

import jsonschema_rs
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator
from pydantic.json_schema import models_json_schema

from statewright.integrations.connectors.model import CALL, Operation, Schema
from statewright.integrations.openapi.importing import Imported
from statewright.sdk.connector import Connector, Declared, MisdeclaredError, declared


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ManifestOperation(_Strict):
    """An operation: its form, and what it gives. A poll takes ``cursor`` and gives ``items``."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str, Field(max_length=5_000)] = ""
    inputs: Schema
    result: Schema
    polls: bool = False

    @field_validator("inputs", "result")
    @classmethod
    def _schema(cls, value: Schema) -> Schema:
        return _checked(value)

    @field_validator("inputs")
    @classmethod
    def _form(cls, value: Schema) -> Schema:
        if value.get("type") != "object" or not isinstance(value.get("properties", {}), dict):
            raise ValueError("has to be the schema of an object")
        return {"properties": {}, **value}


def _checked(value: Schema) -> Schema:
    if not jsonschema_rs.meta.is_valid(value):
        raise ValueError("is no JSON Schema")
    return value


class Manifest(_Strict):
    """A connector in Python, as a server knows it."""

    connector: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str, Field(max_length=5_000)] = ""
    version: Annotated[str, Field(max_length=50)] = "1"
    server: Annotated[str, Field(pattern=r"^(https?://\S+)?$", max_length=2_000)] = ""
    auth: dict[str, dict[str, Any]] = {}
    operations: Annotated[
        dict[
            Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9_]{0,79}$")],
            ManifestOperation,
        ],
        Field(min_length=1, max_length=500),
    ]
    definitions: dict[str, Schema] = {}

    @field_validator("definitions")
    @classmethod
    def _schemas(cls, value: dict[str, Schema]) -> dict[str, Schema]:
        return {name: _checked(schema) for name, schema in value.items()}

    def imported(self) -> Imported:
        """The same as every connector is stored."""
        operations = [
            Operation(
                name,
                one.title,
                CALL,
                f"/{name}",
                one.inputs,
                one.result,
                one.description,
                ("polls",) if one.polls else (),
            )
            for name, one in self.operations.items()
        ]
        servers = [{"url": self.server, "description": "", "variables": {}}] if self.server else []
        return Imported(
            self.title,
            self.version,
            "python",
            self.description,
            servers,
            {name: dict(auth) for name, auth in self.auth.items()},
            operations,
            self.definitions,
            total=len(operations),
        )


def manifest_of(connector: type[Connector]) -> Manifest:
    """The manifest of a class.

    Raises:
        MisdeclaredError: it is no connector.
        ValidationError: its name or its words are not as they have to be.
    """
    found = declared(connector)
    forms = [(one.inputs, "validation") for one in found.values() if not one.polls]
    names, whole = models_json_schema(forms)  # type: ignore[arg-type]
    definitions: dict[str, Schema] = dict(whole.get("$defs", {}))
    operations = {}
    for name, one in found.items():
        result = _result(one, definitions)
        inputs = _cursor(one) if one.polls else _top(names[one.inputs, "validation"], definitions)
        operations[name] = ManifestOperation(
            title=one.title,
            description=one.description,
            inputs=inputs,
            result=result,
            polls=one.polls,
        )
    return Manifest(
        connector=connector.name,
        title=connector.title or connector.name,
        description=(connector.__doc__ or "").strip(),
        version=connector.version,
        server=connector.server.rstrip("/"),
        auth={name: dict(auth) for name, auth in connector.auth.items()},
        operations=operations,
        definitions=definitions,
    )


def _top(schema: Schema, definitions: dict[str, Schema]) -> Schema:
    """A form itself, where pydantic only refers to it."""
    reference = schema.get("$ref")
    return definitions[reference.removeprefix("#/$defs/")] if reference else schema


def _cursor(one: Declared) -> Schema:
    schema = TypeAdapter(one.inputs).json_schema()
    return {"type": "object", "properties": {"cursor": schema}, "additionalProperties": False}


def _result(one: Declared, definitions: dict[str, Schema]) -> Schema:
    schema = one.result.json_schema(mode="serialization")
    for name, inner in schema.pop("$defs", {}).items():
        if definitions.setdefault(name, inner) != inner:
            detail = f"two models called {name} differ: one is taken and one given, or they are two"
            raise MisdeclaredError(f"{one.name}: {detail}. Give one of them another name")
    return schema
