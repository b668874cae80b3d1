"""Explanations of workflows, and expressions that are right for samples."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from statewright.ai import errors
from statewright.ai.asking import Asker
from statewright.ai.assistant.models import Explanation, Expression, ExpressionTask, Sample
from statewright.ai.chat import Message, Prompt, Schema
from statewright.ai.prompting import RULE, marked, over_data
from statewright.aws import states
from statewright.errors import ConflictError
from statewright.settings import settings
from statewright.workflows.actions.action import object_schema
from statewright.workflows.plain_steps import walk

_TEXT: Schema = {"type": "string"}


def explain(asker: Asker, definition: dict[str, Any]) -> Explanation:
    """What a workflow does, step by step; a step that is not there is sent back."""
    entry = object_schema(["step", "says"], step=_TEXT, says=_TEXT)
    schema = object_schema(
        ["summary", "steps"], summary=_TEXT, steps={"type": "array", "items": entry}
    )
    ids = [step["id"] for _, step in walk(definition.get("steps", [])) if "id" in step]
    task = (
        "Explain this workflow to somebody who does not program: a summary, and for each step with "
        "an id what it does and why, in one sentence. Say what happens when something fails."
    )

    def check(answer: Any) -> list[str]:
        told = [entry["step"] for entry in answer["steps"]]
        missing = [f"the step {step} is not explained" for step in ids if step not in told]
        return missing + [f"there is no step {step}" for step in told if step not in ids]

    value, _ = asker.structured(over_data(task, definition, schema), check=check)
    return Explanation.model_validate(value)


def write_expression(asker: Asker, task: ExpressionTask) -> Expression:
    """A JSONata expression, tried on every sample by Step Functions itself.

    Raises:
        AIError: ``AI.InvalidAnswer`` where the last repair is wrong too.
    """
    told = [
        {"variables": {f"${name}": v for name, v in s.values.items()}, "expected": s.expected}
        for s in task.samples
    ]
    system = (
        "Write one JSONata 2 expression, without {% and %}, that does what the request says and "
        "gives for each sample the expected value. There is no $eval; variables are read as $name."
    )
    text = f"{marked(task.request, 'request')}\n{marked(told, 'data')}"
    schema = object_schema(["expression"], expression=_TEXT)
    prompt = Prompt(f"{system}\n\n{RULE}", (Message("user", text),), schema, (), 2_000)
    for repair in range(task.repairs + 1):
        value, said = asker.structured(prompt)
        found = [evaluated(value["expression"], sample) for sample in task.samples]
        wrong = [
            f"for sample {index}: {_said(result)}, expected {json.dumps(sample.expected)}"
            for index, (result, sample) in enumerate(zip(found, task.samples, strict=True))
            if result != {"value": sample.expected}
        ]
        if not wrong:
            results = [result["value"] for result in found]
            return Expression(expression=value["expression"], results=results, repairs=repair)
        turns = (Message("assistant", said.text), Message("user", "\n".join(wrong)))
        prompt = replace(prompt, messages=(*prompt.messages, *turns))
    raise errors.InvalidAnswer(f"after {task.repairs} repairs: {'; '.join(wrong)[:1000]}")


def _said(result: dict[str, Any]) -> str:
    return f"it gives {json.dumps(result['value'])}" if "value" in result else result["error"]


def evaluated(expression: str, sample: Sample) -> dict[str, Any]:
    """``value``, or ``error``: what Step Functions makes of an expression."""
    if "%}" in expression:
        return {"error": "an expression holds no %}"}
    state = {
        "Type": "Pass",
        "QueryLanguage": "JSONata",
        "Output": {"value": f"{{% {expression} %}}"},
        "End": True,
    }
    try:
        answer = states.test_state(
            json.dumps(state), settings().workflow_role_arn, dict(sample.values), None
        )
    except ConflictError as error:
        return {"error": error.detail}
    if answer["status"] != "SUCCEEDED":
        return {"error": f"{answer.get('error')}: {str(answer.get('cause'))[:500]}"}
    return dict(json.loads(answer["output"]))
