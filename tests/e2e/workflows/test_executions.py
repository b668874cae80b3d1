"""Executions over HTTP: found, looked into, redriven, run again, acted on by the hundred, forgotten."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.support.server import Client, Server, until

HOOK = [{"id": "hook", "type": "webhook"}]


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "owner@executions.example").register()


@pytest.fixture(scope="module")
def orders(owner: Client, crm: str) -> dict[str, Any]:
    """Fails for negative totals; else doubles them, with a step of its own for each line."""
    steps = [
        {"when": "{% $trigger.body.total < 0 %}", "stop": {"status": "failed", "error": "Negative", "cause": "{% 'total of ' & $trigger.body.customer %}"}},
        {"id": "lines", "for_each": "{% $trigger.body.lines %}", "as": "line", "steps": [{"id": "twice", "set": "{% $line * 2 %}"}], "output": "{% $twice %}"},
    ]  # fmt: skip
    workflow = owner.publish({"name": "Orders", "triggers": HOOK, "steps": steps, "output": "{% $lines %}"})  # fmt: skip
    owner.ok("PATCH", f"/v1/workflows/{workflow['id']}", {"tags": ["shop"]})
    return workflow


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    return found


def order(owner: Client, workflow: dict[str, Any], **body: Any) -> dict[str, Any]:
    body = {"total": 1, "lines": [1, 2, 3], "customer": "Ada", **body}
    return owner.ended(owner.call_webhook(workflow, body).json()["execution_id"])


def found(owner: Client, **query: Any) -> list[str]:
    """All pages, three at a time."""
    ids: list[str] = []
    while True:
        page = owner.ok("GET", f"/v1/executions?{urlencode({**query, 'limit': 3})}")
        ids += [item["id"] for item in page["items"]]
        if page["next"] is None:
            return ids
        query["cursor"] = page["next"]


def recorded(owner: Client, execution_id: str, status: str) -> dict[str, Any]:
    """The execution's row once it says so."""

    def check() -> Any:
        rows = owner.ok("GET", "/v1/executions?limit=200")["items"]
        return [row for row in rows if row["id"] == execution_id and row["status"] == status]

    row: dict[str, Any] = until(check, f"the record of {execution_id} as {status}")[0]
    return row


def test_filters_words_and_pages(owner: Client, orders: dict[str, Any]) -> None:
    good = [
        order(owner, orders, customer="Grace Hopper", note="INV-2026-77")["id"] for _ in range(4)
    ]
    bad = order(owner, orders, total=-1, customer="Müller & Söhne")
    recorded(owner, bad["id"], "failed")
    workflow = {"workflow_id": orders["id"]}
    for query, expected in (
        ({"q": "hopp gra"}, good[::-1]),
        ({"q": "inv 2026"}, good[::-1]),
        ({"q": "müller"}, [bad["id"]]),
        ({"error": "Negative"}, [bad["id"]]),
        ({"status": "failed", "tag": "shop"}, [bad["id"]]),
        ({"status": "succeeded", **workflow}, good[::-1]),
        ({"version": 1, "trigger": "webhook", **workflow}, [bad["id"], *good[::-1]]),
        ({"started_after": bad["started_at"]}, [bad["id"]]),
        ({"started_before": bad["started_at"], **workflow}, good[::-1]),
        ({"q": "nobody"}, []),
        ({"q": "'; DROP"}, []),
        ({"tag": "none"}, []),
        ({"version": 2}, []),
        ({"trigger": "schedule"}, []),
        ({"parent_id": "x"}, []),
    ):
        assert found(owner, **query) == expected, query
    for query in ("status=new", "version=-1", "started_after=yesterday", "started_after=2026-01-01T00:00:00", "limit=0", "limit=500", "cursor=x", f"q={'x' * 300}"):  # fmt: skip
        assert owner.request("GET", f"/v1/executions?{query}").status_code in {400, 422}, query


def test_every_round_of_a_loop_has_its_visit(owner: Client, orders: dict[str, Any]) -> None:
    execution = order(owner, orders, lines=[5, 6, 7])
    path = f"/v1/executions/{execution['id']}/steps"
    first = owner.ok("GET", f"{path}?limit=2")
    rest = owner.ok("GET", f"{path}?limit=50&cursor={first['next']}")
    visits = first["items"] + rest["items"]
    shown = [(v["step"], v["iterations"], v["status"], v["output"]) for v in visits]
    assert shown == [
        ("lines", [], "succeeded", [10, 12, 14]),
        ("twice", [0], "succeeded", 10),
        ("twice", [1], "succeeded", 12),
        ("twice", [2], "succeeded", 14),
    ]
    assert visits[0]["children"] == 3
    assert {v["parent"] for v in visits[1:]} == {visits[0]["id"]}
    only = owner.ok("GET", f"{path}?pointer=/steps/1/steps/0&limit=1")
    assert [v["id"] for v in only["items"]] == [visits[1]["id"]]
    assert owner.ok("GET", f"{path}?parent={visits[0]['id']}")["items"] == visits[1:]
    assert owner.ok("GET", f"{path}?pointer=/nowhere")["items"] == []
    problem(owner.request("GET", f"{path}?item=../x"), 422)
    problem(owner.request("GET", f"{path}?item=x:y"), 404)
    problem(owner.request("GET", f"/v1/executions/{execution['id']}/map-runs/x"), 404)


