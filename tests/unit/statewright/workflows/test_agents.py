"""``ai.agent``: what is said before publishing, what models are told of the tools, and how it runs
wherever a step can stand."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.workflows.actions.catalog import CATALOG
from statewright.workflows.checks import Surroundings, check
from statewright.workflows.checks.tool_arguments import arguments_schema
from statewright.workflows.compiler import compile_definition
from statewright.workflows.definition import AgentTool
from statewright.workflows.parsing import parse_definition
from tests.support.definitions import Script, errors_of, execute, findings_of, outcome, workflow

GET = {"use": "http.request", "with": {"url": "http://x"}, "from_model": ["query"]}
UNDO = {"use": "http.request", "with": {"url": "http://x"}}
ROLE = {"assignees": ["role:approver"]}
TWENTY_TOOLS = {f"t{n}": {"use": "notify.send", "description": "x" * 2_000} for n in range(20)}


def agent(**inputs: Any) -> dict[str, Any]:
    given = {"prompt": "Do it", "tools": {"get": GET}, **inputs}
    return {"id": "a", "use": "ai.agent", "with": given}


def with_tool(**tool: Any) -> list[dict[str, Any]]:
    return [agent(tools={"get": {**GET, **tool}})]


@pytest.mark.parametrize(
    ("steps", "pointer", "words"),
    [
        ([agent(tools={})], "/tools", "has less than 1 property"),
        ([agent(tools="{% $trigger.body %}")], "/tools", "they cannot be an expression"),
        ([agent(tools=[GET])], "/tools", "is not of type"),
        ([agent(tools={"Get it": GET})], "/tools/Get it", "a tool's name has the form"),
        ([agent(tools={"give_answer": GET})], "/tools/give_answer", "is not 'give_answer'"),
        (with_tool(use="http.reqest"), "/tools/get/use", "did you mean `http.request`?"),
        (with_tool(usee="x"), "/tools/get/usee", "did you mean `use`?"),
        (with_tool(use="ai.agent"), "/tools/get/use", "cannot be a tool of an agent"),
        (with_tool(use="aws.sqs.sendMessage"), "/tools/get/use", "is a call of AWS"),
        (with_tool(use="data.sort"), "/tools/get/use", "put it into a workflow of its own"),
        (with_tool(from_model=["querry"]), "/tools/get/from_model/0", "did you mean `query`?"),
        (with_tool(from_model=["url"]), "/tools/get/from_model/0", "the model cannot choose it"),
        (with_tool(**{"with": {"metod": 1, "url": "x"}}), "/tools/get/with/metod", "`method`"),
        (with_tool(**{"with": {"method": "GTE", "url": "x"}}), "/tools/get/with/method", "GTE"),
        (with_tool(**{"with": {}}), "/tools/get/with/url", "let the model give it in `from_model`"),
        (with_tool(**{"with": {"url": "{% $nobody %}"}}), "/tools/get/with/url", "$nobody"),
        (with_tool(use="workflow.run", **{"with": {}}, from_model=None), "/tools/get/with/workflow", "is required"),
        (with_tool(approval={}), "/tools/get/approval/assignees", "is required"),
        (with_tool(approval={**ROLE, "exires": "1d"}), "/tools/get/approval/exires", "`expires`"),
        (with_tool(approval={**ROLE, "expires": "soon"}), "/tools/get/approval/expires", "duration"),
        (with_tool(retry={"attempts": 0}), "/tools/get/retry/attempts", "greater than or equal"),
        ([agent(limits={"steps": 51})], "/limits/steps", "51 is greater than the maximum"),
        ([agent(limits={"step": 5})], "/limits", "unexpected"),
        ([agent(limits={"steps": "{% 5 %}"})], "/limits", "it cannot be an expression"),
        ([agent(schema={"type": "thing"})], "/schema", "is not a JSON Schema"),
        ([agent(tools=TWENTY_TOOLS)], "/tools", "there is room for 40,000"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_said_with_its_place(steps: Any, pointer: str, words: str) -> None:
    found = errors_of(workflow(*steps))
    assert words in found[f"/steps/0/with{pointer}"], found


def test_a_model_that_may_write_to_anybody_is_warned_of_unless_people_decide() -> None:
    def warnings(**tool: Any) -> list[str]:
        found = findings_of(workflow(*with_tool(**tool)))
        return [f.pointer for f in found if f.severity == "warning"]

    free = {"with": {}, "from_model": ["url"]}
    assert warnings(**free) == ["/steps/0/with/tools/get"]
    assert warnings(**free, approval=ROLE) == []
    assert warnings() == []


def test_an_agent_is_a_step_and_nothing_else() -> None:
    undo = {"use": "ai.agent", "with": agent()["with"]}
    found = errors_of(workflow({"id": "s", "set": 1, "undo": undo}))
    assert "it can be a step" in found["/steps/0/undo/use"]
    poll = {"id": "p", "type": "poll", "rate": "5m", "use": "ai.agent", "with": agent()["with"], "items": "{% $result %}", "key": "{% $item %}"}  # fmt: skip
    assert "/triggers/0/use" in errors_of(workflow({"id": "s", "set": 1}, triggers=[poll]))


@pytest.mark.parametrize("tool", [{"approval": ROLE}, {"use": "workflow.run", "with": {"workflow": "w"}, "from_model": None}])  # fmt: skip
def test_express_cannot_wait_for_what_a_tool_waits_for(tool: Any) -> None:
    found = errors_of(workflow(*with_tool(**tool), settings={"mode": "express"}))
    assert "cannot wait for" in found["/steps/0/use"]
    assert errors_of(workflow(*with_tool(), settings={"mode": "express"})) == {}


def test_tools_name_only_what_the_workspace_has() -> None:
    source = workflow(*with_tool(connection="crmm"))
    around = Surroundings(connections=frozenset({"crm"}), workflows={})
    found = [f for f in check(parse_definition(source), around) if f.severity == "error"]
    assert [(f.pointer, f.suggestion) for f in found] == [
        ("/steps/0/with/tools/get/connection", "did you mean `crm`?")
    ]


def test_models_may_give_only_what_the_author_leaves_open() -> None:
    whole = arguments_schema(AgentTool(use="http.request"), CATALOG["http.request"], {})
    assert whole["required"] == ["url"]
    assert whole["additionalProperties"] is False
    tool = AgentTool.model_validate(GET)
    assert list(arguments_schema(tool, CATALOG["http.request"], {})["properties"]) == ["query"]
    child = AgentTool.model_validate({"use": "workflow.run", "with": {"workflow": "Refund"}})
    order = {"type": "object", "required": ["order"]}
    schema = arguments_schema(child, CATALOG["workflow.run"], {"Refund": order})
    assert schema["properties"] == {"input": order}
    mail = arguments_schema(AgentTool(use="email.send"), CATALOG["email.send"], {})
    assert "wait" not in mail["properties"], "what publishing needs is nobody's to choose later"
    assert "x-" not in str(whole)


def test_a_run_is_bounded_by_the_limits() -> None:
    source = workflow(agent(limits={"steps": 3, "calls": 2}))
    found = compile_definition(parse_definition(source)).report
    assert found.invocations == (1, 3 + 2 * 2)
    assert found.transitions[1] is not None
    assert found.cost[1] is not None


def call(tool: str, **arguments: Any) -> dict[str, Any]:
    return {"id": tool, "tool": tool, "arguments": arguments, "problem": ""}


def asks(*calls: dict[str, Any], tokens: int = 1) -> dict[str, Any]:
    spent = {"tokens": tokens, "cost": 0}
    return {"done": False, "answer": None, "calls": list(calls), "talk": [], "spent": spent}


DONE = {**asks(), "done": True, "answer": {"text": "Done", "model": "m"}}


@pytest.fixture
def payloads(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the functions were called with."""
    found: list[dict[str, Any]] = []
    answering = Script.__call__

    def kept(self: Script, dispatch: Any) -> Any:
        found.append(dispatch.parameters.value["Payload"])
        return answering(self, dispatch)

    monkeypatch.setattr(Script, "__call__", kept)
    return found


