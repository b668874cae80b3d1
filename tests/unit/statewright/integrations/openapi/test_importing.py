"""Documents to operations: each rule by a small document, and what is wrong with it."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

from statewright.integrations.connectors.model import Operation, Parameter, operation_of
from statewright.integrations.openapi.documents import DocumentError, from_files
from statewright.integrations.openapi.importing import Imported, import_document
from statewright.integrations.openapi.schemas import closure


def read(document: dict[str, Any], **others: Any) -> Imported:
    files = {"openapi.json": json.dumps(document).encode()}
    files |= {name.replace("__", "/"): text.encode() for name, text in others.items()}
    return import_document(from_files(files), "file:///openapi.json")


def v3(paths: dict[str, Any], version: str = "3.1.0", **more: Any) -> Imported:
    return read(
        {"openapi": version, "info": {"title": "T", "version": "1"}, "paths": paths, **more}
    )


def v2(paths: dict[str, Any], **more: Any) -> Imported:
    return read({"swagger": "2.0", "info": {"title": "T", "version": "1"}, "paths": paths, **more})


def only(found: Imported) -> Operation:
    assert found.problems == []
    (operation,) = found.operations
    assert operation_of(json.loads(json.dumps(operation.to_json()))) == operation
    schema = {**operation.inputs, "$defs": closure(operation.inputs, found.definitions)}
    jsonschema_rs.validator_for(schema)
    return operation


OK = {"200": {"description": "ok"}}


def body(schema: Any, media_type: str = "application/json", **more: Any) -> dict[str, Any]:
    return {"content": {media_type: {"schema": schema, **more}}}


# -- parameters ------------------------------------------------------------------------------------


def test_parameters_of_paths_are_overridden_by_those_of_operations() -> None:
    found = v3({"/a/{id}": {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}, {"name": "q", "in": "query", "schema": {"type": "string"}}],
        "get": {"parameters": [{"name": "q", "in": "query", "required": True, "schema": {"type": "integer"}}], "responses": OK},
    }})  # fmt: skip
    operation = only(found)
    assert operation.inputs["properties"] == {"id": {"type": "string"}, "q": {"type": "integer"}}
    assert operation.inputs["required"] == ["id", "q"]


def test_every_detail_of_a_parameter_is_kept() -> None:
    found = v3({"/a": {"get": {"responses": OK, "parameters": [
        {"name": "f", "in": "query", "style": "deepObject", "schema": {"type": "object"}},
        {"name": "p", "in": "query", "style": "pipeDelimited", "allowReserved": True, "schema": {"type": "array"}},
        {"name": "j", "in": "query", "content": {"application/json": {"schema": {"type": "object"}}}},
        {"name": "id", "in": "query", "schema": {}},
        {"name": "id", "in": "header", "schema": {}},
        {"name": "Authorization", "in": "header", "schema": {}},
    ]}}})  # fmt: skip
    assert only(found).parameters == (
        Parameter("f", "f", "query", "deepObject", False),
        Parameter("p", "p", "query", "pipeDelimited", False, True),
        Parameter("j", "j", "query", "form", True, False, "application/json"),
        Parameter("id", "id", "query", "form", True),
        Parameter("id_header", "id", "header", "simple", False),
    )


def test_swaggers_collections_are_styles() -> None:
    formats = {"csv": ("form", False), "ssv": ("spaceDelimited", False), "tsv": ("tabDelimited", False), "pipes": ("pipeDelimited", False), "multi": ("form", True)}  # fmt: skip
    parameters = [{"name": name, "in": "query", "type": "array", "items": {"type": "string"}, "collectionFormat": name} for name in formats]  # fmt: skip
    operation = only(v2({"/a": {"get": {"parameters": parameters, "responses": OK}}}))
    assert {p.name: (p.style, p.explode) for p in operation.parameters} == formats
    assert operation.inputs["properties"]["csv"] == {"type": "array", "items": {"type": "string"}}


def test_a_paths_part_that_nobody_declared_is_an_input_and_a_problem() -> None:
    found = v3({"/a/{id}": {"get": {"responses": OK}}})
    assert found.operations[0].inputs["required"] == ["id"]
    assert [(p.place, p.fatal) for p in found.problems] == [("#/paths/~1a~1{id}/get", False)]


def test_a_credential_is_the_connections_where_there_is_one() -> None:
    parameter = {"name": "token", "in": "query", "required": True, "schema": {"type": "string"}}
    secured = {"security": [{"k": []}], "components": {"securitySchemes": {"k": {"type": "http", "scheme": "bearer"}}}}  # fmt: skip
    paths = {"/a": {"get": {"parameters": [parameter], "responses": OK}}}
    assert only(v3(paths)).inputs["required"] == ["token"]
    assert "required" not in only(v3(paths, **secured)).inputs


# -- bodies ----------------------------------------------------------------------------------------


def test_an_objects_properties_are_inputs_of_their_own() -> None:
    schema = {"type": "object", "required": ["a", "id"], "properties": {"a": {"type": "string"}, "id": {"type": "integer", "readOnly": True}}}  # fmt: skip
    found = v3(
        {"/a": {"post": {"requestBody": {"required": True, **body(schema)}, "responses": OK}}}
    )
    operation = only(found)
    assert operation.spread
    assert operation.inputs["required"] == ["a"]
    assert operation.inputs["additionalProperties"] is False


@pytest.mark.parametrize(
    "schema", [{"type": "array"}, {"oneOf": [{"type": "string"}]}, {"type": "object"}, {"type": "object", "properties": {"q": {}}}]
)  # fmt: skip
def test_other_bodies_are_one_input(schema: Any) -> None:
    """The last one's property has a parameter's name."""
    parameters = [{"name": "q", "in": "query", "schema": {}}]
    operation = only(v3({"/a": {"post": {"parameters": parameters, "requestBody": body(schema), "responses": OK}}}))  # fmt: skip
    assert not operation.spread
    assert "body" in operation.inputs["properties"]


def test_of_several_media_types_one_can_be_chosen() -> None:
    content = {kind: {"schema": {"type": "object", "properties": {"a": {}}}} for kind in ("text/xml", "multipart/form-data", "application/json")}  # fmt: skip
    operation = only(v3({"/a": {"post": {"requestBody": {"content": content}, "responses": OK}}}))
    assert [b.kind for b in operation.bodies] == ["json", "multipart", "xml"]
    assert operation.inputs["properties"]["content_type"]["default"] == "application/json"


def test_swaggers_forms_and_files() -> None:
    fields = [{"name": "a", "in": "formData", "type": "string", "required": True}]
    operation = only(v2({"/a": {"post": {"parameters": fields, "responses": OK}}}))
    assert (operation.bodies[0].kind, operation.inputs["required"]) == ("form", ["a"])
    fields.append({"name": "f", "in": "formData", "type": "file", "required": False})
    operation = only(v2({"/a": {"post": {"parameters": fields, "responses": OK}}}))
    assert operation.bodies[0].kind == "multipart"
    assert operation.inputs["properties"]["f"]["contentEncoding"] == "base64"


# -- schemas and references ------------------------------------------------------------------------


def test_recursive_schemas_and_other_files() -> None:
    node = "type: object\nproperties:\n  next: {$ref: '#'}\n  leaf: {$ref: '../leaf.yaml#/Leaf'}\n"
    found = read(
        {"openapi": "3.0.3", "info": {}, "paths": {"/a": {"$ref": "paths/a.yaml"}}},
        paths__a_yaml="",
        **{
            "paths/a.yaml": "get:\n  responses:\n    '200': {content: {application/json: {schema: {$ref: '../schemas/node.yaml'}}}}\n",
            "schemas/node.yaml": node,
            "leaf.yaml": "Leaf: {type: string, nullable: true}\n",
        },
    )  # fmt: skip
    operation = only(found)
    assert operation.result == {"$ref": "#/$defs/node"}
    assert found.definitions == {
        "node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}, "leaf": {"$ref": "#/$defs/Leaf"}}},
        "Leaf": {"type": ["string", "null"]},
    }  # fmt: skip


def test_references_may_lead_anywhere() -> None:
    found = v3(
        {"/a": {"get": {"responses": {"200": {"$ref": "#/components/responses/R"}}}},
         "/b": {"get": {"responses": {"200": body({"$ref": "#/paths/~1a/get/responses/200"})}}}},
        components={"responses": {"R": body({"$ref": "#named"})}, "schemas": {"X": {"$anchor": "named", "type": "string"}}},
    )  # fmt: skip
    assert found.operations[0].result == {"$ref": "#/$defs/X"}


@pytest.mark.parametrize(
    ("given", "schema"),
    [
        ({"type": "string", "nullable": True, "enum": ["a"]}, {"type": ["string", "null"], "enum": ["a", None]}),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, {"type": "integer", "exclusiveMinimum": 1}),
        ({"allOf": [{"type": "string"}], "nullable": True}, {"anyOf": [{"allOf": [{"type": "string"}]}, {"type": "null"}]}),
        ({"type": "string", "pattern": "(?<!"}, {"type": "string"}),
        ({"type": "banana", "required": True, "minLength": -1, "enum": []}, {}),
        ({"type": ["string", "null"], "const": "x"}, {"type": ["string", "null"], "const": "x"}),
        (True, {}),
        (False, {"not": {}}),
        ({"items": [{"type": "string"}]}, {"prefixItems": [{"type": "string"}]}),
        ({"type": "string", "example": "e"}, {"type": "string", "examples": ["e"]}),
    ],
)  # fmt: skip
def test_dialects_become_json_schema(given: Any, schema: Any) -> None:
    found = v3({"/a": {"get": {"responses": {"200": body(given)}}}})
    assert only(found).result == schema


# -- results, names, servers, security -------------------------------------------------------------


def test_the_result_is_what_success_answers() -> None:
    responses = {"200": body({"type": "string"}), "204": {}, "default": body({"type": "object"})}
    assert only(v3({"/a": {"get": {"responses": responses}}})).result == {"anyOf": [{"type": "string"}, {"type": "null"}]}  # fmt: skip
    assert only(v3({"/a": {"get": {"responses": {"default": body({"type": "object"})}}}})).result == {"type": "object"}  # fmt: skip
    assert only(v3({"/a": {"get": {"responses": {"2XX": body({}, "text/csv")}}}})).result == {"type": "string"}  # fmt: skip
    binary = only(v3({"/a": {"get": {"responses": {"200": body({}, "image/png")}}}}))
    assert set(binary.result["properties"]) == {"base64", "content_type"}


def test_names_are_usable_and_each_is_there_once() -> None:
    found = v3({
        "/a": {"get": {"operationId": "repos/list-for.org", "responses": OK}, "put": {"operationId": "repos_list_for_org", "responses": OK}},
        "/b/{x}": {"delete": {"parameters": [{"name": "x", "in": "path"}], "responses": OK}},
        "/c": {"post": {"operationId": "2fa", "responses": OK}},
    })  # fmt: skip
    assert [o.name for o in found.operations] == ["repos_list_for_org", "repos_list_for_org_2", "delete_b_x", "post_2fa"]  # fmt: skip


def test_servers_with_variables_and_of_operations() -> None:
    found = v3(
        {"/a": {"get": {"servers": [{"url": "https://up.example.com"}], "responses": OK}}},
        servers=[{"url": "https://{host}.example.com/{v}", "variables": {"host": {"default": "eu", "enum": ["eu", "us"]}, "v": {"default": "v1"}}}],
    )  # fmt: skip
    assert only(found).server == "https://up.example.com"
    assert found.servers[0]["variables"]["host"]["enum"] == ["eu", "us"]
    old = v2({"/a": {"get": {"responses": OK}}}, host="x.example.com", basePath="/v2", schemes=["http", "https"])  # fmt: skip
    assert old.servers[0]["url"] == "https://x.example.com/v2"


@pytest.mark.parametrize(
    ("scheme", "kind"),
    [
        ({"type": "apiKey", "in": "query", "name": "k"}, "api_key"),
        ({"type": "apiKey", "in": "header", "name": "k"}, "api_key"),
        ({"type": "apiKey", "in": "cookie", "name": "k"}, "custom"),
        ({"type": "http", "scheme": "Basic"}, "basic"),
        ({"type": "http", "scheme": "bearer"}, "bearer"),
        ({"type": "http", "scheme": "digest"}, "digest"),
        ({"type": "http", "scheme": "oauth"}, "oauth1"),
        ({"type": "http", "scheme": "dpop"}, "custom"),
        ({"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://x/t"}}}, "oauth2"),
        ({"type": "openIdConnect", "openIdConnectUrl": "https://x"}, "oauth2"),
        ({"type": "mutualTLS"}, "client_certificate"),
        ({"type": "new"}, "unknown"),
    ],
)
def test_every_security_scheme_says_which_connection_it_wants(scheme: Any, kind: str) -> None:
    found = v3({"/a": {"get": {"responses": OK, "security": [{"s": ["x"]}, {}]}}}, components={"securitySchemes": {"s": scheme}})  # fmt: skip
    assert found.security["s"]["kind"] == kind
    assert only(found).security == (("s",), ())


def test_swaggers_security_schemes() -> None:
    schemes = {"b": {"type": "basic"}, "o": {"type": "oauth2", "flow": "accessCode", "authorizationUrl": "https://x/a", "tokenUrl": "https://x/t", "scopes": {"r": "Read"}}}  # fmt: skip
    found = v2({"/a": {"get": {"responses": OK}}}, securityDefinitions=schemes)
    assert found.security["b"]["kind"] == "basic"
    assert found.security["o"] == {"description": "", "kind": "oauth2", "grant": "authorization_code", "authorize_url": "https://x/a", "token_url": "https://x/t", "scopes": {"r": "Read"}}  # fmt: skip


# -- pages -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "result", "headers", "kind"),
    [
        (["page"], {"type": "array", "items": {}}, {"Link": {}}, "link"),
        (["page", "per_page"], {"type": "array", "items": {}}, {}, "page"),
        (["cursor"], {"type": "object", "properties": {"data": {"type": "array"}, "next_cursor": {"type": "string"}}}, {}, "cursor"),
        (["starting_after"], {"type": "object", "properties": {"data": {"type": "array"}, "has_more": {"type": "boolean"}}}, {}, "last_id"),
        ([], {"type": "object", "properties": {"items": {"type": "array"}, "links": {"type": "object", "properties": {"next": {"type": "string"}}}}}, {}, "next"),
        (["offset", "limit"], {"type": "object", "properties": {"rows": {"type": "array"}}}, {}, "offset"),
        (["page"], {"type": "object", "properties": {"name": {"type": "string"}}}, {}, None),
        ([], {"type": "array", "items": {}}, {}, None),
    ],
)  # fmt: skip
def test_paging_is_told_from_parameters_and_answers(fields: list[str], result: Any, headers: Any, kind: str | None) -> None:  # fmt: skip
    parameters = [{"name": name, "in": "query", "schema": {"type": "integer"}} for name in fields]
    answers = {"200": {**body(result), "headers": headers}}
    paging = only(v3({"/a": {"get": {"parameters": parameters, "responses": answers}}})).paging
    assert (paging and paging.kind) == kind


# -- what is wrong ---------------------------------------------------------------------------------


def test_one_broken_operation_does_not_take_the_others_along() -> None:
    found = v3({
        "/a": {"get": {"$ref": "#/nowhere"}, "post": {"responses": OK}},
        "/b": {"$ref": "other.yaml"},
        "/c": {"get": {"parameters": [{"$ref": "#/components/parameters/P"}], "responses": OK}},
        "/d": {"get": {"responses": {"200": body({"$ref": "#/components/schemas/Gone"})}}},
        "/e": {"get": "text"},
        "no-slash": {"get": {"responses": OK}},
        "x-own": {"get": {"responses": OK}},
    })  # fmt: skip
    assert [o.path for o in found.operations] == ["/a", "/d"]
    assert found.total == 6
    assert sum(p.fatal for p in found.problems) == 4
    assert found.operations[1].result == {}


def test_circles_of_references_end() -> None:
    found = v3(
        {"/a": {"get": {"responses": {"200": body({"$ref": "#/components/schemas/A"})}}}},
        components={"schemas": {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}},
    )  # fmt: skip
    assert len(found.operations) == 1
    assert any("circle" in p.detail for p in found.problems)


@pytest.mark.parametrize(
    "document", [{}, [], "text", {"openapi": "4.0.0"}, {"swagger": "1.2"}, {"openapi": None}]
)
def test_what_is_no_description_is_refused(document: Any) -> None:
    with pytest.raises(DocumentError, match="neither OpenAPI 3 nor Swagger"):
        read(document)


@pytest.mark.parametrize("junk", [None, [], "x", 1, {"get": None}, {"get": []}, {"get": {"parameters": "x", "responses": 5, "requestBody": []}}, {"get": {"parameters": [1, None, {}], "responses": {"200": None}, "tags": "a", "security": {}}}])  # fmt: skip
def test_junk_in_any_place_is_survived(junk: Any) -> None:
    found = v3({"/a": junk, "/b": {"get": {"responses": OK}}}, servers="x", components=[])
    assert found.operations[-1].path == "/b"
