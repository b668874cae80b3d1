"""Connectors over HTTP: imported, searched, used by a workflow that runs, compared, deleted."""

from __future__ import annotations

import base64
import copy
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.server import Client, Server
from tests.support.web import Asked, Reply, Web, web

PET = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "mother": {"$ref": "#/components/schemas/Pet"}}}  # fmt: skip


def document(url: str) -> dict[str, Any]:
    """A small description, whose server is the stand-in."""
    one = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}
    many = {"content": {"application/json": {"schema": {"type": "object", "properties": {"data": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}, "next_cursor": {"type": "string"}}}}}}  # fmt: skip
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "servers": [{"url": url}],
        "components": {"schemas": {"Pet": PET}, "securitySchemes": {"k": {"type": "http", "scheme": "bearer"}}},
        "security": [{"k": []}],
        "paths": {
            "/pets": {
                "get": {"operationId": "listPets", "summary": "List all the animals", "parameters": [{"name": "cursor", "in": "query", "schema": {"type": "string"}}], "responses": {"200": many}},
                "post": {"operationId": "createPet", "requestBody": one, "responses": {"201": one}},
            },
            "/pets/{id}": {"get": {"operationId": "getPet", "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}], "responses": {"200": one}}},
        },
    }  # fmt: skip


def served(asked: Asked) -> Reply:
    headers = {"Content-Type": "application/json"}
    if asked.headers.get("authorization") != "Bearer the-pets-secret":
        return Reply(401, headers, b'{"error": "who?"}')
    if asked.path == "/pets" and asked.method == "GET":
        page = {"": ([1, 2], "c"), "c": ([3], "")}[asked.query.get("cursor", [""])[0]]
        body: Any = {"data": [{"id": n} for n in page[0]], "next_cursor": page[1]}
    elif asked.path == "/pets":
        body = json.loads(asked.body)
    else:
        body = {"id": int(asked.path.rpartition("/")[2]), "name": "Rex"}
    return Reply(200, headers, json.dumps(body).encode())


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "owner@connectors.example").register()


@pytest.fixture(scope="module")
def pets(owner: Client) -> Iterator[Web]:
    with web(served) as stand_in:
        told = owner.ok("POST", "/v1/connectors", {"name": "pets", "document": json.dumps(document(stand_in.url))})  # fmt: skip
        assert (told["operations"], told["total"], told["applied"]) == (3, 3, True)
        auth = {"kind": "bearer", "base_url": stand_in.url, "token": "the-pets-secret"}
        owner.ok("POST", "/v1/connections", {"name": "zoo", "title": "Zoo", "auth": auth})
        yield stand_in


def workflow(name: str, *steps: dict[str, Any], output: Any = None) -> dict[str, Any]:
    return {"name": name, "triggers": [{"id": "hook", "type": "webhook"}], "steps": list(steps), "output": output}  # fmt: skip


def test_operations_are_found_and_shown(owner: Client, pets: Web) -> None:
    listed = {one["name"]: one for one in owner.ok("GET", "/v1/connectors")}
    assert listed["pets"]["operations"] == 3
    assert listed["slack"]["kind"] == "ready"
    assert owner.ok("GET", "/v1/connectors/pets")["security"]["k"]["kind"] == "bearer"
    for words, names in (("animals", ["pets.listPets"]), ("create pet", ["pets.createPet"]), ("%", [])):  # fmt: skip
        found = owner.ok("GET", f"/v1/operations?connector=pets&q={words}")["items"]
        assert [one["action"] for one in found] == names
    assert "slack.chat_postMessage" in {o["action"] for o in owner.ok("GET", "/v1/operations?q=send message")["items"]}  # fmt: skip
    first = owner.ok("GET", "/v1/operations?connector=pets&limit=2")
    second = owner.ok("GET", f"/v1/operations?connector=pets&limit=2&cursor={first['next']}")
    assert len(first["items"]) + len(second["items"]) == 3
    shown = owner.ok("GET", "/v1/connectors/pets/operations/getPet")
    assert shown["inputs"]["required"] == ["id"]
    assert shown["result"]["$defs"]["Pet"]["properties"]["mother"] == {"$ref": "#/$defs/Pet"}


