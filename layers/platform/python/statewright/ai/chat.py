"""The port to language models: what is asked, what comes back, whichever provider answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Schema = dict[str, Any]
OnText = Callable[[str], None]
"""Hears each piece of the answer as it comes."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model wants to be called; ``arguments`` as the model wrote them.

    ``problem`` says why these cannot be read, where that is so.
    """

    id: str
    name: str
    arguments: dict[str, Any]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that the model may ask for; ``inputs`` is a JSON Schema."""

    name: str
    description: str
    inputs: Schema


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. ``answers`` is the id of the tool call whose result a tool's message is."""

    role: Literal["user", "assistant", "tool"]
    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    answers: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked. With ``schema`` it answers JSON of that shape."""

    system: str
    messages: tuple[Message, ...]
    schema: Schema | None = None
    tools: tuple[Tool, ...] = ()
    max_tokens: int = 4_000
    temperature: float | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a provider counted; those read from its cache are in ``input_tokens`` too."""

    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens
        )


Stop = Literal["end", "length", "refusal", "tools"]


@dataclass(frozen=True, slots=True)
class Completion:
    """A model's answer: text (JSON where a schema was given), or tools that it wants called."""

    text: str
    stop: Stop
    usage: Usage
    model: str
    tool_calls: tuple[ToolCall, ...] = field(default=())


class Provider(Protocol):
    """Answers prompts. Failures are :class:`statewright.ai.errors.AIError`."""

    def complete(self, prompt: Prompt, on_text: OnText | None = None) -> Completion:
        """The answer; ``on_text`` hears it while it comes."""
