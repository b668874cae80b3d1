"""An operation's parameters and body as one form: names, places, and a JSON Schema."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from statewright.integrations.connectors.model import Body, Encoding, Parameter, Schema
from statewright.integrations.openapi.dialects import (
    contents,
    is_swagger,
    kind_of,
    parameter_schema,
    style_of,
)
from statewright.integrations.openapi.library import Library, Spot
from statewright.integrations.openapi.schemas import Report, Schemas

_PLACES = {"path", "query", "header", "cookie"}
_OURS = {"accept", "content-type", "authorization"}
"""Header parameters that OpenAPI says to ignore: the request's own rules decide them."""
_CREDENTIALS = {"token", "access_token", "api_key", "apikey", "api-key", "x-api-key"}


@dataclass(slots=True)
class Form:
    """What is collected of an operation's inputs."""

    properties: dict[str, Schema] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    parameters: list[Parameter] = field(default_factory=list)
    bodies: list[Body] = field(default_factory=list)
    spread: bool = False
    open: bool = False

    def schema(self) -> Schema:
        """The JSON Schema of the inputs; references lead to ``$defs``, which are kept apart."""
        found: Schema = {"type": "object", "additionalProperties": self.open}
        found["properties"] = self.properties
        if self.required:
            found["required"] = self.required
        return found

    def add(self, name: str, schema: Schema, *, required: bool) -> None:
        """Adds an input."""
        self.properties[name] = schema
        if required and name not in self.required:
            self.required.append(name)