def test_a_workflow_uses_operations_with_a_connection(owner: Client, pets: Web) -> None:
    made = {"id": "made", "use": "pets.createPet", "connection": "zoo", "with": {"id": 7, "name": "{% $trigger.body.name %}"}}  # fmt: skip
    got = {"id": "got", "use": "pets.getPet", "connection": "zoo", "with": {"id": "{% $made.id %}"}}
    every = {"id": "every", "use": "pets.listPets.all", "connection": "zoo", "with": {}}
    output = {"name": "{% $made.name %}", "got": "{% $got.name %}", "all": "{% $every.items.id %}"}
    published = owner.publish(workflow("Uses pets", made, got, every, output=output))
    started = owner.call_webhook(published, {"name": "Bello"}).json()
    execution = owner.ended(started["execution_id"])
    assert execution["output"] == {"name": "Bello", "got": "Rex", "all": [1, 2, 3]}, execution
    history = owner.request("GET", f"/v1/executions/{started['execution_id']}/history?limit=1000")
    assert "the-pets-secret" not in history.text
    creating = next(asked for asked in pets.asked if asked.method == "POST")
    assert creating.headers["idempotency-key"].endswith("/made")


def test_an_aws_call_is_made_by_step_functions_itself(owner: Client) -> None:
    listing = {"id": "found", "use": "aws.sfn.listStateMachines", "with": {"MaxResults": 1}}
    published = owner.publish(workflow("AWS", listing, output="{% $count($found.StateMachines) %}"))
    started = owner.call_webhook(published, {}).json()
    execution = owner.ended(started["execution_id"])
    assert execution["output"] == 1, execution


def test_a_refused_call_fails_under_its_name(owner: Client, pets: Web) -> None:
    step = {"id": "got", "use": "pets.getPet", "with": {"id": 1}}
    published = owner.publish(workflow("No credential", step))
    started = owner.call_webhook(published, {}).json()
    assert owner.ended(started["execution_id"])["error"] == "Http.ClientError"


@pytest.mark.parametrize(
    ("use", "inputs", "output", "told"),
    [
        ("pets.getPets", {"id": 1}, None, "did you mean `pets.getPet`?"),
        ("pets.getPet", {"id": "one"}, None, "is not of type"),
        ("pets.getPet", {}, None, "is required"),
        ("pets.getPet", {"id": 1, "nme": 1}, None, "is not an input"),
        ("pets.getPet.all", {"id": 1}, None, "there is no action"),
        ("pets.getPet", {"id": 1}, "{% $a.nam %}", "nam"),
        ("pets.getPet", {"id": 1}, "{% $a.mother.mother.nam %}", "nam"),
        ("slack.chat_postMesage", {}, None, "did you mean `slack.chat_postMessage`?"),
        ("aws.sqs.sendMessage", {"QueueUrl": "q", "MessageBody": "x"}, None, "operator does not allow"),
    ],
)  # fmt: skip
def test_mistakes_are_found_before_publishing(owner: Client, pets: Web, use: str, inputs: Any, output: Any, told: str) -> None:  # fmt: skip
    definition = workflow("Mistaken", {"id": "a", "use": use, "with": inputs}, output=output)
    checked = owner.ok("POST", "/v1/definitions/checks", {"definition": definition})
    assert not checked["valid"]
    assert told in json.dumps(checked["findings"], ensure_ascii=False)


