"""``ai.*``, as a step's Lambda performs it. What a model says is data: nobody executes it."""

from __future__ import annotations

import json
from typing import Any

from statewright.ai import agent, text_tasks
from statewright.ai.asking import Asker, asker
from statewright.ai.errors import AIError, InvalidInput
from statewright.errors import UnavailableError
from statewright.integrations.errors import ConnectionUnavailableError

MAX_RESULT = 200_000
"""The most bytes of a result: a state's data may have 256 KiB in all."""


def perform(event: dict[str, Any]) -> dict[str, Any]:
    """The result of a step.

    Raises:
        AIError: under the name of what went wrong.
        IntegrationError: the connection cannot be used.
    """
    inputs = {name: value for name, value in event["with"].items() if value is not None}
    task = inputs.pop("task")
    try:
        result = _result(task, inputs, event)
    except UnavailableError as error:
        raise ConnectionUnavailableError(str(error)) from error
    except (AttributeError, KeyError, TypeError) as error:
        raise InvalidInput(f"ai.{task}: the inputs do not fit: {error}") from error
    if len(json.dumps(result)) > MAX_RESULT:
        raise InvalidInput(f"the result has more than {MAX_RESULT:,} bytes")
    return result


def _result(task: str, inputs: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
    match task:
        case "redact":
            by_form = not {"name", "address"} & set(inputs.get("kinds") or ())
            return text_tasks.redact(inputs, None if by_form else _asker(event))
        case "generate":
            return text_tasks.generate(_asker(event), inputs)
        case "extract":
            return text_tasks.extract(_asker(event), inputs)
        case "classify":
            return text_tasks.classify(_asker(event), inputs)
        case "summarize":
            return text_tasks.summarize(_asker(event), inputs)
        case "translate":
            return text_tasks.translate(_asker(event), inputs)
        case "sentiment":
            return text_tasks.sentiment(_asker(event), inputs)
        case "moderate":
            return text_tasks.moderate(_asker(event), inputs)
        case "agent":
            return agent.turn(_asker(event), inputs)
    raise AIError(f"there is no ai.{task}")


def _asker(event: dict[str, Any]) -> Asker:
    return asker(
        event["workspace_id"], event.get("connection"), event["step"], event["workflow_id"]
    )
