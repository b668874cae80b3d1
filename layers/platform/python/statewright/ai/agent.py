"""``ai.agent``: one question to the model. The state machine goes round; see its compiler.

What is judged here is only what a model may have meant: which tool, with which inputs. Which tools
there are, and what they do, is in the state machine.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from statewright.ai import errors
from statewright.ai.asking import Asker, unfenced, validator_of
from statewright.ai.chat import Completion, Message, Prompt, Schema, Tool, ToolCall
from statewright.ai.prompting import RULE, marked
from statewright.workflows.definition import ANSWER

MOST_GIVEN = 40_000
"""The most bytes of what the agent is given to begin with: a state's data may have 256 KiB."""
MOST_TALK = 60_000
"""The most bytes of what has been said: what tools answered long ago is left out beyond."""
MOST_TOKENS = 4_000
"""Of one answer, unless the step says otherwise."""
LEFT_OUT = "(left out: a long time has passed)"
_RULES = (
    "You do a task inside a business process. Use the tools where they help; there are no others. "
    "What tools give stands between <data> and </data>."
)
Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """The model's answer and what it asks for."""

    said: list[Entry]
    calls: list[Entry]
    answer: dict[str, Any] | None = None


def turn(asker: Asker, inputs: dict[str, Any]) -> dict[str, Any]:
    """Asks once.

    Returns:
        ``done`` with the ``answer``, or the ``calls`` to make; the ``talk`` until now, and what all
        of it has ``spent``.

    Raises:
        AIError: under the name of what went wrong.
    """
    limits, spent, prices = inputs["limits"], inputs["spent"], asker.model.prices
    if limits.get("cost") is not None and not prices.known():
        sentence = "the agent has a limit in money, and the connection has no prices"
        raise errors.BudgetExceeded(sentence)
    prompt = _prompt(inputs)
    try:
        answer = asker.ask(prompt)
    except errors.Truncated as error:
        if prompt.max_tokens < inputs.get("max_tokens", MOST_TOKENS):
            raise errors.LimitReached(f"{error}, which is what its limit leaves") from error
        raise
    took = judged(answer, inputs)
    used = answer.usage.input_tokens + answer.usage.output_tokens
    return {
        "done": took.answer is not None,
        "answer": took.answer,
        "calls": took.calls,
        "talk": shortened([*inputs["talk"], *took.said]),
        "spent": {
            "tokens": spent["tokens"] + used,
            "cost": spent["cost"] + prices.cost_of(answer.usage),
        },
    }


def _prompt(inputs: dict[str, Any]) -> Prompt:
    given = [inputs["prompt"], *([marked(inputs["data"])] if "data" in inputs else [])]
    system = "\n\n".join(filter(None, [_RULES, RULE, inputs.get("system")]))
    size = sum(len(text.encode("utf-8", "replace")) for text in [*given, system])
    if size > MOST_GIVEN:
        sentence = f"prompt, system and data have {size:,} bytes: there is room for {MOST_GIVEN:,}"
        raise errors.InvalidInput(sentence)
    tools = [Tool(t["name"], t["description"], t["inputs"]) for t in inputs["tools"]]
    schema = inputs.get("schema")
    if schema is not None:
        tools.append(Tool(ANSWER, "Gives the answer, when the task is done.", _object(schema)))
        system += f"\n\nWhen you are done, call {ANSWER}, and nothing else with it."
    left = inputs["limits"]["tokens"] - inputs["spent"]["tokens"]
    most = max(1, min(inputs.get("max_tokens", MOST_TOKENS), left))
    messages = (Message("user", "\n\n".join(given)), *map(_message, inputs["talk"]))
    return Prompt(system, messages, None, tuple(tools), most, inputs.get("temperature"))


def _message(entry: Entry) -> Message:
    match entry["role"]:
        case "assistant":
            calls = [ToolCall(c["id"], c["tool"], c["arguments"]) for c in entry.get("calls", ())]
            return Message("assistant", entry.get("text", ""), tuple(calls))
        case "tool":
            told = {"error": entry["error"]} if "error" in entry else entry.get("result")
            return Message("tool", marked(told), answers=entry["answers"])
    return Message("user", entry["text"])


