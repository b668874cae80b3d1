"""``ai.agent`` in running workflows: its tools, people's approval, its limits, and its mistakes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.ai_provider import AIStandIn, Reply, prompt_of
from tests.support.server import Client, Server, until

ROLE = {"assignees": ["role:owner"], "allow_self": True}
REFUND = {"type": "object", "required": ["order"], "properties": {"order": {"type": "integer"}}}


@pytest.fixture(scope="module")
def owner(server: Server, provider: AIStandIn) -> Client:
    owner = Client(server, "owner@agents.example").register()
    for name, kind in (("claude", "anthropic"), ("gpt", "openai")):
        auth = provider.auth(kind, input_price=3, output_price=15)
        owner.ok("POST", "/v1/connections", {"name": name, "auth": auth})
    owner.ok("PUT", "/v1/variables", {"variables": {"shop": provider.url}})
    owner.publish(
        {
            "name": "Refund",
            "input": REFUND,
            "steps": [{"id": "done", "set": "refunded {% $trigger.body.order %}"}],
            "output": "{% $done %}",
        }
    )
    return owner


def agent(connection: str = "claude", **more: Any) -> dict[str, Any]:
    inputs = {
        "prompt": "Answer {% $trigger.body.text %}",
        "tools": {
            "orders": {
                "use": "http.request",
                "description": "Finds orders.",
                "with": {"url": "{% $vars.shop %}/orders"},
                "from_model": ["query"],
            },
            "refund": {"use": "workflow.run", "with": {"workflow": "Refund"}, "approval": ROLE},
            "calculate": {"use": "code.javascript", "with": {"code": "return input.a + input.b"}},
        },
        **more,
    }
    return {"id": "clerk", "use": "ai.agent", "connection": connection, "with": inputs}


def begun(owner: Client, name: str, step: dict[str, Any], text: str = "me") -> str:
    triggers = [{"id": "h", "type": "webhook"}]
    source = {"name": name, "triggers": triggers, "steps": [step], "output": "{% $clerk %}"}
    started = owner.call_webhook(owner.publish(source), {"text": text})
    assert started.status_code == 202, started.text
    return str(started.json()["execution_id"])


def entered(owner: Client, execution_id: str) -> list[str]:
    """The names of the states that an execution has come to."""
    events = owner.ok("GET", f"/v1/executions/{execution_id}/history?limit=1000")["items"]
    return [e["details"]["name"] for e in events if e["type"].endswith("StateEntered")]


def decide(owner: Client, title: str, decision: str, comment: str = "") -> dict[str, Any]:
    def waiting() -> Any:
        items = owner.ok("GET", "/v1/tasks?status=open")["items"]
        return next((task for task in items if task["title"] == title), None)

    listed: dict[str, Any] = until(waiting, title)
    task: dict[str, Any] = owner.ok("GET", f"/v1/tasks/{listed['id']}")
    owner.ok("POST", f"/v1/tasks/{task['id']}/decision", {"decision": decision, "comment": comment})
    return task


@pytest.mark.parametrize("connection", ["claude", "gpt"])
def test_tools_are_called_and_approved_and_their_results_go_back(
    owner: Client, provider: AIStandIn, connection: str
) -> None:
    provider.asked.clear()
    orders: tuple[str, dict[str, Any]] = ("orders", {"query": {"open": "yes"}})
    provider.will(
        Reply("Let me see.", calls=(orders, ("calculate", {"input": {"a": 2, "b": 3}}))),
        Reply(calls=(("refund", {"input": {"order": 7}}),)),
        Reply(calls=(("refund", {"input": {"order": 8}}),)),
        "Refunded 7, not 8.",
    )
    title = f"{connection}: may it?"
    step = agent(connection)
    step["with"]["tools"]["refund"]["approval"] = {**ROLE, "title": title}
    execution = begun(owner, f"Clerk {connection}", step)
    asked = decide(owner, title, "approved")
    assert '"order": 7' in asked["body"]
    until(lambda: len(provider.asked) == 3, "the third question")
    decide(owner, title, "rejected", "not that one")
    found = owner.ended(execution)
    assert found["status"] == "succeeded", found
    assert found["output"] == {
        "text": "Refunded 7, not 8.",
        "model": "model-x",
        "steps": 4,
        "calls": 4,
        "tokens": 480,
        "cost": pytest.approx(4 * (100 * 3 + 20 * 15) / 1e6),
    }
    states = entered(owner, execution)
    assert states.count("clerk: ask") == 4
    for name in ("orders", "calculate", "approve refund", "refund", "refund declined"):
        assert f"clerk: {name}" in states
    last = prompt_of(provider.asked[3])
    assert all(words in last for words in ("refunded 7", "not that one", "Tool.Declined"))
    assert "<data>" in last
    (whole, *parts) = owner.ok("GET", f"/v1/executions/{execution}/steps")["items"]
    assert (whole["step"], whole["status"], whole["part"]) == ("clerk", "succeeded", None)
    assert sorted(p["part"] for p in parts) == sorted(
        ["ask", "orders", "calculate", "ask", "approve refund", "refund", "ask", "approve refund", "ask"]
    )  # fmt: skip
    assert {(p["parent"], p["status"]) for p in parts} == {(whole["id"], "succeeded")}
    (called,) = [p for p in parts if p["part"] == "calculate"]
    assert called["arguments"]["Payload"]["with"]["input"] == {"a": 2, "b": 3}


def test_what_cannot_be_called_is_told_to_the_model_and_nothing_is_done(
    owner: Client, provider: AIStandIn
) -> None:
    provider.asked.clear()
    wrong = ("orders", {"query": {}, "url": "http://evil.example"})
    provider.will(
        Reply(calls=(("shell", {"command": "rm"}), wrong)),
        Reply(calls=(("calculate", {"input": {}, "code": "return 1"}),)),
        Reply(calls=(("give_answer", {"total": "many"}),)),
        Reply(calls=(("give_answer", {"total": 5}),)),
    )
    shape = {"type": "object", "required": ["total"], "properties": {"total": {"type": "integer"}}}
    execution = begun(owner, "Mistaken", agent(schema=shape))
    found = owner.ended(execution)
    assert found["output"]["data"] == {"total": 5}, found
    states = entered(owner, execution)
    assert states.count("clerk: refused") == 4
    assert not {"clerk: orders", "clerk: calculate", "clerk: refund"} & set(states)
    told = prompt_of(provider.asked[3])
    assert "there is no tool 'shell'" in told
    assert "'url' was unexpected" in told


def test_a_tools_failure_is_told_to_the_model(owner: Client, provider: AIStandIn) -> None:
    provider.asked.clear()
    step = agent()
    step["with"]["tools"]["orders"]["with"]["url"] = "http://127.0.0.1:9/"
    provider.will(Reply(calls=(("orders", {}),)), "The shop is closed.")
    found = owner.ended(begun(owner, "Failing tool", step))
    assert found["output"]["text"] == "The shop is closed."
    assert "Http.Unreachable" in prompt_of(provider.asked[1])
    (shown,) = owner.ok("GET", f"/v1/executions/{found['id']}")["steps"]
    assert (shown["id"], shown["status"]) == ("clerk", "succeeded")


@pytest.mark.parametrize(
    ("limits", "questions"), [({"steps": 2}, 2), ({"calls": 1}, 2), ({"tokens": 120}, 1), ({"cost": 0.0006}, 1)]
)  # fmt: skip
def test_limits_end_an_agent_that_does_not(
    owner: Client, provider: AIStandIn, limits: dict[str, Any], questions: int
) -> None:
    provider.will()
    provider.asked.clear()
    provider.fallback = lambda body: Reply(calls=(("calculate", {"input": {"a": 1, "b": 1}}),))
    try:
        found = owner.ended(begun(owner, f"Endless {limits}", agent(limits=limits)))
    finally:
        provider.fallback = lambda body: Reply("OK")
    assert (found["status"], found["error"]) == ("failed", "AI.LimitReached")
    assert "not done after" in found["cause"]
    assert len(provider.asked) == questions


def test_an_outage_is_tried_again_where_it_was_and_else_the_workflows_to_handle(
    owner: Client, provider: AIStandIn
) -> None:
    provider.asked.clear()
    failing = [Reply(status=500, headers={"retry-after-ms": "1"})] * 3
    call = Reply(calls=(("calculate", {"input": {"a": 1, "b": 1}}),))
    provider.will(call, *failing, "Two.")
    again = {"attempts": 1, "interval": "1s", "on": ["AI.Unavailable"]}
    execution = begun(owner, "Outage", {**agent(), "retry": again})
    assert owner.ended(execution)["output"]["text"] == "Two."
    assert entered(owner, execution).count("clerk: calculate") == 1, "no tool is called twice"
    provider.will(*failing)
    caught = {"steps": [{"id": "why", "set": "{% $error.name %}"}]}
    source = {**agent(), "on_error": caught}
    publishing = {"name": "Caught", "triggers": [{"id": "h", "type": "webhook"}], "steps": [source], "output": "{% $why %}"}  # fmt: skip
    started = owner.call_webhook(owner.publish(publishing), {"text": "x"}).json()
    assert owner.ended(started["execution_id"])["output"] == "AI.Unavailable"


def test_an_agent_cannot_name_what_its_author_may_not_use(owner: Client) -> None:
    step = agent()
    step["with"]["tools"]["orders"]["connection"] = "claud"
    created = owner.ok("POST", "/v1/workflows", {"definition": {"name": "Other", "steps": [step]}})
    answer = owner.request("POST", f"/v1/workflows/{created['id']}/versions")
    assert answer.status_code == 422
    issue = answer.json()["errors"][0]
    assert issue["pointer"] == "/steps/0/with/tools/orders/connection"
    assert issue["suggestion"] == "did you mean `claude`?"


def test_the_catalogue_has_a_form_for_it(owner: Client) -> None:
    found = owner.ok("GET", "/v1/actions")
    entry = next(action for action in found if action["name"] == "ai.agent")
    assert {"prompt", "tools", "limits"} <= entry["inputs"]["properties"].keys()
    assert json.dumps(entry["inputs"]).count("from_model") == 1
