"""Human tasks over HTTP, from a workflow that asks to the workflow that goes on."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from tests.e2e.auth.test_accounts import PASSWORD, post
from tests.support.server import Client, Server, until

FORM = {
    "type": "object",
    "required": ["budget"],
    "properties": {
        "budget": {"type": "integer", "title": "Budget", "minimum": 1},
        "note": {"type": "string", "maxLength": 1000},
        "urgent": {"type": "boolean"},
    },
}


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "owner@tasks.example").register()


def joined(owner: Client, email: str, role: str) -> Client:
    owner.ok("POST", "/v1/invitations", {"email": email, "role": role})
    secret = owner.mailed_secret(email, "Join 'Test'")
    answer = post(owner.server, "invitations/accept", token=secret, name=email, password=PASSWORD)
    return Client(owner.server, email).use(answer.json())


@pytest.fixture(scope="module")
def bob(owner: Client) -> Client:
    return joined(owner, "bob@tasks.example", "approver")


@pytest.fixture(scope="module")
def eve(owner: Client) -> Client:
    return joined(owner, "eve@tasks.example", "viewer")


def ask(name: str, use: str = "human.approval", **inputs: Any) -> dict[str, Any]:
    wanted = {"assignees": ["role:approver"], "title": f"{name}?", **inputs}
    return {
        "name": name,
        "triggers": [{"id": "h", "type": "webhook"}, {"id": "m", "type": "manual"}],
        "steps": [{"id": "asked", "use": use, "with": wanted}],
        "output": "{% $asked %}",
    }


def begun(owner: Client, definition: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """An execution that asks, and its task."""
    workflow = owner.publish(definition)
    execution = owner.call_webhook(workflow, {}).json()["execution_id"]
    return execution, task_of(owner, execution)


def task_of(owner: Client, execution: str) -> dict[str, Any]:
    def check() -> Any:
        return owner.ok("GET", f"/v1/tasks?execution_id={execution}")["items"]

    (found,) = until(check, "the task")
    return dict(found)


def link_of(owner: Client, email: str, title: str) -> str:
    """The path of the link in somebody's newest mail of this title."""

    def check() -> Any:
        texts = [m.text for m in owner.letters() if (m.to, m.subject) == (email, title)]
        return texts and re.search(r"/approvals/\S+", texts[-1])

    return str(until(check, f"the mail to {email}")[0])


def test_the_inbox_from_asking_to_the_workflows_end(
    owner: Client, bob: Client, eve: Client
) -> None:
    execution, task = begun(owner, ask("Inbox", form=FORM, text="For the <b>trip</b>"))
    assert (task["status"], task["workflow"], task["step"]) == ("open", "Inbox", "asked")
    mine = bob.ok("GET", "/v1/tasks/mine?unanswered=true&status=open&words=inbox")["items"]
    assert [one["id"] for one in mine] == [task["id"]]
    assert owner.ok("GET", f"/v1/tasks/mine?execution_id={execution}")["items"] == []
    assert eve.ok("GET", f"/v1/tasks/{task['id']}")["form"] == FORM
    path = f"/v1/tasks/{task['id']}"
    assert bob.ok("PUT", f"{path}/claim")["claimed_by"]
    assert bob.ok("DELETE", f"{path}/claim")["claimed_by"] is None
    bob.ok("POST", f"{path}/comments", {"text": "Looking into it."})
    refused = bob.request(
        "POST", f"{path}/decision", {"decision": "approved", "form": {"budget": 0}}
    )
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/form/budget"
    assert eve.request("POST", f"{path}/decision", {"decision": "approved"}).status_code == 403
    assert owner.request("POST", f"{path}/decision", {"decision": "approved"}).status_code == 403
    decision = {"decision": "approved", "comment": "Go.", "form": {"budget": 7}}
    assert bob.ok("POST", f"{path}/decision", decision)["status"] == "approved"
    ended = owner.ended(execution)
    output = ended["output"]
    assert (output["decision"], output["comment"], output["form"]) == (
        "approved",
        "Go.",
        {"budget": 7},
    )
    assert output["decided_by"] == "bob@tasks.example"
    acts = [event["act"] for event in owner.ok("GET", path)["events"]]
    assert acts == ["asked", "claimed", "released", "commented", "approved"]
    assert bob.request("POST", f"{path}/decision", decision).status_code == 409


