"""Intrinsic functions, call by call, against AWS's documentation and what AWS was seen to do."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from asl.definition import check_definition
from asl.errors import StateFailedError
from asl.jsonpath.intrinsics import MAX_NESTED, compile_intrinsic
from asl.jsonpath.path import compile_path
from asl.jsonpath.pathflow import PayloadTemplate


class _Scope:
    """Without context, without variables."""

    variables: dict[str, Any] = {}

    def context(self) -> dict[str, Any]:
        return {}


def evaluate(call: str, data: Any = None) -> Any:
    return PayloadTemplate({"v.$": call}).evaluate(data, _Scope())["v"]


NUMBERS = {"items": [1, 2, 3, 4, 5], "none": [], "texts": ["a", "b", "a"], "n": 1.6}
VALUES = [
    # Format: escapes, how values are written
    ("States.Format('no placeholders')", "no placeholders"),
    ("States.Format('{} {}', 'x', 2)", "x 2"),
    ("States.Format('{}', null)", "null"),
    ("States.Format('{}', true)", "true"),
    (r"States.Format('it\'s {}', 1)", "it's 1"),
    (r"""States.Format('\{"a":{}\}', 1)""", '{"a":1}'),
    (r"States.Format('\\{}', 1)", "\\1"),
    ("States.Format($.template, 'x')", "<x>"),
    ("States.Format('{}', $.object)", "{a=1, b=[x, null]}"),
    # StringToJson, JsonToString
    ("States.StringToJson('[1, {\"a\": null}]')", [1, {"a": None}]),
    ("States.StringToJson('')", None),
    ("States.JsonToString($.object)", '{"a":1,"b":["x",null]}'),
    ("States.JsonToString('x')", '"x"'),
    ("States.JsonToString($.n)", "1.6"),
    # arrays
    ("States.Array()", []),
    ("States.Array('a', 2020, $.none, null)", ["a", 2020, [], None]),
    ("States.ArrayPartition($.items, 2)", [[1, 2], [3, 4], [5]]),
    ("States.ArrayPartition($.items, 2.9)", [[1, 2], [3, 4], [5]]),
    ("States.ArrayPartition($.none, 3)", []),
    ("States.ArrayContains($.items, 5)", True),
    ("States.ArrayContains($.items, '5')", True),
    ("States.ArrayContains($.items, 6)", False),
    ("States.ArrayContains($.items, true)", False),
    ("States.ArrayRange(1, 9, 2)", [1, 3, 5, 7, 9]),
    ("States.ArrayRange(1.4, 5.6, 2.2)", [1, 3, 5]),
    ("States.ArrayRange(5, 1, -2)", [5, 3, 1]),
    ("States.ArrayRange(5, 1, 1)", []),
    ("States.ArrayRange(3, 3, -1)", [3]),
    ("States.ArrayLength(States.ArrayRange(1, 1000, 1))", 1000),
    ("States.ArrayGetItem($.items, 0)", 1),
    ("States.ArrayGetItem($.items, 1.2)", 2),
    ("States.ArrayGetItem($.none, 7)", None),
    ("States.ArrayLength($.items)", 5),
    ("States.ArrayUnique($.texts)", ["a", "b"]),
    (
        "States.ArrayUnique(States.Array(1, '1', true, 'true', null, null))",
        [1, "1", True, "true", None],
    ),
    # encodings and hashes
    ("States.Base64Encode('Data to encode')", "RGF0YSB0byBlbmNvZGU="),
    ("States.Base64Encode('✓')", "4pyT"),
    ("States.Base64Encode('')", ""),
    ("States.Base64Decode('RGF0YSB0byBlbmNvZGU=')", "Data to encode"),
    ("States.Base64Decode(' YWJjZA== ')", "abcd"),
    ("States.Base64Decode('YWJjZA')", "abcd"),
    ("States.Base64Decode('4pyT')", "✓"),
    ("States.Base64Decode('-_-_')", "\ufffd\ufffd\ufffd"),
    ("States.Hash('hello', 'MD5')", "5d41402abc4b2a76b9719d911017c592"),
    ("States.Hash('hello', 'SHA-1')", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"),
    # objects, numbers, text
    ("States.JsonMerge($.object, $.other, false)", {"a": {"c": 2}, "b": ["x", None]}),
    ("States.MathAdd(111, -1)", 110),
    ("States.MathAdd(1.6, 2.7)", 5),
    ("States.MathAdd(-1.5, 0)", -1),
    ("States.MathAdd(2147483646, 1)", 2147483647),
    ("States.MathRandom(1, 2)", 1),
    ("States.StringSplit('This.is+a,test=string', '.+,=')", ["This", "is", "a", "test", "string"]),
    ("States.StringSplit(',a,,b,', ',')", ["a", "b"]),
    ("States.StringSplit('a]b^c-d', ']^-')", ["a", "b", "c", "d"]),
    ("States.StringSplit('abc', '')", ["abc"]),
    ("States.StringSplit('', ',')", []),
]
DATA = {
    **NUMBERS,
    "object": {"a": 1, "b": ["x", None]},
    "other": {"a": {"c": 2}},
    "template": "<{}>",
    "long": "a" * 10_001,
    "surrogate": "\ud800",
}


@pytest.mark.parametrize(("call", "value"), VALUES)
def test_calls_give_what_aws_gives(call: str, value: Any) -> None:
    assert evaluate(call, DATA) == value


@pytest.mark.parametrize(
    "call",
    [
        "States.Format('{}')",
        "States.Format('{}', 1, 2)",
        "States.Format('Hello {', 1)",
        "States.Format('Hello {{}}', 1)",
        "States.Format('}')",
        "States.Format($.n, 1)",
        "States.Format()",
        "States.StringToJson('{bad json}')",
        "States.StringToJson('undefined')",
        "States.StringToJson(1)",
        "States.StringToJson(States.Format('{}', $.surrogate))",
        "States.JsonToString($.surrogate)",
        "States.ArrayPartition('no array', 2)",
        "States.ArrayPartition($.items, 0.6)",
        "States.ArrayPartition($.items, -1)",
        "States.ArrayPartition($.items, '2')",
        "States.ArrayContains('no array', 2)",
        "States.ArrayRange(1, 10, 0)",
        "States.ArrayRange(1, 10, 0.49)",
        "States.ArrayRange(1, 1001, 1)",
        "States.ArrayRange(0, 1e18, 1)",
        "States.ArrayRange(0, 1e309, 1)",
        "States.ArrayRange('a', 5, 1)",
        "States.ArrayRange(1, 5)",
        "States.ArrayGetItem($.items, 5)",
        "States.ArrayGetItem($.items, -1)",
        "States.ArrayGetItem($.items, '1')",
        "States.ArrayLength($.object)",
        "States.ArrayUnique($.object)",
        "States.Base64Encode(123)",
        "States.Base64Encode($.long)",
        "States.Base64Decode($.long)",
        "States.Base64Decode($.items)",
        "States.Hash($.long, 'MD5')",
        "States.Hash('data', 'sha-256')",
        "States.Hash('data', 'SHA256')",
        "States.Hash('data', $.items)",
        "States.Hash('data')",
        "States.JsonMerge($.object, $.other, true)",
        "States.JsonMerge($.object, $.items, false)",
        "States.JsonMerge($.object, $.other)",
        "States.MathAdd(2147483647, 1)",
        "States.MathAdd(3000000000, 1)",
        "States.MathAdd(true, 1)",
        "States.MathAdd('2', 1)",
        "States.MathAdd(null, 1)",
        "States.MathAdd(1, 2, 3)",
        "States.MathRandom(1, 1)",
        "States.MathRandom(1.4, 1.6)",
        "States.MathRandom(1, 10, 'seed')",
        "States.MathRandom(1, 10, null)",
        "States.StringSplit(123, ',')",
        "States.StringSplit('a,b', null)",
        "States.UUID(1)",
    ],
)
def test_arguments_that_do_not_fit_fail_the_state(call: str) -> None:
    with pytest.raises(StateFailedError) as failed:
        evaluate(call, DATA)

    name = re.match(r"States\.\w+", call)
    assert name is not None
    assert failed.value.data.error == "States.Runtime"
    # the innermost call that fails is the one that is named
    assert str(failed.value.data.cause).startswith("Invalid arguments in States.")


@pytest.mark.parametrize(
    ("call", "path"),
    [
        ("States.Format('{}',$.nope)", "$.nope"),
        ("States.ArrayLength($.items[9])", "$.items[9]"),
        ("States.Format('{}', States.Format('{}', $$.Nope.Deep))", "$.Nope.Deep"),
    ],
)
def test_a_missing_argument_is_named_as_aws_names_it(call: str, path: str) -> None:
    data = {"items": [1]}

    with pytest.raises(StateFailedError) as failed:
        evaluate(call, data)

    assert failed.value.data.cause == (
        f"The function '{call}' had the following error: The JsonPath argument for the field "
        f"'{path}' could not be found in the input '{json.dumps(data, separators=(',', ':'))}'"
    )


def test_an_item_beyond_an_array_is_null_in_a_template() -> None:
    assert evaluate("$.items[5]", {"items": [1]}) is None


@pytest.mark.parametrize(
    "call",
    [
        "States.Nope(1)",
        "States.Format('{}', $.a",
        "States.Format('{}', )",
        "States.Format('{}', $.a) x",
        "States.Base64Decode('YWJj\\nZA==')",
        "States.Format('\\q')",
        "States.Format('open)",
        "States.MathAdd(1 2)",
        "States.Array(" * 11 + ")" * 11,
        "States.Array(" * 10_000,
    ],
)
def test_what_is_no_call_is_refused_at_creation(call: str) -> None:
    definition = {
        "StartAt": "P",
        "States": {"P": {"Type": "Pass", "Parameters": {"v.$": call}, "End": True}},
    }

    machine, findings = check_definition(json.dumps(definition))

    assert machine is None
    assert [finding.message for finding in findings] == [
        "The value for the field 'v.$' must be a valid JSONPath or a valid intrinsic function call"
    ]


def test_ten_functions_may_be_nested() -> None:
    call = "States.Array(" * MAX_NESTED + ")" * MAX_NESTED

    assert compile_intrinsic(call, compile_path)(lambda _: None) is not None


def test_a_seed_gives_the_same_number_each_time() -> None:
    first = evaluate("States.MathRandom(1, 1000, 42)")

    assert first == evaluate("States.MathRandom(1, 1000, 42)")
    assert 1 <= first < 1000


def test_unique_and_contains_take_a_full_payload_in_no_time() -> None:
    items = list(range(40_000))

    assert len(evaluate("States.ArrayUnique($)", items)) == len(items)
    assert evaluate("States.ArrayContains($, 39999)", items)
