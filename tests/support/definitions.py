"""Running definitions on the engine, in memory, with scripted actions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from asl.commands import Dispatch
from asl.definition import check_definition
from asl.execution import Status
from asl.map_runs.memory import MemoryObjects
from statewright.errors import InvalidError
from statewright.workflows.checks import Finding, check
from statewright.workflows.compiler import compile_definition
from statewright.workflows.parsing import parse_definition
from tests.support.engine import Fails, Run


def workflow(*steps: Any, **more: Any) -> dict[str, Any]:
    return {"name": "W", "steps": list(steps), **more}


def http(step: str, **more: Any) -> dict[str, Any]:
    return {"id": step, "use": "http.request", "with": {"url": "http://x"}, **more}


def findings_of(source: Any) -> list[Finding]:
    """What the checks say; what does not parse counts as errors."""
    try:
        return check(parse_definition(source))
    except InvalidError as error:
        return [Finding("error", "parse", i.pointer, i.detail, i.suggestion) for i in error.issues]


def errors_of(source: Any) -> dict[str, str]:
    """Pointer → sentence and suggestion of each error."""
    return {f.pointer: f"{f.detail} {f.suggestion or ''}".strip() for f in findings_of(source) if f.severity == "error"}  # fmt: skip


class Script:
    """Answers tasks by their step: a result, ``{error, cause}``, or a list of those in turn."""

    def __init__(self, answers: Mapping[str, Any]):
        self.answers = {step: list(a) if isinstance(a, list) else a for step, a in answers.items()}
        self.calls: list[str] = []

    def __call__(self, dispatch: Dispatch) -> Any:
        parameters = dispatch.parameters.value
        if dispatch.resource.service == "events":
            self.calls.append(parameters["Entries"][0]["DetailType"])
            return {"FailedEntryCount": 0}
        if dispatch.resource.service == "states":
            self.calls.append(parameters["StateMachineArn"])
            return {"Output": self._answer(parameters["StateMachineArn"])}
        payload = parameters["Payload"]
        undo = "/undo" in payload["key"]
        step = f"undo {payload['step']}" if undo else payload["step"]
        if "tool" in payload:  # an agent's, or people's approval of it
            step += f".{payload['tool']}" + ("?" if "task_token" in payload else "")
        self.calls.append(f"{step} {json.dumps(payload['with'].get('body'))}" if undo else step)
        result = self._answer(step)
        return result if "task_token" in payload else {"Payload": result}

    def _answer(self, step: str) -> Any:
        answer = self.answers.get(step, {"status": 200, "body": None})
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, dict) and "error" in answer:
            raise Fails(answer["error"], answer.get("cause", "because"))
        return answer


def execute(
    source: Any,
    body: Any = None,
    answers: Mapping[str, Any] | None = None,
    files: Mapping[str, str] | None = None,
    **options: Any,
) -> tuple[Run, Script]:
    """Compiles a definition and runs it to its end. ``files`` are in the bucket before."""
    artefact = compile_definition(parse_definition(source), **options)
    machine, findings = check_definition(artefact.text())
    assert findings == []
    assert machine is not None
    script = Script(answers or {})
    trigger = {"type": "manual", "id": "me", "body": body, "headers": {}, "query": {}}
    objects = MemoryObjects()
    objects.buckets.add("${FilesBucket}")
    for key, text in (files or {}).items():
        objects.objects["${FilesBucket}", key] = text.encode()
    run = Run(machine, {"trigger": trigger, "vars": {"v": 1}}, script, objects)
    return run.to_end(), script


def results_in(run: Run) -> list[Any]:
    """What loops over files have left in the bucket: the values of each one's rounds."""
    found = [json.loads(v) for (_, k), v in run.objects.objects.items() if "SUCCEEDED" in k]
    return sorted([json.loads(child["Output"]) for child in children] for children in found)


def outcome(run: Run) -> dict[str, Any]:
    """How an execution ended, as golden files tell it."""
    execution = run.execution
    if execution.status is Status.SUCCEEDED:
        return {"status": "succeeded", "output": run.output}
    assert execution.failure is not None, execution.status
    cause = execution.failure.cause
    return {"status": "failed", "error": execution.failure.error, **({"cause": cause} if cause else {})}  # fmt: skip
