"""The real SDKs against a server that speaks both wire protocols, in good days and bad."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from statewright.ai import errors
from statewright.ai.chat import Completion, Message, Prompt, Tool, ToolCall, Usage
from statewright.ai.providers import Model, model_of
from statewright.integrations.connection_kinds import AIProvider, parted
from statewright.integrations.credentials import Credentials
from statewright.integrations.errors import ConnectionInvalidError
from statewright.settings import Settings
from tests.support.ai_provider import AIStandIn, Reply, ai_stand_in

HELLO = Prompt("Be kind.", (Message("user", "Hello"),), max_tokens=50)
SHAPE = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}
PROVIDERS = ("openai", "anthropic")


@pytest.fixture(scope="module")
def server() -> Iterator[AIStandIn]:
    with ai_stand_in() as stand_in:
        yield stand_in


@pytest.fixture(autouse=True)
def _allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    allowing = Settings(outbound_allow="127.0.0.1")
    monkeypatch.setattr("statewright.integrations.reach.settings", lambda: allowing)


@pytest.fixture(params=PROVIDERS)
def model(request: Any, server: AIStandIn) -> Model:
    server.asked.clear()
    server.headers.clear()
    return connected(server.auth(request.param))


def connected(auth: dict[str, Any]) -> Model:
    shown, secret = parted(AIProvider.model_validate(auth))
    return model_of(
        Credentials("id", "workspace", "ai", "ai_provider", shown, 1, "works", secret, {})
    )


def test_a_text_comes_whole_and_in_pieces(model: Model, server: AIStandIn) -> None:
    pieces: list[str] = []
    server.will("Hello to you, too.", "Hello to you, too.")
    whole, streamed = model.complete(HELLO), model.complete(HELLO, pieces.append)
    assert whole == streamed
    assert whole == Completion("Hello to you, too.", "end", Usage(100, 20), "model-x")
    assert "".join(pieces) == whole.text
    assert len(pieces) > 1
    assert "Be kind." in json.dumps(server.asked[0])
    sent = server.headers[0]
    assert "sk-very-secret" in (sent.get("authorization", "") + sent.get("x-api-key", ""))


def test_a_shape_is_asked_for_and_its_json_comes_back(model: Model, server: AIStandIn) -> None:
    server.will('{"a": 1}', '{"a": 2}')
    prompt = Prompt("", HELLO.messages, SHAPE)
    assert json.loads(model.complete(prompt).text) == {"a": 1}
    assert json.loads(model.complete(prompt, lambda _: None).text) == {"a": 2}
    assert '"a"' in json.dumps(server.asked[0].get("response_format", server.asked[0].get("tools")))


def test_tools_are_asked_for_and_their_results_go_back(model: Model, server: AIStandIn) -> None:
    server.will(Reply("", (("find", {"q": "x"}), ("find", {"q": "y"}))), "Found.")
    tool = Tool("find", "Finds.", {"type": "object", "properties": {"q": {"type": "string"}}})
    first = model.complete(Prompt("", HELLO.messages, tools=(tool,)))
    assert first.stop == "tools"
    assert [call.arguments for call in first.tool_calls] == [{"q": "x"}, {"q": "y"}]
    turns = (
        *HELLO.messages,
        Message("assistant", "", first.tool_calls),
        *(Message("tool", f"result {c.arguments['q']}", answers=c.id) for c in first.tool_calls),
    )
    assert model.complete(Prompt("", turns, tools=(tool,))).text == "Found."
    sent = json.dumps(server.asked[1]["messages"])
    assert "result x" in sent
    assert "result y" in sent


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(status=401), "AI.Unauthorized"),
        (Reply(status=400), "AI.InvalidRequest"),
        (Reply(status=404), "AI.InvalidRequest"),
        (Reply(raw="{not json"), "AI.InvalidAnswer"),
        (Reply(raw="[]"), "AI.InvalidAnswer"),
        (Reply(raw="{}"), "AI.InvalidAnswer"),
    ],
)
def test_failures_have_names_and_hold_no_key(
    model: Model, server: AIStandIn, reply: Reply, error: str
) -> None:
    server.will(reply)
    with pytest.raises(errors.AIError) as raised:
        model.complete(HELLO)
    assert type(raised.value).__name__ == error
    assert "sk-very-secret" not in str(raised.value)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("status", "error"), [(429, "AI.RateLimited"), (500, "AI.Unavailable"), (529, "AI.Unavailable")]
)
def test_what_may_pass_is_tried_again_and_then_named(
    model: Model, server: AIStandIn, status: int, error: str
) -> None:
    soon = Reply(status=status, headers={"retry-after-ms": "1", "retry-after": "0"})
    server.will(soon, soon, "At last.")
    assert model.complete(HELLO).text == "At last."
    server.will(soon, soon, soon)
    with pytest.raises(errors.AIError) as raised:
        model.complete(HELLO)
    assert type(raised.value).__name__ == error
    assert len(server.asked) == 6


def test_length_and_refusal_are_told(model: Model, server: AIStandIn) -> None:
    server.will(Reply("Once upon", stop="length"), Reply("I can't help.", stop="refusal"))
    assert model.complete(HELLO).stop == "length"
    assert model.complete(HELLO).stop == "refusal"


def test_a_stream_that_breaks_is_a_failure(model: Model, server: AIStandIn) -> None:
    server.will(*[Reply("A long text that never ends", broken=True)] * 3)
    with pytest.raises(errors.AIError) as raised:
        model.complete(HELLO, lambda _: None)
    assert type(raised.value).__name__ in {"AI.Unavailable", "AI.InvalidAnswer"}


def test_a_time_limit_ends_the_call(model: Model, server: AIStandIn) -> None:
    server.will(*[Reply(status=503, headers={"retry-after": "1"})] * 3)
    with pytest.raises(errors.AIError):
        model.complete(HELLO, seconds=0.2)
    assert len(server.asked) <= 2


def test_addresses_inside_are_refused(monkeypatch: pytest.MonkeyPatch, server: AIStandIn) -> None:
    monkeypatch.setattr("statewright.integrations.reach.settings", Settings)
    for provider in PROVIDERS:
        with pytest.raises(ConnectionInvalidError, match="not a public address"):
            connected(server.auth(provider)).complete(HELLO)


def test_a_tools_call_survives_the_round_trip_of_history(server: AIStandIn) -> None:
    call = ToolCall("id1", "find", {"q": [1, {"b": None}]})
    server.asked.clear()
    server.will("ok", "ok")
    for provider in PROVIDERS:
        connected(server.auth(provider)).complete(
            Prompt("", (*HELLO.messages, Message("assistant", "Let me look", (call,)),
                        Message("tool", "none", answers="id1")))
        )  # fmt: skip
    openai, anthropic = (body["messages"] for body in server.asked)
    assert json.loads(openai[1]["tool_calls"][0]["function"]["arguments"]) == call.arguments
    assert anthropic[1]["content"][1]["input"] == call.arguments