def test_rounds_of_large_loops_are_executions_of_their_own(owner: Client) -> None:
    loop = {"id": "many", "for_each": "{% [1..60] %}", "as": "n", "concurrency": 50, "steps": [{"id": "sq", "set": "{% $n * $n %}"}], "output": "{% $sq %}"}  # fmt: skip
    workflow = owner.publish({"name": "Large loop", "triggers": HOOK, "steps": [loop], "output": "{% $count($many) %}"})  # fmt: skip
    execution = owner.ended(owner.call_webhook(workflow, {}).json()["execution_id"])
    assert execution["output"] == 60
    path = f"/v1/executions/{execution['id']}"
    (visit,) = owner.ok("GET", f"{path}/steps")["items"]
    run = owner.ok("GET", f"{path}/map-runs/{visit['map_run']}?limit=40")
    assert (run["status"], run["counts"]["succeeded"], len(run["items"])) == ("succeeded", 60, 40)
    more = owner.ok("GET", f"{path}/map-runs/{visit['map_run']}?limit=40&cursor={run['next']}")
    assert len({item["id"] for item in run["items"] + more["items"]}) == 60
    inner = owner.ok("GET", f"{path}/steps?item={more['items'][0]['id']}")["items"]
    assert [v["step"] for v in inner] == ["sq"]


def test_a_redriven_execution_goes_on_and_its_record_follows(
    owner: Client, server: Server, crm: str
) -> None:
    call = {"id": "call", "use": "http.request", "with": {"url": "{% $vars.target %}"}}
    workflow = owner.publish({"name": "Fragile", "triggers": HOOK, "steps": [{"id": "before", "set": "{% $uuid() %}"}, {**call, "timeout": "5s"}], "output": "{% $before %}"})  # fmt: skip
    owner.ok("PUT", "/v1/variables", {"variables": {"target": "http://127.0.0.1:9/"}})
    execution = owner.ended(owner.call_webhook(workflow, {}).json()["execution_id"])
    assert execution["status"] == "failed"
    recorded(owner, execution["id"], "failed")
    path = f"/v1/executions/{execution['id']}"
    once_more = owner.ok("POST", f"{path}/redrive")
    assert once_more["redrives"] == 1
    again = until(
        lambda: owner.execution(execution["id"]) if owner.execution(execution["id"])["status"] == "failed" else None,
        "it to fail once more",
    )  # fmt: skip
    assert again["redrives"] == 1
    row = until(
        lambda: next((r for r in owner.ok("GET", f"/v1/executions?workflow_id={workflow['id']}")["items"] if r["redrives"] == 1 and r["status"] == "failed"), None),
        "the record of the second end",
    )  # fmt: skip
    assert row["stopped_at"] > execution["stopped_at"]
    attempts = [v for v in owner.ok("GET", f"{path}/steps")["items"] if v["step"] == "call"]
    assert sum(len(v["attempts"]) for v in attempts) == 2
    succeeded = owner.publish({"name": "Fine", "triggers": HOOK, "steps": [{"id": "a", "set": 1}]})
    fine = owner.ended(owner.call_webhook(succeeded, {}).json()["execution_id"])
    problem(owner.request("POST", f"/v1/executions/{fine['id']}/redrive"), 409)


def test_running_again_with_the_same_or_another_input(
    owner: Client, orders: dict[str, Any]
) -> None:
    first = order(owner, orders, lines=[1])
    path = f"/v1/executions/{first['id']}/rerun"
    same = owner.ended(owner.ok("POST", path, {})["execution_id"])
    assert (same["output"], same["rerun_of"], same["trigger"]) == ([2], first["id"], "webhook")
    edited = owner.ok("POST", path, {"input": {"total": 1, "lines": [4, 5]}, "version": "same"})
    assert owner.ended(edited["execution_id"])["output"] == [8, 10]
    assert set(found(owner, rerun_of=first["id"])) == {same["id"], edited["execution_id"]}
    problem(owner.request("POST", path, {"input": 1, "version": 7}), 422)
    problem(owner.request("POST", path, {"inptu": 1}), 422)
    problem(owner.request("POST", path, {"input": "x" * 300_000}), 413)
    problem(owner.request("POST", "/v1/executions/none/rerun", {}), 404)


