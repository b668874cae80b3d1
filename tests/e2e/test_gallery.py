"""Every template of the gallery: made a workflow, published, and run to what it promises."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from statewright.workflows.gallery import library
from statewright.workflows.gallery.library import Entry
from tests.support.ai_provider import AIStandIn, Reply, ai_stand_in
from tests.support.recorder import Recorder, recording
from tests.support.server import Client, Server, until

ENTRIES = library.entries()


@pytest.fixture(scope="module")
def provider() -> Iterator[AIStandIn]:
    with ai_stand_in() as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def owner(server: Server, provider: AIStandIn) -> Client:
    owner = Client(server, "gallery@example.com").register()
    owner.ok("POST", "/v1/connections", {"name": "claude", "auth": provider.auth("anthropic")})
    return owner


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    with recording() as made:
        yield made


def test_there_are_twenty_templates() -> None:
    assert len(ENTRIES) >= 20


def moved(value: Any, home: str) -> Any:
    """Sample values with their addresses at the stand-in."""
    if isinstance(value, list):
        return [moved(item, home) for item in value]
    if isinstance(value, str):
        return re.sub(r"^https://[^/]+", home, value)
    return value


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_template(entry: Entry, owner: Client, recorder: Recorder, provider: AIStandIn) -> None:
    home = f"{recorder.url}/{entry.id}"
    values = {name: moved(value, home) for name, value in entry.values.items()}
    made = owner.ok("POST", f"/v1/gallery/{entry.id}/workflows", {"values": values})
    owner.ok("POST", f"/v1/workflows/{made['id']}/versions")
    workflow = owner.ok("GET", f"/v1/workflows/{made['id']}")
    for run in entry.runs:
        recorder.expect(entry.id, run["server"])
        provider.will(*map(said, run.get("model", [])))
        before = len(owner.letters())
        execution = started(owner, workflow, run)
        for answer in run.get("decide", []):
            decide(owner, before, answer)
        ended = owner.ended(execution)
        assert ended["status"] == run["status"], ended
        assert ended["error"] == run.get("error"), ended
        if "cause" in run:
            assert ended["cause"] == run["cause"]
        assert ended["output"] == run.get("output")
        if "calls" in run:
            assert called(recorder.calls(entry.id)) == called(run["calls"])
        told(owner, before, run.get("mails", []))


def said(answer: dict[str, Any]) -> Reply:
    """What the model answers."""
    return Reply(calls=tuple((name, values) for name, values in answer["calls"]))


def started(owner: Client, workflow: dict[str, Any], run: dict[str, Any]) -> str:
    if run.get("manual"):
        path = f"/v1/workflows/{workflow['id']}/executions"
        return str(owner.ok("POST", path, {"input": run["body"]})["execution_id"])
    answer = owner.call_webhook(workflow, run["body"])
    assert answer.status_code == 202, answer.text
    return str(answer.json()["execution_id"])


def decide(owner: Client, before: int, answer: dict[str, Any]) -> None:
    """Answers by the link that was mailed."""
    to = answer.get("to", owner.email)

    def link() -> Any:
        texts = [
            letter.text
            for letter in owner.letters()[before:]
            if (letter.to, letter.subject) == (to, answer["title"])
        ]
        return texts and re.search(r"/approvals/\S+", texts[-1])

    path = str(until(link, f"the mail '{answer['title']}' to {to}")[0])
    said = {key: answer[key] for key in ("decision", "comment", "form") if key in answer}
    done = owner.http.post(path, json=said)
    assert done.status_code == 200, done.text


def called(calls: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """In no particular order: some go out at the same time."""
    return sorted((one["call"], json.dumps(one.get("body"), sort_keys=True)) for one in calls)


def told(owner: Client, before: int, subjects: list[str]) -> None:
    def came() -> bool:
        found = [letter.subject for letter in owner.letters()[before:]]
        return all(subject in found for subject in subjects)

    until(came, f"the mails {subjects}")


def test_search(owner: Client) -> None:
    everything = owner.ok("GET", "/v1/gallery")["items"]
    assert [one["id"] for one in everything] == [entry.id for entry in ENTRIES]
    finance = owner.ok("GET", "/v1/gallery?category=finance")["items"]
    assert {one["category"] for one in finance} == {"Finance"}
    found = owner.ok("GET", "/v1/gallery?words=saga%20STOCK")["items"]
    assert [one["id"] for one in found] == []
    found = owner.ok("GET", "/v1/gallery?words=saga%20shop")["items"]
    assert [one["id"] for one in found] == ["order-fulfilment"]


def test_a_template_shows_what_it_asks_for(owner: Client) -> None:
    shown = owner.ok("GET", "/v1/gallery/refund")
    assert set(shown["form"]["required"]) <= shown["values"].keys()
    assert shown["definition"]["steps"]
    assert shown["documentation"]
    assert shown["input"]["order"] == "O-1"
    assert owner.request("GET", "/v1/gallery/none").status_code == 404
    assert owner.request("GET", "/v1/gallery/..%2Fsecret").status_code == 404


VALUES = {"approvers": ["role:approver"], "limit": 5, "payments_url": "https://pay.example.com"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"values": {}}, "/values"),
        ({"values": {**VALUES, "limit": "many"}}, "/values/limit"),
        ({"values": {**VALUES, "payments_url": "no address"}}, "/values/payments_url"),
        ({"values": {**VALUES, "approvers": []}}, "/values/approvers"),
        ({"values": {**VALUES, "more": 1}}, "/values"),
        ({"values": {**VALUES, "approvers": ["{% $vars.x %}"]}}, "/values/approvers"),
        ({"values": {**VALUES, "approvers": ["${limit}"]}}, "/values/approvers"),
        ({"values": VALUES, "more": 1}, "/more"),
        ({"values": VALUES, "name": ""}, "/name"),
    ],
)
def test_values_that_do_not_fit(owner: Client, body: dict[str, Any], pointer: str) -> None:
    answer = owner.request("POST", "/v1/gallery/expense-approval/workflows", body)
    assert answer.status_code == 422, answer.text
    assert pointer in [issue["pointer"] for issue in answer.json()["errors"]]


def test_a_template_twice_needs_a_name(owner: Client) -> None:
    path = "/v1/gallery/expense-approval/workflows"
    named = owner.ok("POST", path, {"values": VALUES, "name": "Ours"})
    assert (named["name"], named["definition"]["name"]) == ("Ours", "Ours")
    again = owner.request("POST", path, {"values": VALUES, "name": "Ours"})
    assert again.status_code == 409
