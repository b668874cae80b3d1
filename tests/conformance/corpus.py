"""Real definitions from public repositories: each must be taken."""

from __future__ import annotations

import json
import re
from typing import Any

from asl.definition import check_definition
from tests.conformance.cases import Case

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
    """Checks one definition; returns what the engine finds wrong with it, or nothing."""
    _, findings = check_definition(json.dumps(_filled(case["definition"], "")))
    shown = [f"{finding.message} at {finding.location}" for finding in findings]
    more = f" (and {len(shown) - 1} more)" if len(shown) > 1 else ""
    return shown[0] + more if shown else ""


def _filled(value: Any, field: str) -> Any:
    """The definition with ``${…}`` and CloudFormation tags replaced by plausible values."""
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)).startswith(("!", "Fn::")):
            return _plausible("", field)
        return {_text(key): _filled(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, field) for item in value]
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