class Inputs:
    """Reads the inputs of one document's operations."""

    def __init__(self, root: Spot, library: Library, schemas: Schemas, report: Report):
        self._root, self._library, self._schemas, self._report = root, library, schemas, report

    def of(self, item: Spot, operation: Spot, path: str, *, secured: bool) -> Form:
        """The form of an operation.

        Args:
            secured: whether a connection signs it, so that no input has to hold a credential.
        """
        form = Form()
        found = self._parameters(item, operation)
        swagger_body = [s for s in found if s.text("in") in {"body", "formData"}]
        plain = [s for s in found if s.text("in") in _PLACES]
        for spot in plain:
            self._parameter(form, spot, {s.text("name") for s in plain if s is not spot}, secured)
        self._undeclared(form, operation, path)
        if is_swagger(self._root):
            self._swagger_body(form, operation, swagger_body)
        else:
            self._body(form, self._library.follow(operation.under("requestBody")))
        return form

    def _parameters(self, item: Spot, operation: Spot) -> list[Spot]:
        """The operation's parameters, over those of its path, by name and place."""
        found: dict[tuple[str, str], Spot] = {}
        for owner in (item, operation):
            for element in owner.under("parameters").elements():
                spot = self._library.follow(element)
                if not spot.text("name"):
                    self._report(element, "is a parameter without a name")
                    continue
                place = spot.text("in")
                if place == "header" and spot.text("name").lower() in _OURS:
                    continue
                found[spot.text("name"), place] = spot
        return list(found.values())

    def _parameter(self, form: Form, spot: Spot, others: set[str], secured: bool) -> None:
        name, place = spot.text("name"), spot.text("in")
        field_name = f"{name}_{place}" if name in form.properties else name
        content = next(contents(spot), None)
        schema = self._schemas.read(
            parameter_schema(self._root, spot) if content is None else content[1].under("schema")
        )
        described = spot.text("description")
        if described and "description" not in schema:
            schema = {**schema, "description": described[:600]}
        style, explode = style_of(self._root, spot)
        credential = secured and place != "path" and name.lower() in _CREDENTIALS
        if credential:
            schema = {**schema, "x-credential": True}
        required = (spot.get("required") is True or place == "path") and not credential
        form.add(field_name, schema, required=required)
        form.parameters.append(
            Parameter(
                field_name,
                name,
                place,  # type: ignore[arg-type]
                style,
                explode,
                spot.get("allowReserved") is True,
                "" if content is None else content[0],
            )
        )

    def _undeclared(self, form: Form, operation: Spot, path: str) -> None:
        declared = {p.name for p in form.parameters if p.place == "path"}
        for name in re.findall(r"{([^{}]+)}", path):
            if name not in declared:
                self._report(operation, f"the path's '{name}' is not among the parameters")
                form.add(name, {"type": "string"}, required=True)
                form.parameters.append(Parameter(name, name, "path", "simple", False))

    # -- bodies ------------------------------------------------------------------------------------

    def _body(self, form: Form, body: Spot) -> None:
        found = list(contents(body))
        if not found:
            return
        for media_type, spot in found:
            schema = self._schemas.read(spot.under("schema"))
            kind = kind_of(media_type)
            chosen = "application/json" if media_type == "*/*" else media_type
            encodings = {name: _encoding(s) for name, s in spot.under("encoding").items()}
            xml = schema if kind == "xml" else {}
            form.bodies.append(Body(chosen, kind, encodings, xml))
        first = found[0][1].under("schema")
        schema = self._schemas.read(first) if first.value is not None else {}
        self._place(form, schema, body.text("description"), required=body.get("required") is True)
        if len(form.bodies) > 1:
            choices = list(dict.fromkeys(b.media_type for b in form.bodies))
            if "content_type" not in form.properties and len(choices) > 1:
                form.add("content_type", {"enum": choices, "default": choices[0]}, required=False)

    def _swagger_body(self, form: Form, operation: Spot, found: list[Spot]) -> None:
        consumes = operation.get("consumes") or self._root.get("consumes") or []
        types = [c.partition(";")[0].strip() for c in consumes if isinstance(c, str)]
        whole = next((s for s in found if s.text("in") == "body"), None)
        if whole is not None:
            media_type = next(
                (t for t in types if kind_of(t) == "json"), (types or ["application/json"])[0]
            )
            schema = self._schemas.read(whole.under("schema"))
            xml = schema if kind_of(media_type) == "xml" else {}
            form.bodies.append(Body(media_type, kind_of(media_type), {}, xml))
            self._place(
                form, schema, whole.text("description"), required=whole.get("required") is True
            )
        elif found:
            files = any(s.text("type") == "file" for s in found)
            form.bodies.append(_swagger_form(self._root, found, types, files=files))
            properties = {
                s.text("name"): self._schemas.read(parameter_schema(self._root, s)) for s in found
            }
            required = [s.text("name") for s in found if s.get("required") is True]
            schema = {"type": "object", "properties": properties, "required": required}
            self._place(form, schema, "", required=bool(required))

    def _place(self, form: Form, schema: Schema, description: str, *, required: bool) -> None:
        """Puts the body's properties beside the parameters, or the whole below ``body``."""
        properties = self._spreadable(schema)
        kind = form.bodies[0].kind
        taken = properties.keys() & form.properties.keys() if properties else set()
        if properties and not taken and kind in {"json", "form", "multipart"}:
            wanted = set(self._schemas.resolved(schema).get("required", ()))
            for name, inner in properties.items():
                form.add(name, inner, required=required and name in wanted)
            more = self._schemas.resolved(schema).get("additionalProperties", False)
            form.spread, form.open = True, more is not False
            return
        inner = {"contentEncoding": "base64", **schema} if kind == "binary" else schema
        if description and "description" not in inner:
            inner = {**inner, "description": description[:600]}
        name = "body" if "body" not in form.properties else "request_body"
        form.add(name, inner, required=required)

    def _spreadable(self, schema: Schema) -> dict[str, Schema]:
        """The properties of an object that is nothing besides; none, if it is something else."""
        whole = self._schemas.resolved(schema)
        choices = whole.keys() & {"oneOf", "anyOf", "allOf", "not", "if"}
        kinds = whole.get("type", "object")
        if choices or kinds != "object":
            return {}
        found = whole.get("properties", {})
        return found if isinstance(found, dict) else {}


def _encoding(spot: Spot) -> Encoding:
    style = spot.text("style")
    explode = spot.get("explode")
    return Encoding(
        spot.text("contentType").partition(",")[0].strip(),
        style,
        explode if isinstance(explode, bool) else style in {"", "form"},
        spot.get("allowReserved") is True,
    )


def _swagger_form(root: Spot, found: list[Spot], types: list[str], *, files: bool) -> Body:
    media_type = next((t for t in types if kind_of(t) in {"form", "multipart"}), "")
    if files or (media_type and kind_of(media_type) == "multipart"):
        return Body("multipart/form-data", "multipart")
    encodings = {}
    for spot in found:
        style, explode = style_of(root, spot)
        encodings[spot.text("name")] = Encoding("", style, explode)
    return Body("application/x-www-form-urlencoded", "form", encodings)


def sample_of(schema: Any) -> Any:
    """The first example that a schema itself has, or None."""
    return (schema.get("examples") or [None])[0] if isinstance(schema, dict) else None