def test_lists_have_filters_and_pages(owner: Client) -> None:
    _, first = begun(owner, ask("Paged 1"))
    _, second = begun(owner, ask("Paged 2", "human.task"))
    page = owner.ok("GET", "/v1/tasks?words=Paged&limit=1")
    assert [one["id"] for one in page["items"]] == [second["id"]]
    rest = owner.ok("GET", f"/v1/tasks?words=Paged&limit=1&cursor={page['next']}")
    assert [one["id"] for one in rest["items"]] == [first["id"]]
    assert rest["next"] is None
    for query, found in {
        "kind=task": [second],
        "kind=approval": [first],
        "assignee=bob@tasks.example": [second, first],
        "assignee=nobody@tasks.example": [],
        f"workflow_id={first['workflow_id']}": [first],
        "status=rejected": [],
    }.items():
        items = owner.ok("GET", f"/v1/tasks?words=Paged&{query}")["items"]
        assert [one["id"] for one in items] == [one["id"] for one in found], query
    assert owner.ok("GET", "/v1/tasks?words=%25")["items"] == []


def test_a_link_is_one_persons_for_one_task_once(owner: Client, bob: Client) -> None:
    people = ["bob@tasks.example", "guest@else.example"]
    execution, _ = begun(owner, ask("Linked", assignees=people, quorum="all"))
    bobs, guests = link_of(owner, people[0], "Linked?"), link_of(owner, people[1], "Linked?")
    http = httpx.Client(verify=False, base_url=owner.server.url)
    assert bobs != guests
    page = http.get(guests)
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "0 of 2 have answered" in page.text
    done = http.post(guests, data={"decision": "approved", "comment": "by form"})
    assert (done.status_code, "1 of 2 have answered" in done.text) == (200, True)
    again = http.post(guests, data={"decision": "rejected"})
    assert (again.status_code, "<button" in again.text) == (409, False)
    assert http.post(guests, json={"decision": "rejected"}).status_code == 409
    assert http.post(bobs, json={"decision": "approved"}).json()["status"] == "approved"
    assert owner.ended(execution)["output"]["comment"] == ""
    assert http.get(bobs).status_code == 200
    flipped = bobs[:-8] + bobs[-8:].swapcase()
    assert http.get(flipped).status_code == 401
    shown = http.get(flipped, headers={"accept": "text/html"})
    assert (shown.status_code, "<h1>" in shown.text) == (401, True)


def test_the_page_tells_what_is_wrong_and_keeps_what_was_entered(
    owner: Client, bob: Client
) -> None:
    execution, _ = begun(owner, ask("Form page", form=FORM, title="<script>alert(1)</script>"))
    link = link_of(owner, "bob@tasks.example", "<script>alert(1)</script>")
    http = httpx.Client(verify=False, base_url=owner.server.url)
    assert "<script" not in http.get(link).text
    entered = {
        "form.budget": "-1",
        "form.note": "keep <me>",
        "comment": "and me",
        "decision": "approved",
    }
    wrong = http.post(link, data=entered)
    assert wrong.status_code == 422
    assert 'aria-invalid="true"' in wrong.text
    assert "keep &lt;me&gt;" in wrong.text
    assert "and me" in wrong.text
    missing = http.post(link, data={"decision": "approved"})
    assert "Budget: Please fill this in" in missing.text
    said = http.post(link, data={"decision": "comment", "comment": "Which one?"})
    assert (said.status_code, "Which one?" in said.text) == (200, True)
    assert http.post(link, data={"decision": "comment", "comment": ""}).status_code == 422
    assert http.post(link, data={"decision": "explode"}).status_code == 422
    assert http.post(link, data={**entered, "form.budget": "9"}).status_code == 200
    form = owner.ended(execution)["output"]["form"]
    assert form == {"budget": 9, "note": "keep <me>", "urgent": False}


def asked(owner: Client, execution: str) -> list[str]:
    """Whom an execution's task asks."""
    task = owner.ok("GET", f"/v1/tasks/{task_of(owner, execution)['id']}")
    return sorted(one["email"] for one in task["people"])


