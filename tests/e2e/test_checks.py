"""Checking a definition over HTTP: what the console asks with every change."""

from __future__ import annotations

import pytest

from tests.support.server import Client, Server

GOOD = {"name": "Good", "steps": [{"id": "a", "set": 1}, {"id": "b", "set": "{% $a + 1 %}"}]}


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "checks@example.com").register()


def test_a_good_one_is_compiled_and_forecast(owner: Client) -> None:
    found = owner.ok("POST", "/v1/definitions/checks", {"definition": GOOD})
    assert (found["valid"], found["findings"]) == (True, [])
    assert list(found["asl"]["States"]) == ["Start", "a", "b", "Done"]
    assert found["bindings"]["b"] == "/steps/1"
    assert found["policy"]["Statement"] == []
    assert found["forecast"]["transitions"] == {"least": 4, "most": 4}
    assert owner.ok("GET", "/v1/workflows")["items"] == []


def test_what_is_wrong_is_told_with_its_place(owner: Client) -> None:
    bad = {"name": "Bad", "steps": [{"id": "one", "set": 1}, {"id": "b", "set": "{% $oen %}"}]}
    found = owner.ok("POST", "/v1/definitions/checks", {"definition": bad})
    assert found["valid"] is False
    assert found["asl"] is None
    [finding] = found["findings"]
    assert (finding["severity"], finding["pointer"]) == ("error", "/steps/1/set")
    assert "one" in finding["suggestion"]
    found = owner.ok("POST", "/v1/definitions/checks", {"definition": {"name": "No steps"}})
    assert found["findings"][0]["pointer"] == "/steps"


def test_the_workspace_is_what_it_is_compared_with(owner: Client) -> None:
    step = {"id": "c", "use": "workflow.run", "with": {"workflow": "Childs"}}
    definition = {"name": "Parent", "steps": [step]}
    found = owner.ok("POST", "/v1/definitions/checks", {"definition": definition})
    assert "no published workflow" in found["findings"][0]["detail"]
    owner.publish({"name": "Child", "steps": [{"id": "a", "set": 1}]})
    found = owner.ok("POST", "/v1/definitions/checks", {"definition": definition})
    assert "Child" in found["findings"][0]["suggestion"]
    step["with"] = {"workflow": "Child"}
    assert owner.ok("POST", "/v1/definitions/checks", {"definition": definition})["valid"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"yaml": "a: [", "definition": None}, 400),
        ({"yaml": "a: &x 1\nb: *x"}, 400),
        ({}, 422),
        ({"definition": {}, "more": 1}, 422),
    ],
)
def test_what_cannot_be_read_is_a_problem(owner: Client, body: object, status: int) -> None:
    answer = owner.request("POST", "/v1/definitions/checks", body)
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    )


def test_the_catalogue(owner: Client) -> None:
    found = {action["name"]: action for action in owner.ok("GET", "/v1/actions")}
    assert found["http.request"]["inputs"]["required"] == ["url"]
    assert "Http.ServerError" in found["http.request"]["errors"]