def test_importing_again_shows_what_changes_and_whom_it_affects(owner: Client, pets: Web) -> None:
    owner.publish(workflow("Affected", {"id": "got", "use": "pets.getPet", "connection": "zoo", "with": {"id": 1}}))  # fmt: skip
    changed = copy.deepcopy(document(pets.url))
    changed["components"]["schemas"]["Pet"]["properties"]["age"] = {"type": "integer"}
    changed["paths"]["/pets"]["get"]["description"] = "Other words are no change."
    changed["paths"]["/pets/{id}"]["delete"] = {"operationId": "deletePet", "responses": {}}
    del changed["paths"]["/pets"]["post"]
    body = {"name": "pets", "document": json.dumps(changed)}
    told = owner.ok("POST", "/v1/connectors/diff", body)
    assert (told["added"], told["changed"], told["removed"]) == (["deletePet"], ["getPet", "listPets"], ["createPet"])  # fmt: skip
    assert "Affected" in {one["workflow"] for one in told["affected"]}
    assert owner.ok("GET", "/v1/connectors/pets")["operations"] == 3, "nothing was imported"
    again = owner.ok("POST", "/v1/connectors/diff", {"name": "pets", "document": json.dumps(document(pets.url))})  # fmt: skip
    assert (again["added"], again["changed"], again["removed"], again["affected"]) == ([], [], [], [])  # fmt: skip


def test_archives_addresses_and_declarations_are_imported_too(owner: Client) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("api/openapi.yaml", "openapi: 3.0.0\ninfo: {title: Z}\npaths:\n  /a: {$ref: a.yaml}\n")  # fmt: skip
        archive.writestr("api/a.yaml", "get: {operationId: a, responses: {}}")
    text = base64.b64encode(packed.getvalue()).decode()
    assert (
        owner.ok("POST", "/v1/connectors", {"name": "zipped", "archive": text})["operations"] == 1
    )
    with web(lambda asked: Reply(200, {}, json.dumps(document("https://x")).encode())) as there:
        told = owner.ok("POST", "/v1/connectors", {"name": "fetched", "url": f"{there.url}/o.json"})
    assert told["operations"] == 3
    declaration = "connector: own\ntitle: Own\nserver: https://x\noperations: {go: {title: Go, request: GET /go}}"  # fmt: skip
    assert owner.ok("POST", "/v1/connectors", {"name": "own", "declaration": declaration})["operations"] == 1  # fmt: skip
    assert owner.request("DELETE", "/v1/connectors/own").status_code == 204
    assert owner.request("GET", "/v1/connectors/own").status_code == 404


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"name": "x"}, "exactly one"),
        ({"name": "x", "url": "http://a", "document": "{}"}, "exactly one"),
        ({"name": "Upper", "document": "{}"}, "pattern"),
        ({"name": "x", "document": "a: ["}, "neither JSON nor YAML"),
        ({"name": "x", "document": "{}"}, "neither OpenAPI 3 nor Swagger"),
        ({"name": "x", "document": '{"openapi": "3.0.0"}'}, "no operation"),
        ({"name": "x", "archive": "???"}, "not Base64"),
        ({"name": "x", "archive": "UEsDBGp1bms="}, "cannot be read"),
        ({"name": "x", "url": "http://169.254.169.254/latest"}, "not a public address"),
        ({"name": "x", "url": "file:///etc/passwd"}, "cannot be imported"),
        ({"name": "x", "declaration": "connector: x"}, "Field required"),
        ({"name": "x", "document": "[" * 5_000}, "nested"),
    ],
)  # fmt: skip
def test_what_cannot_be_imported_is_refused_with_a_reason(owner: Client, body: Any, told: str) -> None:  # fmt: skip
    answer = owner.request("POST", "/v1/connectors", body)
    assert answer.status_code == 422, answer.text
    assert told in answer.text


def test_another_workspace_sees_nothing_of_it(owner: Client, pets: Web, server: Server) -> None:
    stranger = Client(server, "stranger@connectors.example").register()
    assert "pets" not in {one["name"] for one in stranger.ok("GET", "/v1/connectors")}
    assert stranger.request("GET", "/v1/connectors/pets").status_code == 404
    assert stranger.request("DELETE", "/v1/connectors/pets").status_code == 404
    checked = stranger.ok("POST", "/v1/definitions/checks", {"definition": workflow("X", {"id": "a", "use": "pets.getPet", "with": {"id": 1}})})  # fmt: skip
    assert not checked["valid"]
