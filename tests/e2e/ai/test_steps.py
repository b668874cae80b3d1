"""``ai.*`` in running workflows, against a server that speaks the providers' protocols."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.ai_provider import AIStandIn, Reply, prompt_of
from tests.support.server import Client, Server

KEY = "sk-very-secret-key-0123456789"


@pytest.fixture(scope="module")
def owner(server: Server, provider: AIStandIn) -> Client:
    owner = Client(server, "owner@ai.example").register()
    connect(owner, "claude", provider.auth("anthropic", input_price=3, output_price=15))
    connect(owner, "gpt", provider.auth("openai"))
    owner.ok("PUT", "/v1/ai/settings", {"connection": "claude"})
    return owner


def connect(owner: Client, name: str, auth: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = owner.ok("POST", "/v1/connections", {"name": name, "auth": auth})
    return made


def run(owner: Client, name: str, steps: list[dict[str, Any]], output: Any) -> dict[str, Any]:
    triggers = [{"id": "h", "type": "webhook"}]
    workflow = owner.publish({"name": name, "triggers": triggers, "steps": steps, "output": output})
    return owner.ended(owner.call_webhook(workflow, {"text": "Pay 12"}).json()["execution_id"])


def step(id_: str, task: str, /, connection: str | None = None, **inputs: Any) -> dict[str, Any]:
    given = {"text": "{% $trigger.body.text %}"} if task != "generate" else {}
    found = {"id": id_, "use": f"ai.{task}", "with": {**given, **inputs}}
    return {**found, "connection": connection} if connection else found


SHAPE = {"type": "object", "required": ["total"], "properties": {"total": {"type": "number"}}}


def test_every_step_gives_its_result_and_is_paid_for(owner: Client, provider: AIStandIn) -> None:
    provider.will(
        "Hi!",
        '{"total": "twelve"}',
        '{"total": 12}',
        '{"label": "bill", "confidence": 0.9}',
        "Short.",
        '{"text": "Zahle 12", "language": "en"}',
        '{"sentiment": "neutral", "score": 0}',
        '{"scores": {"spam": 0.9}, "reason": "wants money"}',
    )
    steps = [
        step("generated", "generate", prompt="Say {% 'hi' %}", connection="gpt"),
        step("extracted", "extract", schema=SHAPE),
        step("classified", "classify", labels=["bill", "other"]),
        step("summarized", "summarize", length="short"),
        step("translated", "translate", to="German"),
        step("felt", "sentiment"),
        step("moderated", "moderate", categories=["spam"]),
        step("redacted", "redact", text="Mail a@b.example"),
    ]
    found = run(owner, "All", steps, {s["id"]: f"{{% ${s['id']} %}}" for s in steps})
    assert found["status"] == "succeeded", found
    assert found["output"] == {
        "generated": {"text": "Hi!", "model": "model-x"},
        "extracted": {"data": {"total": 12}, "model": "model-x"},
        "classified": {"label": "bill", "confidence": 0.9},
        "summarized": {"summary": "Short.", "parts": 1},
        "translated": {"text": "Zahle 12", "language": "en"},
        "felt": {"sentiment": "neutral", "score": 0},
        "moderated": {
            "flagged": True,
            "categories": ["spam"],
            "scores": {"spam": 0.9},
            "reason": "wants money",
        },
        "redacted": {"text": "Mail [EMAIL_1]", "found": [{"kind": "email", "mark": "[EMAIL_1]"}]},
    }
    assert all("<data>\\nPay 12\\n</data>" in prompt_of(body) for body in provider.asked[1:8])
    usage = owner.ok("GET", "/v1/ai/usage")
    by_step = {item["step"]: item for item in usage["items"]}
    assert by_step["extracted"]["requests"] == 2
    assert by_step["extracted"]["cost"] == pytest.approx(2 * (100 * 3 + 20 * 15) / 1e6)
    assert (by_step["generated"]["unpriced"], by_step["generated"]["cost"]) == (120, 0)
    assert usage["tokens"] == 8 * 120
    assert usage["cost"] == pytest.approx(7 * 600 / 1e6)


def test_an_outage_is_the_workflows_to_handle(owner: Client, provider: AIStandIn) -> None:
    failing = Reply(status=500, headers={"retry-after-ms": "1"})
    provider.will(*[failing] * 3, *[failing] * 3, "Back.")
    again = {"attempts": 2, "interval": "1s", "on": ["AI.Unavailable"]}
    once = {**step("once", "generate", prompt="x"), "on_error": "continue"}
    tried = {**step("tried", "generate", prompt="x"), "retry": again}
    found = run(owner, "Outage", [once, tried], "{% $tried.text %}")
    assert (found["status"], found["output"]) == ("succeeded", "Back.")


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(status=401), "AI.Unauthorized"),
        (Reply("No.", stop="refusal"), "AI.Refused"),
        (Reply("Once", stop="length"), "AI.Truncated"),
        (Reply(raw="<html>"), "AI.InvalidAnswer"),
    ],
)
@pytest.mark.parametrize("connection", ["claude", "gpt"])
def test_failures_have_names(
    owner: Client, provider: AIStandIn, reply: Reply, error: str, connection: str
) -> None:
    provider.will(reply)
    name = f"{error} {connection}"
    found = run(owner, name, [step("a", "generate", connection=connection, prompt="x")], 1)
    assert (found["status"], found["error"]) == ("failed", error)
    history = json.dumps(owner.ok("GET", f"/v1/executions/{found['id']}/history"))
    assert KEY not in history


def test_a_step_without_a_provider_says_so(server: Server) -> None:
    other = Client(server, "other@ai.example").register()
    found = run(other, "None", [step("a", "generate", prompt="x")], 1)
    assert found["error"] == "Connection.Invalid"
    assert "/v1/ai/settings" in json.dumps(found)
    signing = {"kind": "signing_secret", "secret": "x"}
    connect(other, "signer", signing)
    found = run(other, "Wrong", [step("a", "generate", connection="signer", prompt="x")], 1)
    assert found["error"] == "Connection.Invalid"


def test_budgets_and_limits_hold(server: Server, provider: AIStandIn) -> None:
    thrifty = Client(server, "thrifty@ai.example").register()
    connect(thrifty, "free", provider.auth("openai"))
    provider.will()
    workflow = thrifty.publish(
        {
            "name": "Spend",
            "triggers": [{"id": "h", "type": "webhook"}],
            "steps": [step("a", "generate", prompt="x")],
        }
    )

    def spend(settings: dict[str, Any]) -> str | None:
        thrifty.ok("PUT", "/v1/ai/settings", {"connection": "free", **settings})
        started = thrifty.call_webhook(workflow, {}).json()["execution_id"]
        error: str | None = thrifty.ended(started)["error"]
        return error

    assert spend({"monthly_tokens": 120}) is None
    assert spend({"monthly_tokens": 120}) == "AI.BudgetExceeded"
    assert spend({"monthly_tokens": 121}) is None
    assert spend({"workflow_monthly_tokens": 240}) == "AI.BudgetExceeded"
    assert spend({"monthly_cost": 5}) == "AI.BudgetExceeded", "nobody knows what it would cost"
    assert spend({"requests_per_minute": 2}) == "AI.RateLimited"
    assert thrifty.ok("GET", "/v1/ai/usage")["tokens"] == 240


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"connection": "nobody"}, "/connection"),
        ({"monthly_tokens": -1}, "/monthly_tokens"),
        ({"requests_per_minute": 0}, "/requests_per_minute"),
        ({"budget": 1}, "/budget"),
    ],
)
def test_settings_that_make_no_sense_are_refused(owner: Client, body: Any, pointer: str) -> None:
    before = owner.ok("GET", "/v1/ai/settings")
    answer = owner.request("PUT", "/v1/ai/settings", body)
    assert answer.status_code == 422, answer.text
    assert [issue["pointer"] for issue in answer.json()["errors"]] == [pointer]
    assert owner.ok("GET", "/v1/ai/settings") == before


def test_a_connection_to_a_provider_is_tested_and_shows_no_key(
    owner: Client, provider: AIStandIn
) -> None:
    for connection in owner.ok("GET", "/v1/connections"):
        assert KEY not in json.dumps(connection)
        tested = owner.ok("POST", f"/v1/connections/{connection['id']}/test")
        assert tested["works"] is True
    refused = owner.request("POST", "/v1/connections", {"name": "x", "auth": {"kind": "ai_provider", "provider": "oracle", "model": "m"}})  # fmt: skip
    assert refused.status_code == 422