def test_children_know_their_parents(owner: Client, orders: dict[str, Any]) -> None:
    run = {"id": "child", "use": "workflow.run", "with": {"workflow": "Orders", "input": {"total": 1, "lines": []}}}  # fmt: skip
    parent = owner.publish({"name": "Parent", "triggers": HOOK, "steps": [run]})
    execution = owner.ended(owner.call_webhook(parent, {}).json()["execution_id"])
    (child,) = until(lambda: found(owner, parent_id=execution["id"]), "the child's record")
    assert owner.execution(child)["parent_id"] == execution["id"]


def test_a_child_runs_the_version_that_is_live(owner: Client) -> None:
    child = owner.publish({"name": "Versions", "triggers": HOOK, "steps": [{"id": "a", "set": 1}], "output": "{% $a %}"})  # fmt: skip
    run = {"id": "child", "use": "workflow.run", "with": {"workflow": "Versions"}}
    parent = owner.publish({"name": "Caller", "triggers": HOOK, "steps": [run], "output": "{% $child %}"})  # fmt: skip

    def outcome() -> Any:
        ended = owner.ended(owner.call_webhook(parent, {}).json()["execution_id"])
        return ended["output"] if ended["status"] == "succeeded" else ended["error"]

    assert outcome() == 1
    owner.ok("PUT", f"/v1/workflows/{child['id']}", {"definition": {**child["definition"], "steps": [{"id": "a", "set": 2}]}, "draft": 1})  # fmt: skip
    owner.ok("POST", f"/v1/workflows/{child['id']}/versions")
    assert outcome() == 2
    owner.ok("POST", f"/v1/workflows/{child['id']}/rollback", {"version": 1})
    assert outcome() == 1, "rolled back"
    owner.ok("POST", f"/v1/workflows/{child['id']}/archive")
    assert outcome() == "StepFunctions.StateMachineDoesNotExistException"


def test_waiting_for_news(owner: Client) -> None:
    workflow = owner.publish({"name": "Naps", "triggers": HOOK, "steps": [{"wait": {"for": "2s"}}]})
    started = owner.call_webhook(workflow, {}).json()["execution_id"]
    until(lambda: owner.execution(started), "its record")
    seen, last = [], 0
    while not seen or seen[-1] == "running":
        shown = owner.ok("GET", f"/v1/executions/{started}?wait=15&after={last}")
        seen.append(shown["status"])
        assert shown["last_event"] > last, "it answers when there is news"
        last = shown["last_event"]
    assert seen[-1] == "succeeded"
    assert len(seen) <= 6, "it does not answer all the time"
    assert (
        owner.ok("GET", f"/v1/executions/{started}?wait=20&after={last}")["status"] == "succeeded"
    )
    problem(owner.request("GET", f"/v1/executions/{started}?wait=60"), 422)


def finished(owner: Client, job: dict[str, Any]) -> dict[str, Any]:
    def check() -> Any:
        now = owner.ok("GET", f"/v1/execution-jobs/{job['id']}")
        return now if now["status"] != "running" else None

    done: dict[str, Any] = until(check, "the job to be done")
    return done


