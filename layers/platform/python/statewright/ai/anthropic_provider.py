"""Anthropic's messages. JSON of a shape is asked for as the input of a tool that must be used."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from statewright.ai.chat import Completion, Message, OnText, Prompt, Stop, ToolCall, Usage
from statewright.ai.errors import InvalidAnswer, Unavailable
from statewright.ai.transport import client
from statewright.integrations.reach import Reach

if TYPE_CHECKING:
    from anthropic import Anthropic

_ANSWER = "answer"
_STOPS: dict[str | None, Stop] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refusal",
    "tool_use": "tools",
}


class AnthropicProvider:
    """The port on the ``anthropic`` SDK."""

    def __init__(self, key: str, model: str, base_url: str, reach: Reach, retries: int = 2):
        from anthropic import Anthropic  # a second of a function's start-up

        self.model = model
        self._sdk: Anthropic = Anthropic(
            api_key=key or "none",
            base_url=base_url,
            max_retries=retries,
            http_client=client(reach),
        )

    def complete(self, prompt: Prompt, on_text: OnText | None = None) -> Completion:
        """The answer of ``/v1/messages``."""
        wanted = _wanted(self.model, prompt)
        if on_text is None:
            # The SDK refuses long answers that are not streamed unless a time limit is given; the
            # call's deadline is the connections'.
            answer = self._sdk.messages.create(**wanted, timeout=600)
            return _completion(answer, prompt)
        with self._sdk.messages.stream(**wanted) as stream:
            for event in stream:
                if event.type == "text":
                    on_text(event.text)
                elif event.type == "input_json":
                    on_text(event.partial_json)
            return _completion(stream.get_final_message(), prompt)


def _wanted(model: str, prompt: Prompt) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "model": model,
        "max_tokens": prompt.max_tokens,
        "messages": _messages(prompt.messages),
    }
    if prompt.system:
        wanted["system"] = prompt.system
    if prompt.temperature is not None:
        wanted["temperature"] = prompt.temperature
    tools = [
        {"name": tool.name, "description": tool.description, "input_schema": tool.inputs}
        for tool in prompt.tools
    ]
    if prompt.schema is not None:
        answer = {
            "name": _ANSWER,
            "description": "Gives the answer.",
            "input_schema": _object(prompt.schema),
        }
        tools.append(answer)
        wanted["tool_choice"] = {"type": "tool", "name": _ANSWER}
    if tools:
        wanted["tools"] = tools
    return wanted


def _is_object(schema: dict[str, Any]) -> bool:
    return schema.get("type") == "object"


def _object(schema: dict[str, Any]) -> dict[str, Any]:
    """A tool's input is an object: any other answer is its only field."""
    if _is_object(schema):
        return schema
    return {"type": "object", "required": ["value"], "properties": {"value": schema}}


def _messages(messages: tuple[Message, ...]) -> list[dict[str, Any]]:
    """Results of tools that were called together stand in one message."""
    found: list[dict[str, Any]] = []
    for message in messages:
        turn = _message(message)
        if found and found[-1]["role"] == turn["role"] == "user":
            found[-1]["content"] += turn["content"]
        else:
            found.append(turn)
    return found


def _message(message: Message) -> dict[str, Any]:
    if message.role == "tool":
        result = {"type": "tool_result", "tool_use_id": message.answers, "content": message.text}
        return {"role": "user", "content": [result]}
    content: list[dict[str, Any]] = []
    if message.text:
        content.append({"type": "text", "text": message.text})
    for call in message.tool_calls:
        block = {"type": "tool_use", "id": call.id, "name": call.name, "input": call.arguments}
        content.append(block)
    return {"role": message.role, "content": content}


def _completion(answer: Any, prompt: Prompt) -> Completion:
    if not isinstance(getattr(answer, "content", None), list):
        raise InvalidAnswer("the provider's answer holds no content")
    if answer.stop_reason is None:
        raise Unavailable("the provider's answer broke off")
    text = "".join(block.text for block in answer.content if block.type == "text")
    uses = [block for block in answer.content if block.type == "tool_use"]
    calls = tuple(ToolCall(use.id, use.name, dict(use.input)) for use in uses)
    stop: Stop = _STOPS.get(answer.stop_reason, "end")
    if prompt.schema is not None and stop != "refusal":
        given = [call.arguments for call in calls if call.name == _ANSWER]
        text = json.dumps(_unwrapped(given[0], prompt.schema)) if given else text
        calls = tuple(call for call in calls if call.name != _ANSWER)
        stop = "end" if stop == "tools" and not calls else stop
    return Completion(text, stop, _usage(answer), answer.model or "", calls)


def _unwrapped(given: dict[str, Any], schema: dict[str, Any]) -> Any:
    return given if _is_object(schema) or "value" not in given else given["value"]


def _usage(answer: Any) -> Usage:
    usage = answer.usage
    cached = (usage.cache_creation_input_tokens or 0) + (usage.cache_read_input_tokens or 0)
    return Usage(usage.input_tokens + cached, usage.output_tokens)
