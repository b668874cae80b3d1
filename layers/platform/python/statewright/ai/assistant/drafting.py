"""Words to a definition: the model writes, code judges, what is wrong goes back."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any

from statewright.ai.asking import Asker
from statewright.ai.assistant.judging import Look, Verdict, judge
from statewright.ai.assistant.models import Evidence, Proposal
from statewright.ai.assistant.narrowing import narrowed
from statewright.ai.assistant.schemas import brief
from statewright.ai.chat import Message, Prompt, Schema
from statewright.ai.prompting import RULE, marked
from statewright.workflows.actions.action import Action
from statewright.workflows.checks import Surroundings
from statewright.workflows.definition import Definition, calls_of, every_step
from statewright.workflows.diff import compare
from statewright.workflows.parsing import parse_definition

Tell = Callable[[str, str], None]
"""Hears of progress: stage and detail."""
MOST_OF_A_SCHEMA = 3_000
"""Characters that a model is shown of an action's inputs, or of its result."""
_TEXTS: Schema = {"type": "array", "items": {"type": "string"}}
ANSWER: Schema = {
    "type": "object",
    "required": ["definition", "samples", "evidence", "assumptions", "questions"],
    "properties": {
        "definition": {"type": "object"},
        "samples": {"type": "object"},
        "input": {},
        "evidence": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["step", "words"],
                "properties": {"step": {"type": "string"}, "words": {"type": "string"}},
            },
        },
        "assumptions": _TEXTS,
        "questions": _TEXTS,
        "explanation": {"type": "string"},
    },
}


@dataclass(frozen=True, slots=True)
class Work:
    """What a definition is wanted for. ``before`` is the one to be changed."""

    request: str
    look: Look
    repairs: int
    operations: Sequence[Action] = ()
    """Those of connectors and of AWS that may be needed."""
    before: dict[str, Any] | None = None
    material: Any = None
    """Data that belongs to the request, such as a failed execution."""


def draft(asker: Asker, work: Work, tell: Tell) -> Proposal:
    """A definition with its verdict: of the last attempt, where none passed.

    Raises:
        AIError: the model cannot be asked, or answers nothing usable.
    """
    prompt = _prompt(work)
    for repair in range(work.repairs + 1):
        tell("asking", f"attempt {repair + 1} of {work.repairs + 1}")
        answer, said = asker.structured(prompt)
        verdict = judge(answer["definition"], answer["samples"], answer.get("input"), work.look)
        tell("judged", _told(verdict))
        proposal = _proposal(work, answer, verdict, repair)
        if proposal.passed:
            break
        again = Message("user", _mend(verdict))
        turns = (*prompt.messages, Message("assistant", said.text), again)
        prompt = replace(prompt, messages=turns)
    return proposal


def _prompt(work: Work) -> Prompt:
    around = work.look(None)
    actions = [*narrowed(words_for(work.request, work.before), around.actions), *work.operations]
    guide = resources.files(__package__).joinpath("guide.md").read_text()
    schema = json.dumps(Definition.model_json_schema(by_alias=True), separators=(",", ":"))
    system = (
        f"{guide}\nThe definition's JSON Schema:\n{schema}\n\n{_offer(around, actions)}\n\n{RULE}"
    )
    text = f"The request:\n{marked(work.request, 'request')}"
    if work.before is not None:
        text += (
            f"\n\nThe definition as it is:\n{marked(work.before)}\n"
            "Change what the request asks for; leave all else, ids too, as it is."
        )
    if work.material is not None:
        text += f"\n\nWhat happened:\n{marked(work.material)}"
    return Prompt(system, (Message("user", text),), ANSWER, (), 16_000)


def words_for(request: str, before: dict[str, Any] | None) -> str:
    """What tells which actions may be needed: what is asked for, and what is there already."""
    return request + (" " + json.dumps(before) if before else "")


def _offer(around: Surroundings, actions: list[Action]) -> str:
    told = [
        {
            "action": action.name,
            "title": action.title,
            "with": brief(action.inputs, action.definitions, MOST_OF_A_SCHEMA),
            "result": brief(action.result, action.definitions, MOST_OF_A_SCHEMA),
            "errors": list(action.errors),
        }
        for action in actions
    ]
    others = sorted(set(around.actions) - {action.name for action in actions})
    return "\n".join(
        (
            f"Actions:\n{json.dumps(told, separators=(',', ':'))}",
            f"Further actions, by name: {', '.join(others)}",
            f"Connections: {', '.join(sorted(around.connections or ())) or 'none'}",
            f"Published workflows: {', '.join(sorted(around.workflows or ())) or 'none'}",
            f"Variables ($vars): {', '.join(sorted(around.variables or ())) or 'none'}",
        )
    )


def _mend(verdict: Verdict) -> str:
    wrong = "\n".join(f"- {sentence}" for sentence in verdict.sentences()[:30])
    return f"The definition does not pass:\n{wrong}\nGive the whole answer again, mended."


def _told(verdict: Verdict) -> str:
    if verdict.stages.passed:
        return "parsed, checked, compiled, simulated"
    return "; ".join(verdict.sentences())[:500]


def _proposal(work: Work, answer: dict[str, Any], verdict: Verdict, repairs: int) -> Proposal:
    definition = answer["definition"]
    parsed = verdict.stages.parsed
    steps = every_step(parse_definition(definition).steps) if parsed else ()
    calls = [call for _, step in steps for call in calls_of(step)]
    compared = work.before is not None and parsed and "asl" not in work.before
    words = " ".join(work.request.split()).lower()
    return Proposal(
        definition=definition,
        stages=verdict.stages,
        passed=verdict.stages.passed,
        findings=verdict.findings,
        simulation=verdict.simulation,
        evidence=[
            Evidence.model_validate(entry)
            for entry in answer["evidence"]
            if " ".join(entry["words"].split()).lower() in words  # literally there, or no evidence
        ],
        assumptions=answer["assumptions"],
        questions=answer["questions"],
        uses=sorted({call.use for call in calls}),
        connections=sorted({call.connection for call in calls if call.connection}),
        repairs=repairs,
        explanation=answer.get("explanation", ""),
        difference=compare(work.before or {}, definition) if compared else None,
    )