def around(**more: Any) -> dict[str, Any]:
    return {**agent(), **more}


@pytest.mark.parametrize(
    ("steps", "output", "agents"),
    [
        ([{"id": "all", "for_each": [1, 2], "as": "n", "steps": [around()]}], ["Done", "Done"], 2),
        ([{"id": "all", "for_each": [1, 2], "as": "n", "concurrency": 41, "steps": [around()]}], ["Done", "Done"], 2),
        ([{"id": "all", "parallel": {"x": [around()], "y": [{"id": "s", "set": {"text": 1}}]}, "output": "{% $result.x %}"}], "Done", 1),
        ([{"id": "all", "try": {"steps": [around()], "finally": [{"id": "z", "set": 1}]}, "output": "{% $a %}"}], "Done", 1),
        ([{"id": "all", "repeat": {"max": 2, "steps": [around()]}, "output": "{% $a %}"}], "Done", 2),
        ([{"id": "s", "set": 1, "undo": UNDO}, around(), {"id": "all", "set": "{% $a %}"}], "Done", 1),
        ([around(when="{% true %}", name="Ask & see"), {"id": "all", "set": "{% $a %}"}], "Done", 1),
    ],
)  # fmt: skip
def test_an_agent_may_stand_where_any_step_may(
    payloads: list[dict[str, Any]], steps: Any, output: Any, agents: int
) -> None:
    answers = {"a": [*[asks(call("get", query={"n": 1}))] * agents, DONE]}
    if agents == 2 and "repeat" in steps[0]:
        answers = {"a": [asks(call("get")), DONE, asks(call("get")), DONE]}
    done, script = execute(workflow(*steps, output="{% $all %}"), answers=answers)
    told = outcome(done)
    assert told["status"] == "succeeded", told
    texts = [o["text"] for o in told["output"]] if agents == 2 and isinstance(told["output"], list) else told["output"]["text"]  # fmt: skip
    assert texts == output
    assert sorted(script.calls) == sorted([*["a"] * 2 * agents, *["a.get"] * agents])
    keys = [payload["key"] for payload in payloads]
    assert len(set(keys)) == len(keys), "no call can be taken for another"


