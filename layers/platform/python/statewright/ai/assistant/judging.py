"""What is wrong with a definition that a model wrote: parse, checks, compilation, simulated run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from statewright.ai.assistant.making_up import made_up
from statewright.ai.assistant.models import Simulation, Stages
from statewright.ai.assistant.simulating import simulate
from statewright.errors import InvalidError, StatewrightError
from statewright.workflows.checks import Surroundings
from statewright.workflows.definition import Definition
from statewright.workflows.inspecting import FindingView, inspect_definition
from statewright.workflows.parsing import parse_definition
from statewright.workflows.plain_steps import walk

Look = Callable[[Definition | None], Surroundings]
"""The workspace, with the operations of its connectors that a definition names."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far a definition came, and what is to be mended."""

    stages: Stages
    findings: list[FindingView]
    simulation: Simulation | None = None

    def sentences(self) -> list[str]:
        """What is wrong, for whoever has to mend it."""
        return [
            f"{found.pointer}: {found.detail}"
            + (f" (did you mean {found.suggestion}?)" if found.suggestion else "")
            for found in self.findings
            if is_wrong(found)
        ]


UNDECLARED = "undeclared-field"
"""A warning to people, who may know better; a model has made the name up."""


def is_wrong(found: FindingView) -> bool:
    """Whether a finding has to be mended before a person sees the definition."""
    return found.severity == "error" or found.code == UNDECLARED


def judge(definition: dict[str, Any], samples: Mapping[str, Any], body: Any, look: Look) -> Verdict:
    """Everything that publishing would ask, and a run."""
    try:
        parsed = parse_definition(definition)
    except InvalidError as error:
        found = [_error("parse", i.pointer, i.detail, i.suggestion) for i in error.issues]
        return Verdict(Stages(), found or [_error("parse", "", error.detail)])
    except StatewrightError as error:
        return Verdict(Stages(), [_error("parse", "", error.detail)])
    surroundings = look(parsed)
    inspection = inspect_definition(parsed, surroundings)
    if any(is_wrong(found) for found in inspection.findings):
        return Verdict(Stages(parsed=True), inspection.findings)
    stages = Stages(parsed=True, checked=True, compiled=True)
    try:
        run = simulate(definition, samples, sample_input(definition, body), surroundings)
    except (
        InvalidError
    ) as error:  # the samples' shapes are known now, and something reads past them
        found = [
            _error("samples", i.pointer, f"with the samples: {i.detail}") for i in error.issues
        ]
        return Verdict(stages, [*inspection.findings, *found])
    wrong = what_went_wrong(definition, run)
    if wrong is not None:
        return Verdict(stages, [*inspection.findings, wrong], run)
    return Verdict(stages.model_copy(update={"simulated": True}), inspection.findings, run)


def sample_input(definition: dict[str, Any], body: Any) -> Any:
    """The body that the model gave, if it is what the workflow takes; else a made-up one."""
    schema = definition.get("input")
    if not schema:
        return {} if body is None else body
    return body if jsonschema_rs.is_valid(schema, body) else made_up(schema)


def what_went_wrong(definition: dict[str, Any], run: Simulation) -> FindingView | None:
    """A run that fails by a ``stop`` of its own is as good as one that succeeds."""
    stops = [step["stop"] for _, step in walk(definition["steps"]) if "stop" in step]
    own = {stop.get("error") for stop in stops if stop.get("status") == "failed"}
    if run.status == "succeeded" or (run.status == "failed" and run.error in own):
        return None
    last = run.steps[-1] if run.steps else ""
    pointer = next((at for at, s in walk(definition["steps"]) if s.get("id") == last), "/steps")
    cause = (run.cause or "")[:1_000]
    return _error(
        "simulation", pointer, f"the simulated run ends {run.status}: {run.error}: {cause}"
    )


def _error(code: str, pointer: str, detail: str, suggestion: str | None = None) -> FindingView:
    return FindingView(
        severity="error", code=code, pointer=pointer, detail=detail, suggestion=suggestion
    )
