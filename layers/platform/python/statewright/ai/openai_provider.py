"""OpenAI's chat completions, which most local model servers speak too."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from statewright.ai.chat import Completion, Message, OnText, Prompt, Stop, ToolCall, Usage
from statewright.ai.errors import InvalidAnswer, Unavailable
from statewright.ai.transport import client
from statewright.integrations.reach import Reach

if TYPE_CHECKING:
    from openai import OpenAI

_STOPS: dict[str | None, Stop] = {
    "length": "length",
    "content_filter": "refusal",
    "tool_calls": "tools",
}


class OpenAIProvider:
    """The port on the ``openai`` SDK."""

    def __init__(self, key: str, model: str, base_url: str, reach: Reach, retries: int = 2):
        from openai import OpenAI  # a second of a function's start-up, for those that ask models

        self.model = model
        self._sdk: OpenAI = OpenAI(
            api_key=key or "none",
            base_url=base_url,
            max_retries=retries,
            http_client=client(reach),
        )

    def complete(self, prompt: Prompt, on_text: OnText | None = None) -> Completion:
        """The answer of ``/chat/completions``."""
        wanted = _wanted(self.model, prompt)
        if on_text is None:
            return _completion(self._sdk.chat.completions.create(**wanted))
        wanted["stream_options"] = {"include_usage": True}
        with self._sdk.chat.completions.stream(**wanted) as stream:
            for event in stream:
                if event.type in {"content.delta", "refusal.delta"}:
                    on_text(event.delta)
            return _completion(stream.get_final_completion())


def _wanted(model: str, prompt: Prompt) -> dict[str, Any]:
    system = [{"role": "system", "content": prompt.system}] if prompt.system else []
    wanted: dict[str, Any] = {
        "model": model,
        "messages": [*system, *(_message(message) for message in prompt.messages)],
        "max_completion_tokens": prompt.max_tokens,
    }
    if prompt.temperature is not None:
        wanted["temperature"] = prompt.temperature
    if prompt.schema is not None:
        shape = {"name": "answer", "schema": prompt.schema, "strict": False}
        wanted["response_format"] = {"type": "json_schema", "json_schema": shape}
    if prompt.tools:
        wanted["tools"] = [
            {
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": tool.inputs,
                },
            }
            for tool in prompt.tools
        ]
    return wanted


def _message(message: Message) -> dict[str, Any]:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.answers, "content": message.text}
    if not message.tool_calls:
        return {"role": message.role, "content": message.text}
    calls = [
        {
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": json.dumps(call.arguments)},
        }
        for call in message.tool_calls
    ]
    return {"role": "assistant", "content": message.text or None, "tool_calls": calls}


def _completion(answer: Any) -> Completion:
    if not getattr(answer, "choices", None):
        raise InvalidAnswer("the provider's answer holds no choice")
    choice = answer.choices[0]
    if choice.finish_reason is None:
        raise Unavailable("the provider's answer broke off")
    said, usage = choice.message, answer.usage
    stop: Stop = "refusal" if said.refusal else _STOPS.get(choice.finish_reason, "end")
    calls = tuple(_call(call) for call in said.tool_calls or ()) if stop != "length" else ()
    return Completion(
        said.refusal or said.content or "",
        "tools" if calls and stop == "end" else stop,
        Usage(usage.prompt_tokens, usage.completion_tokens) if usage else Usage(),
        answer.model or "",
        calls,
    )


def _call(call: Any) -> ToolCall:
    name, problem = call.function.name, ""
    try:
        arguments = json.loads(call.function.arguments or "{}")
    except ValueError:
        arguments, problem = {}, "the arguments are not JSON"
    if not isinstance(arguments, dict):
        arguments, problem = {}, "the arguments are no object"
    return ToolCall(call.id, name, arguments, problem)
