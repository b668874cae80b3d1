"""The official JSONata suite, on the expressions of the engine.

The suite is that of a newer version, so what Step Functions leaves out (``$eval``, and operators
newer than 2.0.6, which a definition may not use) is judged here as JSONata has it.
"""

from __future__ import annotations

import json
import math
from typing import Any

from asl.jsonata.expression import (
    MAX_DEPTH,
    UNDEFINED,
    JsonataFailedError,
    JsonataSyntaxError,
    Program,
)
from tests.conformance.cases import Case

MOST_MILLISECONDS = 18_000
"""More than the engine allows, so that the score does not depend on how fast the machine is."""
ENDLESS = "U1001"
"""The error of a case that never ends: only such a case waits for its own limit."""

_EPSILON = 1e-12


def judge(case: Case, datasets: dict[str, Any]) -> str:
    """Evaluates one case; returns why it fails, or nothing."""
    try:
        program = Program(
            case["expr"],
            {"eval"},
            case["timelimit"] if case.get("code") == ENDLESS else MOST_MILLISECONDS,
            case.get("depth", MAX_DEPTH),
        )
        value = program.evaluate(case.get("bindings") or {}, _input(case, datasets))
    except (JsonataSyntaxError, JsonataFailedError) as error:
        return _refusal(case, error.code, str(error))
    return _result(case, value)


def id_of(case: Case) -> str:
    """A case's name in the suite."""
    return f"jsonata.{case['group']}.{case['case']}"


def _input(case: Case, datasets: dict[str, Any]) -> Any:
    if "data" in case:
        return case["data"]
    return datasets[case["dataset"]] if case.get("dataset") else None


def _refusal(case: Case, code: str, message: str) -> str:
    if "code" in case:
        return "" if code == case["code"] else f"error {code}, expected {case['code']}"
    if "error" in case:
        wanted = case["error"]
        wanted_code = wanted.get("code") if isinstance(wanted, dict) else None
        return "" if wanted_code in {None, code} else f"error {code}, expected {wanted_code}"
    return f"error {code}: {message}"


def _result(case: Case, value: Any) -> str:
    nothing = value is UNDEFINED
    if "code" in case or "error" in case:
        return f"{_shown(value)}, expected error {case.get('code') or case['error']}"
    if "result" not in case:
        return "" if nothing else f"{_shown(value)}, expected nothing"
    wanted = case["result"]
    if nothing:
        return f"nothing, expected {_shown(wanted)}"
    if case.get("unordered") and isinstance(value, list) and isinstance(wanted, list):
        same = len(value) == len(wanted) and all(
            any(_equal(item, other) for other in value) for item in wanted
        )
    else:
        same = _equal(wanted, value)
    return "" if same else f"{_shown(value)}, expected {_shown(wanted)}"


def _equal(one: Any, other: Any) -> bool:
    """Deep equality with numbers as JavaScript has them."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return float(one) == float(other) or math.isclose(one, other, rel_tol=_EPSILON)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    return type(one) is type(other) and bool(one == other)


def _shown(value: Any) -> str:
    return json.dumps(value, default=str)[:120]
