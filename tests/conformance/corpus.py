"""Real definitions from public repositories: each must be taken, and run to an end.

What a template leaves open is filled in: ``${…}``, CloudFormation's tags, and the ``<PARTITION>``
of AWS's documentation. Inputs and task results are made up (``mocked_data``), so that an execution
may well fail; what counts is that it ends.
"""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

from asl.commands import Dispatch
from asl.definition import check_definition
from asl.execution import Status
from asl.machine import Machine
from tests.conformance.cases import Case
from tests.conformance.mocked_data import MockedData
from tests.support.engine import Run

MOST_FACTS = 30_000
"""More than the 25,000 events after which AWS ends an execution."""
_REASONS = {
    "055f8a9f55c4": "the file has QueryLanguage among the states, where it is a state without Type",
    "1086ba302f7c": "Step Functions has no intrinsic function States.Default",
    "40272dcc83a9": "a template: its generator replaces the states that the Choice leads to",
    "500678d9d250": "AWS's page has a slip in the ARN (arn:aws::lambda) and a placeholder in it",
    "6edef2126f44": "a template: AGENT_TOOL_LIST stands for an array that its generator puts there",
    "7eded780694c": "AWS's page has an account of ten digits; accounts have twelve",
    "780b24e1c9ee": "its Map reads a file in INLINE mode, which has no ItemReader",
    "7f82215fe3c7": "a template: TOOL_NAMES_LIST stands for an array that its generator puts there",
    "c8f1101d8963": "a template: its generator fills the empty choice rule",
    "da7415a0fc40": "a Map has no Arguments; AWS refuses the field",
}
"""Why AWS would not take a definition either."""

_SUBSTITUTION = re.compile(r"\$\{([^}]*)\}")
_NUMBER_FIELDS = {
    "BackoffRate",
    "HeartbeatSeconds",
    "IntervalSeconds",
    "MaxAttempts",
    "MaxConcurrency",
    "MaxDelaySeconds",
    "MaxItemsPerBatch",
    "Seconds",
    "TimeoutSeconds",
    "ToleratedFailureCount",
    "ToleratedFailurePercentage",
}
_LAMBDA = "arn:aws:lambda:us-east-1:111111111111:function:some-function"


def judge(case: Case) -> str:
    """Checks and runs one definition; returns what is wrong with it, or nothing."""
    definition = filled(case["definition"])
    machine, findings = check_definition(json.dumps(definition))
    if machine is None:
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        why = _REASONS.get(case["id"], "")
        return f"{findings[0].message} at {findings[0].location}{more}{why and f': {why}'}"
    return _run(machine, definition)


def _run(machine: Machine, definition: Any) -> str:
    turns, data = itertools.count(1), MockedData(definition)

    def answer(dispatch: Dispatch) -> Any:
        return data.answer(dispatch.state, next(turns))

    run = Run(machine, data.document(0), answer)
    for _ in range(MOST_FACTS):
        if run.execution.status is not Status.RUNNING:
            return ""
        if not run.once():
            return "it waits for ever"
    return f"it goes on after {MOST_FACTS} facts"


def filled(value: Any, field: str = "") -> Any:
    """The definition with what a template leaves open replaced by plausible values."""
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)).startswith(("!", "Fn::")):
            return _plausible("", field)
        return {_text(key): filled(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, field) for item in value]
    if isinstance(value, str) and "<PARTITION>" in value:
        return filled(value.replace("<PARTITION>", "aws"), field)
    if isinstance(value, str) and "${" in value:
        whole = _SUBSTITUTION.fullmatch(value)
        return _plausible(whole[1], field) if whole else _text(value)
    return value


def _plausible(name: str, field: str) -> Any:
    if field in _NUMBER_FIELDS:
        return 2
    return _LAMBDA if field == "Resource" else _text(f"${{{name}}}")


def _text(value: str) -> str:
    return _SUBSTITUTION.sub(_word, value)


def _word(match: re.Match[str]) -> str:
    known = {
        "accountid": "111111111111",
        "partition": "aws",
        "region": "us-east-1",
        "urlsuffix": "amazonaws.com",
    }
    name = re.sub(r"\W", "", match[1])
    return known.get(name.lower().removeprefix("aws"), name or "value")
