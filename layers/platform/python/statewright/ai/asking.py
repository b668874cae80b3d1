"""A question to a model: admitted, asked, counted; an answer of a shape is checked, repaired."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import jsonschema_rs

from statewright.ai import errors, metering
from statewright.ai.chat import Completion, Message, OnText, Prompt, Schema, Usage
from statewright.ai.metering import Purpose
from statewright.ai.providers import Model, model_of
from statewright.integrations import credentials
from statewright.integrations.errors import ConnectionInvalidError

Check = Callable[[Any], list[str]]
"""What is wrong with an answer besides its shape, in sentences for the model."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks one model for one purpose."""

    model: Model
    purpose: Purpose

    def ask(self, prompt: Prompt, on_text: OnText | None = None) -> Completion:
        """The answer, counted.

        Raises:
            AIError: under the name of what went wrong. ``AI.Truncated`` where it is not whole.
        """
        metering.admit(self.purpose, self.model.prices)
        used, failed = Usage(), True
        try:
            answer = self.model.complete(prompt, on_text)
            used, failed = answer.usage, answer.stop in {"length", "refusal"}
        finally:
            metering.record(
                self.purpose,
                self.model.connection,
                self.model.name,
                self.model.prices,
                used,
                failed=failed,
            )
        if answer.stop == "refusal":
            raise errors.Refused(f"the model declines: {answer.text[:500]}")
        if answer.stop == "length":
            raise errors.Truncated(f"the answer is longer than {prompt.max_tokens:,} tokens")
        return answer

    def structured(
        self, prompt: Prompt, repairs: int = 2, check: Check | None = None
    ) -> tuple[Any, Completion]:
        """An answer of the shape ``prompt.schema``; what is wrong goes back for repair.

        Raises:
            AIError: ``AI.InvalidAnswer`` where the last repair is wrong too.
        """
        assert prompt.schema is not None
        validator = validator_of(prompt.schema)
        for left in range(repairs, -1, -1):
            answer = self.ask(prompt)
            value, wrong = _judged(answer.text, validator, check)
            if not wrong:
                return value, answer
            if left:
                prompt = replace(prompt, messages=(*prompt.messages, *_again(answer, wrong)))
        raise errors.InvalidAnswer(f"after {repairs} repairs: {'; '.join(wrong)[:1000]}")


def asker(workspace_id: str, connection: str | None, step: str, workflow_id: str = "") -> Asker:
    """Who asks for a step or a task of the assistant.

    Raises:
        ConnectionInvalidError: there is no such connection, or none at all.
    """
    name = connection or metering.get_settings(workspace_id).connection
    if name is None:
        sentence = "There is no AI provider: name a connection, or set one in /v1/ai/settings."
        raise ConnectionInvalidError(sentence)
    model = model_of(credentials.for_step(workspace_id, name))
    return Asker(model, Purpose(workspace_id, step, workflow_id or metering.NOBODY))


def validator_of(schema: Schema) -> jsonschema_rs.Validator:
    """What checks a shape. References lead nowhere outside the schema.

    Raises:
        AIError: ``AI.InvalidInput``: it is no JSON Schema.
    """
    try:
        return jsonschema_rs.validator_for(schema, retriever=_nothing)
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        raise errors.InvalidInput(f"the schema: {error}") from None


def _nothing(uri: str) -> Any:
    raise ValueError(f"{uri} is not fetched")


def _judged(
    text: str, validator: jsonschema_rs.Validator, check: Check | None
) -> tuple[Any, list[str]]:
    try:
        value = json.loads(unfenced(text))
    except ValueError as error:
        return None, [f"the answer is not JSON: {error}"]
    wrong = [
        f"at /{'/'.join(map(str, error.instance_path))}: {error.message}"
        for error in validator.iter_errors(value)
    ][:20]
    return value, wrong or (check(value) if check else [])


def unfenced(text: str) -> str:
    """A text without the code fence that models like to put around JSON."""
    text = text.strip()
    if text.startswith("```") and text.endswith("```"):
        return text[3:-3].partition("\n")[2]
    return text


def _again(answer: Completion, wrong: list[str]) -> tuple[Message, Message]:
    said = "\n".join(f"- {sentence}" for sentence in wrong)
    request = f"That answer cannot be used:\n{said}\nGive the whole answer again, mended."
    return Message("assistant", answer.text or "(nothing)"), Message("user", request)
