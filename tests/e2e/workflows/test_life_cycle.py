"""A workflow's whole life over HTTP: drafts, versions, differences, roll-back, copies, the end."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import yaml

from tests.support.server import Client, Server, until

YAML = """\
# Greets whoever calls.
name: Greeting  # shown in lists
description: Says hello to new customers
triggers: [{id: hook, type: webhook}]
steps:
  - id: hello  # the whole point
    set: "one"
output: "{% $hello %}"
"""


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "owner@life.example").register()


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    return found


def runs(owner: Client, workflow: dict[str, Any]) -> Any:
    started = owner.call_webhook(workflow, {}).json()
    return owner.ended(started["execution_id"])["output"]


def test_versions_are_listed_compared_and_gone_back_to(owner: Client) -> None:
    workflow = owner.publish(YAML)
    path = f"/v1/workflows/{workflow['id']}"
    assert runs(owner, workflow) == "one"
    changed = YAML.replace("one", "two").replace("type: webhook", "type: webhook, method: PUT")
    owner.ok("PUT", path, {"yaml": changed, "draft": 1})
    difference = owner.ok("GET", f"{path}/diff")
    assert [(s["step"], s["change"]) for s in difference["steps"]] == [("hello", "changed")]
    assert difference["text"].splitlines() == [
        '~ /triggers/hook/method: + "PUT"',
        "~ set hello /steps/0",
        '    /set: "one" → "two"',
    ]
    assert owner.ok("POST", f"{path}/versions", {"note": "Says two"})["version"] == 2
    assert owner.ok("GET", f"{path}/diff?before=live&after=draft")["same"]
    until(lambda: owner.call_webhook(workflow, {}).status_code == 405, "the webhook to take PUT")
    listed = owner.ok("GET", f"{path}/versions?limit=1")
    assert [(v["version"], v["live"], v["note"]) for v in listed["items"]] == [
        (2, True, "Says two")
    ]
    older = owner.ok("GET", f"{path}/versions?cursor={listed['next']}")
    assert [(v["version"], v["live"]) for v in older["items"]] == [(1, False)]
    back = owner.ok("POST", f"{path}/rollback", {"version": 1})
    assert (back["version"], back["definition"]["steps"][0]["set"]) == (1, "two"), "the draft stays"
    until(lambda: owner.call_webhook(workflow, {}).status_code == 202, "the route to be read again")
    assert runs(owner, workflow) == "one"
    assert owner.ok("GET", f"{path}/versions/live")["source"] == YAML
    problem(owner.request("POST", f"{path}/rollback", {"version": 1}), 409)
    problem(owner.request("POST", f"{path}/rollback", {"version": 9}), 404)
    for version in ("0", "x", "99999999999", "-1"):
        problem(owner.request("GET", f"{path}/versions/{version}"), 404)
    assert owner.ok("POST", f"{path}/versions")["version"] == 3, "numbers are never used again"


def test_exports_are_what_was_written(owner: Client) -> None:
    created = owner.ok("POST", "/v1/workflows", {"yaml": YAML.replace("Greeting", "Export ü")})
    path = f"/v1/workflows/{created['id']}"
    answer = owner.request("GET", f"{path}/export")
    assert answer.text == YAML.replace("Greeting", "Export ü")
    assert answer.headers["content-disposition"] == 'attachment; filename="export.yaml"'
    definition = owner.request("GET", f"{path}/export?format=json").json()
    assert definition == created["definition"]
    asl = owner.request("GET", f"{path}/export?format=asl").json()
    assert asl["States"]["hello"]["Type"] == "Pass"
    same = owner.ok("PUT", path, {"definition": definition, "draft": 1})
    assert same["source"] is not None, "the same values do not cost the comments"
    other = owner.ok("PUT", path, {"definition": {**definition, "output": 5}, "draft": 2})
    assert other["source"] is None
    written = owner.request("GET", f"{path}/export").text
    assert yaml.safe_load(written) == other["definition"]
    problem(owner.request("GET", f"{path}/export?format=docx"), 422)
    problem(owner.request("GET", f"{path}/export?version=7"), 404)


def test_two_people_do_not_overwrite_each_other(owner: Client) -> None:
    path = f"/v1/workflows/{owner.publish(YAML.replace('Greeting', 'Locked'))['id']}"
    read = owner.request("GET", path)
    tag = {"if-match": read.headers["etag"]}
    definition = {"definition": read.json()["definition"]}
    problem(owner.request("PUT", path, definition), 428)
    changed = owner.request("PUT", path, definition, headers=tag)
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag["if-match"]
    before = owner.ok("GET", path)
    for method, below, body in (
        ("PUT", "", definition),
        ("PATCH", "", {"tags": ["x"]}),
        ("POST", "/versions", {}),
        ("POST", "/rollback", {"version": 1}),
        ("POST", "/archive", None),
        ("POST", "/restore", None),
        ("DELETE", "", None),
    ):
        for stale in (tag["if-match"], "W/" + changed.headers["etag"], "x"):
            answer = owner.request(method, path + below, body, headers={"if-match": stale})
            assert problem(answer, 412)["type"].endswith("precondition-failed")
    assert owner.ok("GET", path) == before
    fresh = {"if-match": f'"0", {changed.headers["etag"]}'}
    assert owner.request("PATCH", path, {"tags": ["x"]}, headers=fresh).status_code == 200
    assert owner.request("PATCH", path, {"tags": ["x"]}, headers={"if-match": "*"}).is_success


def test_tags_folders_and_words_find_workflows(owner: Client) -> None:
    folder = owner.ok("POST", "/v1/folders", {"name": "Sales"})["id"]
    definition = {
        "name": "Quarterly numbers",
        "description": "Collects the invoices",
        "steps": [{"id": "a", "use": "http.request", "with": {"url": "http://x"}}],
    }
    wanted = owner.ok("POST", "/v1/workflows", {"definition": definition, "tags": ["q4", "a b"]})
    owner.ok("PATCH", f"/v1/workflows/{wanted['id']}", {"folder_id": folder})

    def found(query: str) -> list[str]:
        answer = owner.ok("GET", f"/v1/workflows?{query}")
        return [item["id"] for item in answer["items"]]

    for query in ("q=quart", "q=invoices+numbers", "q=HTTP.request+invo", "q=q4", "q=numbers'%3A*", "tag=a+b", f"folder_id={folder}"):  # fmt: skip
        assert found(query) == [wanted["id"]], query
    for query in ("q=quartz", "q=!!!", "tag=q", "q=x&tag=q4", "archived=true&q=quart", "published=true&tag=q4"):  # fmt: skip
        assert found(query) == [], query
    assert {"tag": "q4", "workflows": 1} in owner.ok("GET", "/v1/tags")
    pages, cursor = [], ""
    while cursor is not None:
        page = owner.ok("GET", f"/v1/workflows?limit=2&cursor={cursor}" if cursor else "/v1/workflows?limit=2")  # fmt: skip
        pages += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert pages == sorted(set(pages), reverse=True)
    for body in ({"tags": ["a,b"]}, {"tags": [""]}, {"tags": ["x"] * 21}, {"tags": "x"}, {"name": "x"}, {"retention_days": 0}, {"tags": ["a\0b"]}):  # fmt: skip
        problem(owner.request("PATCH", f"/v1/workflows/{wanted['id']}", body), 422)
    nowhere = {"folder_id": "0190b0a0-0000-7000-8000-00000000dead"}
    problem(owner.request("PATCH", f"/v1/workflows/{wanted['id']}", nowhere), 404)


def test_copies_archive_and_the_end(owner: Client) -> None:
    definition = {
        "name": "Long lived",
        "triggers": [{"id": "hook", "type": "webhook"}],
        "steps": [{"wait": {"for": "1d"}}],
    }
    workflow = owner.publish(definition)
    path = f"/v1/workflows/{workflow['id']}"
    started = owner.call_webhook(workflow, {}).json()["execution_id"]
    until(lambda: owner.execution(started), "its record")
    copies = [owner.ok("POST", f"{path}/duplicate", {}) for _ in range(2)]
    assert [copy["name"] for copy in copies] == ["Long lived (copy)", "Long lived (copy 2)"]
    assert copies[0]["version"] is None
    problem(owner.request("POST", f"{path}/duplicate", {"name": "Long lived"}), 409)
    assert owner.ok("POST", f"{path}/archive")["enabled"] is False
    problem(owner.call_webhook(workflow, {}), 409)
    problem(owner.request("PUT", path, {"definition": definition, "draft": 1}), 409)
    problem(owner.request("POST", f"{path}/versions"), 409)
    problem(owner.request("POST", f"{path}/archive"), 409)
    assert workflow["id"] in [w["id"] for w in owner.ok("GET", "/v1/workflows?archived=true")["items"]]  # fmt: skip
    assert owner.ok("POST", f"{path}/restore")["enabled"] is False
    problem(owner.request("DELETE", path), 409)
    assert owner.request("DELETE", f"{path}?running=stop").status_code == 204
    problem(owner.request("GET", path), 404)
    problem(owner.request("DELETE", path), 404)
    # Each function's process reads a trigger once a second at the most.
    until(lambda: owner.call_webhook(workflow, {}).status_code == 404, "its webhook's end")
    listed = until(
        lambda: [
            e for e in owner.ok("GET", "/v1/executions")["items"]
            if e["id"] == started and e["status"] == "stopped"
        ],
        "the history to say that it was stopped",
    )  # fmt: skip
    assert listed[0]["workflow"] == "Long lived"
    assert owner.publish(definition)["id"] != workflow["id"], "its name is free again"
