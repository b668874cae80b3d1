"""Expressions: what they see, how they fail, and that none runs for ever."""

from __future__ import annotations

import threading
from typing import Any

import jsonata as library
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asl.errors import StateFailedError
from asl.jsonata.expression import Expression, JsonataSyntaxError, compile_expression

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def evaluate(text: str, **bindings: Any) -> Any:
    return Expression(text).evaluate(bindings, "Output")


@pytest.mark.parametrize(
    ("text", "bindings", "expected"),
    [
        ("$x.a.b", {"x": {"a": {"b": 1}}}, 1),
        ("$x", {"x": None}, None),
        ("$x.a", {"x": [{"a": 1}, {"a": 2}]}, [1, 2]),
        ("$x", {"x": 2.0}, 2),
        ("$x + 1", {"x": 2**70}, float(2**70) + 1),
        ("$partition([1,2,3,4,5], 2)", {}, [[1, 2], [3, 4], [5]]),
        ("$range(0, 10, 5)", {}, [0, 5, 10]),
        ("$hash('a', 'SHA-256')", {}, "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"),
        ("$parse('[1]')", {}, [1]),
    ],
)  # fmt: skip
def test_values(text: str, bindings: dict[str, Any], expected: Any) -> None:
    assert evaluate(text, **bindings) == expected


def test_uuid_and_random_are_there() -> None:
    assert len(evaluate("$uuid()")) == 36
    assert 0 <= evaluate("$random()") < 1
    assert evaluate("$random(7)") == evaluate("$random(7)")


@pytest.mark.parametrize(
    "text",
    [
        "$nothing",
        "1 + 'a'",
        "($f := function($x){$f($x)}; $f(1))",
        "($f := function($x){1 + $f($x)}; $f(1))",
        "function($x){$x}",
        "$hash('a', 'crc')",
        "$range(1, 10, 0)",
        "$partition([1], 0)",
        "$parse('{')",
    ],
)
def test_failures_are_query_evaluation_errors(text: str) -> None:
    with pytest.raises(StateFailedError) as failed:
        evaluate(text)
    assert failed.value.data.error == "States.QueryEvaluationError"
    assert failed.value.data.cause is not None
    assert failed.value.data.cause.startswith(f"The JSONata expression '{text}' specified for the")


def test_syntax_errors_are_found_when_compiled() -> None:
    with pytest.raises(JsonataSyntaxError):
        compile_expression("1 +")


@given(VALUES)
def test_plain_paths_give_what_the_library_gives(value: Any) -> None:
    """The short cut for ``$x.a.b`` agrees with the full evaluation on every value."""
    for text in ("$x", "$x.a", "$x.a.b"):
        full = library.Jsonata(text)
        full.set_output_convert_nulls(False)
        try:
            expected = full.evaluate(None, {"x": value})
        except (OverflowError, library.JsonataError):
            continue
        try:
            actual = evaluate(text, x=value)
        except StateFailedError:
            actual = library.UNDEFINED
        assert actual == expected
        assert repr(actual) == repr(expected)


def test_expressions_are_shared_between_threads() -> None:
    expression = compile_expression("$x * 2 & $uuid()")
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for number in range(200):
                assert expression.evaluate({"x": number}, "Output").startswith(str(number * 2))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
