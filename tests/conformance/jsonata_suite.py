"""The official JSONata suite, on the library and settings that the engine uses."""

from __future__ import annotations

import json
import math
from typing import Any

import jsonata as library

from asl.jsonata.expression import MAX_DEPTH
from tests.conformance.cases import Case

MOST_MILLISECONDS = 10_000
"""More than the engine allows, so that the score does not depend on how fast the machine is."""

_EPSILON = 1e-12


def judge(case: Case, datasets: dict[str, Any]) -> str:
    """Evaluates one case; returns why it fails, or nothing."""
    try:
        expression = library.Jsonata(case["expr"])
        expression.set_runtime_bounds(
            min(case.get("timelimit", MOST_MILLISECONDS), MOST_MILLISECONDS),
            case.get("depth", MAX_DEPTH),
        )
        expression.set_output_convert_nulls(False)
        value = expression.evaluate(_input(case, datasets), case.get("bindings") or {})
    except library.JsonataError as error:
        return _refusal(case, error)
    except (ValueError, OverflowError, TypeError) as error:
        return _refusal(case, error)
    return _result(case, value)


def id_of(case: Case) -> str:
    """A case's name in the suite."""
    return f"jsonata.{case['group']}.{case['case']}"


def _input(case: Case, datasets: dict[str, Any]) -> Any:
    if "data" in case:
        return case["data"]
    return datasets[case["dataset"]] if case.get("dataset") else None


def _refusal(case: Case, error: Exception) -> str:
    code = getattr(error, "code", "") or ""
    if "code" in case:
        return "" if code == case["code"] else f"error {code or error}, expected {case['code']}"
    if "error" in case:
        wanted = case["error"]
        wanted_code = wanted.get("code") if isinstance(wanted, dict) else None
        return "" if wanted_code in {None, code} else f"error {code}, expected {wanted_code}"
    return f"error {code}: {error}"


def _result(case: Case, value: Any) -> str:
    nothing = value is library.UNDEFINED
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
