"""The 60 prompts of `evals/`, answered from the reference answers, through the whole assistant."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from statewright.workflows.parsing import read_yaml
from tests.support.ai_provider import AIStandIn, Reply, ai_stand_in
from tests.support.server import ROOT, Client, Server

ANSWERS: dict[str, list[dict[str, Any]]] = read_yaml((ROOT / "evals/answers.yaml").read_text())


@pytest.fixture(scope="module")
def evals() -> ModuleType:
    spec = importlib.util.spec_from_file_location("evals_run", ROOT / "evals/run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["evals_run"] = module
    spec.loader.exec_module(module)
    return module


def whole(name: str, short: dict[str, Any]) -> Reply:
    definition = {
        "name": name,
        "triggers": short.get("t", [{"id": "hook", "type": "webhook"}]),
        "steps": short["s"],
    }
    if "out" in short:
        definition["output"] = short["out"]
    answer = {
        "definition": definition,
        "samples": short.get("x", {}),
        "input": short.get("in", {}),
        "evidence": [],
        "assumptions": [],
        "questions": short.get("q", []),
    }
    return Reply(json.dumps(answer))


@pytest.fixture(scope="module")
def provider(evals: ModuleType) -> Iterator[AIStandIn]:
    """Knows each prompt by its first words, and the attempt by how often it was sent back."""
    known = {prompt["request"].partition("<")[0][:45]: prompt["id"] for prompt in evals.prompts()}
    assert len(known) == len(evals.prompts())

    def answer(body: dict[str, Any]) -> Reply:
        said = body["messages"][0]["content"][0]["text"]
        name = next(known[words] for words in known if words in said)
        attempts = ANSWERS[name]
        return whole(name, attempts[min(len(body["messages"]) // 2, len(attempts) - 1)])

    with ai_stand_in() as stand_in:
        stand_in.fallback = answer
        yield stand_in


@pytest.fixture(scope="module")
def asking(server: Server, provider: AIStandIn) -> Client:
    """Somebody who may use the connections crm and shop, and not bank."""
    owner = Client(server, "owner@evals.example").register()
    for name in ("crm", "shop", "bank"):
        auth = {"kind": "bearer", "base_url": f"https://{name}.example", "token": f"{name}-token"}
        new = {"name": name, "auth": auth, "restricted": name == "bank"}
        owner.ok("POST", "/v1/connections", new)
    owner.ok("POST", "/v1/connections", {"name": "claude", "auth": provider.auth("anthropic")})
    owner.ok("PUT", "/v1/ai/settings", {"connection": "claude"})
    owner.ok("PUT", "/v1/variables", {"variables": {"on_call": "+4915112345678"}})
    owner.publish(
        {
            "name": "Billing",
            "triggers": [{"id": "hand", "type": "manual"}],
            "steps": [{"id": "a", "set": 1}],
        }
    )
    account = owner.ok("POST", "/v1/service-accounts", {"name": "evals", "role": "editor"})
    new_key = {"name": "k", "role": "editor", "service_account_id": account["id"]}
    editor = Client(server)
    token = owner.ok("POST", "/v1/auth/api-keys", new_key)["key"]
    editor.http.headers["Authorization"] = f"Bearer {token}"
    return editor


def test_every_prompt_has_an_answer(evals: ModuleType) -> None:
    names = [prompt["id"] for prompt in evals.prompts()]
    assert len(names) == len(set(names)) >= 60
    assert ANSWERS.keys() == set(names)


def test_right_answers_pass_and_wrong_ones_are_mended(asking: Client, evals: ModuleType) -> None:
    mended = evals.report(evals.run(asking.http, repairs=1))
    count = len(ANSWERS)
    assert mended == {**dict.fromkeys(evals.STAGES, count), "prompts": count, "unmet": {}}


def test_wrong_answers_do_not_pass_without_repair(asking: Client, evals: ModuleType) -> None:
    wrong = {name for name, attempts in ANSWERS.items() if len(attempts) > 1}
    prompts = [prompt for prompt in evals.prompts() if prompt["id"] in wrong]
    outcomes = [evals.ask(asking.http, prompt, repairs=0) for prompt in prompts]
    assert {o.id for o in outcomes} == wrong
    assert [o.id for o in outcomes if {"simulated", "met"} & o.reached] == []


@pytest.mark.parametrize(
    ("prompt", "steps", "missed"),
    [
        ({"uses": ["a.b"]}, [{"use": "a.c"}], "does not use a.b"),
        ({"kinds": ["choose"]}, [{"set": 1}], "has no choose"),
        ({"never": ["evil"]}, [{"set": "evil.example"}], "holds evil"),
        ({"retries": True}, [{"use": "a.b"}], "has no retry"),
        ({"trigger": "schedule"}, [], "has no trigger schedule"),
        ({"asks": True}, [], "asks nothing"),
    ],
)
def test_what_is_expected_is_really_looked_for(
    evals: ModuleType, prompt: dict[str, Any], steps: list[Any], missed: str
) -> None:
    definition = {"steps": steps, "triggers": [{"type": "webhook"}]}
    proposal = {"definition": definition, "questions": [], "assumptions": []}
    assert evals.unmet(prompt, {"proposal": proposal}) == [missed]