def test_who_starts_an_execution_may_not_decide_in_it(owner: Client, bob: Client) -> None:
    everybody = ["bob@tasks.example", "owner@tasks.example"]
    workflow = owner.publish(ask("By hand", assignees=everybody))
    path = f"/v1/workflows/{workflow['id']}/executions"
    started = owner.ok("POST", path, {"input": {}})["execution_id"]
    assert asked(owner, started) == everybody[:1]
    hooked = owner.call_webhook(workflow, {}).json()["execution_id"]
    assert asked(owner, hooked) == everybody
    until(lambda: owner.execution(hooked), "its record")
    again = owner.ok("POST", f"/v1/executions/{hooked}/rerun", {})["execution_id"]
    assert asked(owner, again) == everybody[:1]
    parent = {
        "name": "Parent",
        "triggers": [{"id": "m", "type": "manual"}],
        "steps": [{"id": "child", "use": "workflow.run", "with": {"workflow": "By hand"}}],
    }
    workflow = owner.publish(parent)
    owner.ok("POST", f"/v1/workflows/{workflow['id']}/executions", {"input": {}})

    def all_of_them() -> Any:
        items = owner.ok("GET", "/v1/tasks?words=By%20hand")["items"]
        return items if len(items) == 4 else None

    newest = until(all_of_them, "the child's task")[0]
    assert asked(owner, newest["execution_id"]) == everybody[:1]


def test_a_stopped_execution_asks_nobody_any_more(owner: Client, bob: Client) -> None:
    execution, task = begun(owner, ask("Stopped"))
    link = link_of(owner, "bob@tasks.example", "Stopped?")
    until(lambda: owner.execution(execution), "its record")
    owner.ok("POST", f"/v1/executions/{execution}/stop", {"reason": "no need"})
    http = httpx.Client(verify=False, base_url=owner.server.url)
    assert http.post(link, data={"decision": "approved"}).status_code == 410
    path = f"/v1/tasks/{task['id']}"
    until(lambda: owner.ok("GET", path)["status"] == "cancelled", "its end")
    assert bob.request("POST", f"{path}/decision", {"decision": "approved"}).status_code == 410


def test_delegating_and_reassigning(owner: Client, bob: Client, eve: Client) -> None:
    execution, task = begun(owner, ask("Handed on", "human.task"))
    path = f"/v1/tasks/{task['id']}"
    assert (
        bob.request("PUT", f"{path}/assignees", {"assignees": ["eve@tasks.example"]}).status_code
        == 403
    )
    bob.ok("POST", f"{path}/delegation", {"to": "eve@tasks.example", "comment": "On leave."})
    assert bob.request("POST", f"{path}/decision", {"decision": "completed"}).status_code == 403
    owner.ok("PUT", f"{path}/assignees", {"assignees": ["bob@tasks.example"]})
    eves = link_of(owner, "eve@tasks.example", "Handed on?")
    assert httpx.get(f"{owner.server.url}{eves}").status_code == 410
    bob.ok("POST", f"{path}/decision", {"decision": "completed"})
    assert owner.ended(execution)["output"]["decision"] == "completed"


def test_a_step_that_cannot_ask_fails_with_a_reason(owner: Client) -> None:
    workflow = owner.publish(ask("Nobody", assignees=["group:none"]))
    execution = owner.call_webhook(workflow, {}).json()["execution_id"]
    ended = owner.ended(execution)
    assert ended["error"] == "HumanTask.Invalid"
    assert "There is no group 'none'" in ended["cause"]


@pytest.mark.parametrize(
    ("method", "end", "body", "status"),
    [
        ("GET", "", None, 404),
        ("POST", "/decision", {"decision": "approved"}, 404),
        ("POST", "/decision", {"decision": "maybe"}, 422),
        ("POST", "/decision", {"decision": "approved", "more": 1}, 422),
        ("POST", "/comments", {"text": ""}, 422),
        ("POST", "/comments", {"text": "x" * 2001}, 422),
        ("POST", "/delegation", {}, 422),
        ("PUT", "/assignees", {"assignees": []}, 422),
    ],
)
def test_bad_input(owner: Client, method: str, end: str, body: Any, status: int) -> None:
    answer = owner.request(method, f"/v1/tasks/0190b0a0-0000-7000-8000-00000000dead{end}", body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("query", ["cursor=x", "limit=0", "status=odd", "workflow_id=x", "kind=x"])
def test_bad_queries(owner: Client, query: str) -> None:
    for path in ("/v1/tasks", "/v1/tasks/mine"):
        assert owner.request("GET", f"{path}?{query}").status_code in {400, 404, 422}