def test_jobs_do_the_same_to_many(owner: Client) -> None:
    workflow = owner.publish({"name": "Sleepers", "triggers": HOOK, "steps": [{"wait": {"for": "1d"}}]})  # fmt: skip
    started = {owner.call_webhook(workflow, {"n": n}).json()["execution_id"] for n in range(30)}
    mine = {"workflow_id": workflow["id"]}
    until(lambda: len(found(owner, **mine)) == 30, "their records")
    limited = owner.ok("POST", "/v1/execution-jobs", {"action": "stop", "filter": {**mine, "status": "running"}, "limit": 3})  # fmt: skip
    assert finished(owner, limited)["done"] == 3
    until(lambda: len(found(owner, **mine, status="stopped")) == 3, "three records")
    rest = finished(owner, owner.ok("POST", "/v1/execution-jobs", {"action": "stop", "filter": mine}))  # fmt: skip
    assert (rest["done"], len(rest["failures"]) + rest["skipped"]) == (27, 3)
    assert rest["failures"][0]["detail"] == "The execution has ended."
    until(lambda: len(found(owner, **mine, status="stopped")) == 30, "all records")
    again = finished(owner, owner.ok("POST", "/v1/execution-jobs", {"action": "rerun", "filter": mine, "limit": 2}))  # fmt: skip
    assert again["done"] == 2
    until(lambda: len(found(owner, **mine)) == 32, "the new ones' records")
    redriven = finished(owner, owner.ok("POST", "/v1/execution-jobs", {"action": "redrive", "filter": {**mine, "status": "stopped"}, "limit": 1}))  # fmt: skip
    assert redriven["done"] == 1
    until(lambda: len(found(owner, **mine, status="running")) == 3, "the redriven one's record")
    gone = finished(owner, owner.ok("POST", "/v1/execution-jobs", {"action": "delete", "filter": mine}))  # fmt: skip
    assert (gone["done"], len(gone["failures"])) == (29, 3), "those that run stay"
    left = found(owner, **mine)
    assert len(left) == 3
    problem(owner.request("DELETE", f"/v1/executions/{left[0]}"), 409)
    assert len(started - set(left)) >= 28
    owner.ok("POST", "/v1/execution-jobs", {"action": "stop", "filter": mine})
    listed = owner.ok("GET", "/v1/execution-jobs?limit=2")
    assert [job["action"] for job in listed["items"]] == ["stop", "delete"]
    finished(owner, listed["items"][0])
    problem(owner.request("POST", f"/v1/execution-jobs/{gone['id']}/cancel"), 409)
    for body in ({"action": "explode", "filter": {}}, {"action": "stop"}, {"action": "stop", "filter": {"x": 1}}, {"action": "stop", "filter": {}, "limit": 10_001}):  # fmt: skip
        problem(owner.request("POST", "/v1/execution-jobs", body), 422)
    key = owner.ok("POST", "/v1/auth/api-keys", {"name": "k", "role": "operator"})["key"]
    operator = httpx.Client(
        verify=False, base_url=owner.server.url, headers={"authorization": f"Bearer {key}"}
    )
    denied = operator.post("/v1/execution-jobs", json={"action": "delete", "filter": {}})
    assert problem(denied, 403)["detail"].endswith("executions:delete.")


def test_other_workspaces_find_nothing(
    owner: Client, server: Server, orders: dict[str, Any]
) -> None:
    execution = order(owner, orders, customer="Secretive")
    recorded(owner, execution["id"], "succeeded")
    assert found(owner, q="secretive") == [execution["id"]]
    stranger = Client(server, "stranger@executions.example").register()
    for query in ({}, {"q": "secretive"}, {"workflow_id": orders["id"]}, {"tag": "shop"}, {"status": "succeeded"}):  # fmt: skip
        assert found(stranger, **query) == []
    job = stranger.ok("POST", "/v1/execution-jobs", {"action": "delete", "filter": {"q": "secretive"}})  # fmt: skip
    assert finished(stranger, job)["done"] == 0
    assert found(owner, q="secretive") == [execution["id"]]
    problem(owner.request("GET", f"/v1/execution-jobs/{job['id']}"), 404)


def test_grants_on_one_workflow_show_and_change_its_executions_only(
    owner: Client, orders: dict[str, Any]
) -> None:
    other = owner.publish({"name": "Unseen", "triggers": HOOK, "steps": [{"id": "a", "set": 1}]})
    hidden = owner.ended(owner.call_webhook(other, {}).json()["execution_id"])["id"]
    recorded(owner, hidden, "succeeded")
    account = owner.ok("POST", "/v1/service-accounts", {"name": "part", "role": "guest"})
    grant = {"service_account_id": account["id"], "role": "editor", "scope_kind": "workflow", "scope_id": orders["id"]}  # fmt: skip
    owner.ok("POST", "/v1/grants", grant)
    key = owner.ok("POST", "/v1/auth/api-keys", {"name": "p", "role": "editor", "service_account_id": account["id"]})["key"]  # fmt: skip
    part = Client(owner.server)
    part.http.headers["Authorization"] = f"Bearer {key}"
    ids = found(part)
    assert ids
    assert hidden not in ids
    job = part.ok("POST", "/v1/execution-jobs", {"action": "delete", "filter": {}, "limit": 500})
    assert finished(part, job)["done"] == len(ids)
    assert hidden in found(owner)


def test_retention_is_the_workspaces_or_the_workflows(owner: Client) -> None:
    assert owner.ok("GET", "/v1/retention") == {"days": None}
    assert owner.ok("PUT", "/v1/retention", {"days": 10}) == {"days": 10}
    assert owner.ok("GET", "/v1/retention") == {"days": 10}
    for body in ({}, {"days": 0}, {"days": "x"}, {"days": 4000}, {"days": 1, "weeks": 1}):
        problem(owner.request("PUT", "/v1/retention", body), 422)
    owner.ok("PUT", "/v1/retention", {"days": None})