def test_a_failing_agent_undoes_what_is_done() -> None:
    steps = [{"id": "s", "set": 1, "undo": UNDO}, agent(limits={"steps": 1})]
    done, script = execute(workflow(*steps), answers={"a": asks(call("get"))})
    assert outcome(done)["error"] == "AI.LimitReached"
    assert script.calls == ["a", "undo s null"]


def test_results_share_the_room_that_there_is(payloads: list[dict[str, Any]]) -> None:
    long = {"status": 200, "body": "x" * 50_000}
    calls = [call("get"), call("get"), call("get")]
    done, _ = execute(workflow(agent()), answers={"a": [asks(*calls), DONE], "a.get": [long, long, {"status": 200}]})  # fmt: skip
    assert outcome(done)["status"] == "succeeded"
    talk = payloads[-1]["with"]["talk"]
    assert [entry["role"] for entry in talk] == ["tool"] * 3
    cut = [entry["result"] for entry in talk if isinstance(entry["result"], str)]
    assert [len(text) for text in cut] == [10_000 + len("… (cut off)")] * 2
    assert {"status": 200} in [entry["result"] for entry in talk]


def test_what_the_author_has_decided_is_not_the_models_to_change(
    payloads: list[dict[str, Any]],
) -> None:
    """Even where the function that judges calls would let it through."""
    wanted = call("get", url="http://evil", method="DELETE", query={"q": 1})
    tool = {"use": "http.request", "with": {"url": "{% $trigger.body %}", "method": "GET"}}
    steps = workflow(agent(tools={"get": tool}))
    execute(steps, body="http://good", answers={"a": [asks(wanted), DONE]})
    (given,) = [payload["with"] for payload in payloads if "tool" in payload]
    assert given == {"method": "GET", "url": "http://good", "query": {"q": 1}}


@pytest.mark.parametrize("problem", ["no", None, 0])
def test_a_call_that_is_not_cleared_is_not_made(problem: Any) -> None:
    refused = {**call("get"), "problem": problem}
    done, script = execute(workflow(agent()), answers={"a": [asks(refused), DONE]})
    assert outcome(done)["status"] == "succeeded"
    assert script.calls == ["a", "a"]
    nameless = {key: value for key, value in call("get").items() if key != "problem"}
    _, script = execute(workflow(agent()), answers={"a": [asks(nameless), DONE]})
    assert script.calls == ["a", "a"]