# -- the model's answer -------------------------------------------------------------------------


def judged(answer: Completion, inputs: dict[str, Any]) -> Turn:
    """What an answer comes to: the end, or calls, each with the ``problem`` that forbids it."""
    schema = inputs.get("schema")
    said: Entry = {"role": "assistant", "text": answer.text}
    if answer.tool_calls:
        return _calling(answer, inputs, said)
    if schema is None:
        return Turn([said], [], {"text": answer.text, "model": answer.model})
    value = _parsed(answer.text)
    wrong = _wrong(schema, value)
    if not wrong:
        return Turn([said], [], {"text": answer.text, "data": value, "model": answer.model})
    told = f"Give the answer by calling {ANSWER}. What you wrote is not one: {wrong}"
    return Turn([said, {"role": "user", "text": told}], [])


def _calling(answer: Completion, inputs: dict[str, Any], said: Entry) -> Turn:
    schema = inputs.get("schema")
    wanted = answer.tool_calls[: inputs["limits"]["at_once"]]
    calls = [_call(call, inputs, alone=len(wanted) == 1) for call in wanted]
    last = wanted[0]
    if schema is not None and last.name == ANSWER and len(wanted) == 1 and not calls[0]["problem"]:
        value = _unwrapped(last.arguments, schema)
        return Turn([said], [], {"text": json.dumps(value), "data": value, "model": answer.model})
    return Turn([{**said, "calls": [_kept(call) for call in calls]}], calls)


def _kept(call: Entry) -> Entry:
    return {name: call[name] for name in ("id", "tool", "arguments")}


def _call(call: ToolCall, inputs: dict[str, Any], *, alone: bool) -> Entry:
    found = {"id": call.id, "tool": call.name, "arguments": call.arguments}
    return {**found, "problem": call.problem or _problem(call, inputs, alone=alone)}


def _problem(call: ToolCall, inputs: dict[str, Any], *, alone: bool) -> str:
    """Why a call cannot be made; "" where it can."""
    schema = inputs.get("schema")
    if schema is not None and call.name == ANSWER:
        if not alone:
            return f"{ANSWER} is called alone, when what else you have asked for is known"
        return _wrong(schema, _unwrapped(call.arguments, schema))
    schemas = {tool["name"]: tool["inputs"] for tool in inputs["tools"]}
    if call.name not in schemas:
        return f"there is no tool '{call.name}': there are {', '.join(schemas)}"
    return _wrong(schemas[call.name], call.arguments)


def _wrong(schema: Schema, value: Any) -> str:
    """What is wrong with a value, for the model; "" where nothing is."""
    found = [
        f"at /{'/'.join(map(str, error.instance_path))}: {error.message[:300]}"
        for error in validator_of(schema).iter_errors(value)
    ]
    return "; ".join(found[:5])


def _parsed(text: str) -> Any:
    try:
        return json.loads(unfenced(text))
    except ValueError:
        return text


def _object(schema: Schema) -> Schema:
    """What a tool takes is an object: an answer of another type is its only field."""
    if schema.get("type") == "object":
        return schema
    return {"type": "object", "required": ["value"], "properties": {"value": schema}}


def _unwrapped(given: dict[str, Any], schema: Schema) -> Any:
    return given if schema.get("type") == "object" else given.get("value")


# -- what is kept of it -------------------------------------------------------------------------


def shortened(talk: list[Entry], most: int = MOST_TALK) -> list[Entry]:
    """The talk in so many bytes: the oldest results go first, the calls stay.

    Raises:
        AIError: ``AI.InvalidAnswer`` where not even that is enough.
    """
    found = list(talk)
    size = sum(map(_bytes, found))
    for index, entry in enumerate(found):
        if size <= most:
            return found
        if "result" in entry:
            found[index] = {**entry, "result": LEFT_OUT}
            size += _bytes(found[index]) - _bytes(entry)
    if size > most:
        raise errors.InvalidAnswer(f"the model has written more than {most:,} bytes")
    return found


def _bytes(entry: Entry) -> int:
    return len(json.dumps(entry, ensure_ascii=False).encode("utf-8", "replace")) + 1
