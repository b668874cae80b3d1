"""Anything at all as a definition, a path, an intrinsic function, a choice rule or an expression.

Each gives a value or an error that is made for it. The suite runs a few examples; ``make fuzz``
has atheris choose them by what they reach (see ``tests/fuzz.py``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asl.definition import check_definition
from asl.errors import StateError, StateFailedError
from asl.jsonata.expression import Expression, JsonataSyntaxError
from asl.jsonpath.comparisons import NAMES, RuleError, compile_rule
from asl.jsonpath.path import JsonPathSyntaxError, PathMissingError, compile_path
from asl.jsonpath.pathflow import PayloadTemplate, PayloadTemplateError
from asl.payload import Payload
from asl.scope import Scope

DATA: Any = {"a": [1, 2.5, "x", None, True, {"b": [], "c": "2026-01-01T00:00:00Z"}], "b": {"a": {}}}
TEXTS = st.text(max_size=40) | st.sampled_from(
    ["$", "$.a", "$$.a", "$x", "{% $x %}", "", "States.UUID()"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [
        "Type",
        "Next",
        "End",
        "Comment",
        "QueryLanguage",
        "Resource",
        "Parameters",
        "Arguments",
        "Output",
        "Assign",
        "Result",
        "ResultPath",
        "InputPath",
        "OutputPath",
        "ResultSelector",
        "Seconds",
        "Timestamp",
        "SecondsPath",
        "Choices",
        "Default",
        "Branches",
        "ItemProcessor",
        "Items",
        "ItemsPath",
        "ItemSelector",
        "MaxConcurrency",
        "Retry",
        "Catch",
        "Error",
        "Cause",
        "ErrorPath",
        "TimeoutSeconds",
        "HeartbeatSeconds",
        "Credentials",
        "Label",
        "ToleratedFailureCount",
    ]
)
TYPES = st.sampled_from(
    ["Pass", "Task", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map", "Nope"]
)
STATES = st.builds(
    lambda kind, fields: {"Type": kind, **fields},
    TYPES,
    st.dictionaries(FIELDS, VALUES | st.just("P"), max_size=5),
)
DEFINITIONS = st.builds(
    lambda states, top: {"StartAt": "P", "States": states, **top},
    st.dictionaries(st.sampled_from(["P", "Q", "R"]), STATES, max_size=3),
    st.dictionaries(
        st.sampled_from(["QueryLanguage", "TimeoutSeconds", "Version", "Nope"]),
        VALUES | st.just("JSONata"),
        max_size=2,
    ),
)
PATH_PARTS = st.sampled_from(
    [
        "$",
        "$$",
        "$x",
        ".",
        "..",
        "*",
        "[",
        "]",
        "[*]",
        "[0]",
        "[-1]",
        "[1:]",
        "[::0]",
        "['a']",
        ".a",
        ".b",
        "..a",
        "?(",
        ")",
        "@",
        "@.a",
        "==",
        "!=",
        "<",
        ">",
        "=~",
        "/a/",
        "&&",
        "||",
        "!",
        "in",
        "nin",
        "size",
        "empty",
        "'a'",
        '"',
        "\\",
        "1",
        "-1",
        "1e9",
        "null",
        "true",
        ",",
        ":",
        ".length()",
        "(",
        "[?(@.a)]",
        "99999999999999999999",
    ]
)
CALL_PARTS = st.sampled_from(
    [
        "States.Format(",
        "States.Array(",
        "States.ArrayRange(",
        "States.ArrayPartition(",
        "States.MathAdd(",
        "States.MathRandom(",
        "States.Hash(",
        "States.Base64Decode(",
        "States.Base64Encode(",
        "States.JsonMerge(",
        "States.StringToJson(",
        "States.JsonToString(",
        "States.StringSplit(",
        "States.ArrayGetItem(",
        "States.ArrayContains(",
        "States.ArrayUnique(",
        "States.ArrayLength(",
        "States.UUID(",
        ")",
        ")",
        ")",
        ",",
        ",",
        "'",
        "'{}'",
        "'\\{'",
        "'\\\\'",
        "'[1'",
        "'MD5'",
        "$",
        "$.a",
        "$$.b",
        "$x",
        "0",
        "1",
        "-1",
        "1e309",
        "9999999999999999999",
        "1.5",
        "true",
        "null",
    ]
)
JSONATA_PARTS = st.sampled_from(
    [
        "$",
        "$x",
        "$states",
        "a",
        "b",
        ".",
        "..",
        "*",
        "**",
        "%",
        "^(",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ";",
        ":",
        ":=",
        "?",
        "~>",
        "&",
        "+",
        "-",
        "/",
        "=",
        "!=",
        "<",
        ">",
        "in",
        "and",
        "or",
        "null",
        "true",
        "0",
        "1",
        "1e308",
        "-1",
        "'a'",
        '"\\ud800"',
        "/a+/",
        "/(",
        "function($n)",
        "$string(",
        "$fromMillis(",
        "$toMillis(",
        "$formatNumber(",
        "$formatInteger(",
        "$parseInteger(",
        "$sort(",
        "$match(",
        "$replace(",
        "$split(",
        "$range(",
        "$partition(",
        "$hash(",
        "$parse(",
        "$random(",
        "$uuid(",
        "$pad(",
        "$map(",
        "$reduce(",
        "$number(",
        "$eval(",
        "'[Y]'",
        "'#,##0'",
        "|a|{}|",
        "@$i",
        "#$i",
        "??",
        "?:",
    ]
)


def texts(parts: st.SearchStrategy[str], joint: str = "") -> st.SearchStrategy[str]:
    return st.lists(parts | st.text(max_size=3), max_size=12).map(joint.join)


def scope() -> Scope:
    return Scope({"x": DATA}, dict, input=DATA)


def failure_of(run: Callable[[], object]) -> StateError | None:
    try:
        run()
    except StateFailedError as failed:
        return failed.data
    return None


@given(st.binary(max_size=200).map(lambda raw: raw.decode("utf-8", "surrogateescape")))
def test_any_bytes_as_a_definition(text: str) -> None:
    machine, findings = check_definition(text)

    assert (machine is None) == bool(findings)


@given(DEFINITIONS)
def test_anything_like_a_definition(source: Any) -> None:
    machine, findings = check_definition(json.dumps(source))

    assert machine is not None or findings
    for finding in findings:
        assert finding.code
        assert finding.message


@given(
    st.binary(max_size=200) | texts(st.sampled_from(list('[]{},:"0e-+.1 n\\u\x00'))).map(str.encode)
)
def test_any_bytes_as_a_payload(raw: bytes) -> None:
    try:
        payload = Payload.parse(raw.decode("utf-8", "surrogateescape"))
    except ValueError:
        return
    assert json.loads(payload.text) is not ...


@given(texts(PATH_PARTS))
def test_any_text_as_a_path(text: str) -> None:
    try:
        path = compile_path(f"${text}")
    except JsonPathSyntaxError:
        return
    try:
        path.read(DATA)
        path.write(DATA, 1) if path.is_reference else None
    except (PathMissingError, StateFailedError):
        return


@given(texts(CALL_PARTS))
def test_any_text_as_an_intrinsic_function(text: str) -> None:
    try:
        template = PayloadTemplate({"v.$": text})
    except PayloadTemplateError:
        return
    failure = failure_of(lambda: template.evaluate(DATA, scope()))

    assert failure is None or failure.error == "States.Runtime"


@given(
    st.dictionaries(
        st.sampled_from([*sorted(NAMES), "And", "Or", "Not", "Variable"]), VALUES, max_size=3
    ),
    st.sampled_from(["$.a[0]", "$.a", "$.a[2]", "$.a[5].c", "$.nope", "$..a", "$$", "x"]),
)
def test_anything_as_a_choice_rule(rule: dict[str, Any], variable: str) -> None:
    try:
        test = compile_rule({"Variable": variable, **rule}, lambda message, at: None, "")
    except RuleError:
        return
    failure = failure_of(lambda: test(DATA, scope()))

    assert failure is None or failure.error == "States.Runtime"


@given(st.text("ab*\\", max_size=12), st.text("ab*\\", max_size=12))
def test_string_matches_is_what_the_pattern_says(value: str, pattern: str) -> None:
    test = compile_rule({"Variable": "$", "StringMatches": pattern}, lambda message, at: None, "")
    parts = re.findall(r"\\.|\\$|\*|[^\\*]", pattern)
    model = "".join(".*" if part == "*" else re.escape(part[-1]) for part in parts)

    assert test(value, scope()) is (re.fullmatch(model, value) is not None)


@given(texts(JSONATA_PARTS, " "))
def test_any_text_as_an_expression(text: str) -> None:
    try:
        expression = Expression(text)
    except JsonataSyntaxError:
        return
    failure = failure_of(lambda: expression.evaluate({"x": DATA, "states": {}}, "Output"))

    assert failure is None or failure.error == "States.QueryEvaluationError"
    assert failure is None or str(failure.cause).encode()


FUZZED = {
    name.removeprefix("test_"): test
    for name, test in list(globals().items())
    if name.startswith("test_")
}
"""What ``make fuzz`` runs, by name."""

DEEP = "[" * 10_000 + "]" * 10_000
LANGUAGES = ("JSONPath", "JSONata")


@pytest.mark.parametrize(
    "expression",
    [
        "1+" * 100_000 + "1",
        '"a"&' * 100_000 + '"a"',
        "a." * 100_000 + "a",
        "1" + "~>$string" * 50_000,
        "a" + "[0]" * 100_000,
        "$f" + "()" * 100_000,
        "true and " * 100_000 + "true",
        '/"/ & ' + "1+" * 100_000 + '1 & /"/',
        "(" * 100_000 + "1" + ")" * 100_000,
        "-" * 200_000 + "1",
        "function(){" * 50_000 + "1" + "}" * 50_000,
        "true?" * 50_000 + "1" + ":0" * 50_000,
    ],
    ids=lambda text: text[:8],
)
def test_an_expression_that_nests_too_deeply_is_refused(expression: str) -> None:
    """The library's compiler ended the process on some of these."""
    with pytest.raises(JsonataSyntaxError):
        Expression(expression)


def test_long_expressions_are_compiled_where_they_are_shallow() -> None:
    text = '{"a": "' + "x-y " * 900 + '", "b": [' + ",".join(f"$x{i}" for i in range(9000)) + "]}"

    assert Expression(text).names


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ('$pad("a", 2000000000)', "D3137"),
        ("$range(1, 1e15, 1)", "D3137"),
        ("[1..10000001]", "D2014"),
        ("$parse($deep)", "D3137"),
        ("$fromMillis(0, $pad('', 100000, '[Y]'))", "D3137"),
        (f"$formatInteger(5, '{'0' * 1_000_000}')", "D3137"),
        (f"$formatNumber(5, '{'0' * 1_000_000}')", "D3137"),
        ("($f := function($n) {[$f($n), $f($n)]}; $f(1))", "U1001"),
        ("($f := function($n) {$f($n + 1)}; $f(1))", "U1001"),
        ("($f := function($n) {$n + $f($n)}; $f(1))", "U1001"),
    ],
    ids=lambda text: text[:12],
)
def test_an_expression_that_wants_too_much_fails(expression: str, code: str) -> None:
    with pytest.raises(StateFailedError) as failed:
        Expression(expression).evaluate({"deep": DEEP}, "Output")

    assert f" {code}: " in str(failed.value.data.cause)


def test_a_cause_can_be_written_whatever_it_quotes() -> None:
    with pytest.raises(StateFailedError) as failed:
        Expression('$number("\ud800x")').evaluate({}, "Output")

    assert Payload(failed.value.data.cause).text.decode()


@pytest.mark.parametrize("pattern", ["*a" * 500 + "b*", "*" * 100_000, "a*" * 50_000])
def test_patterns_take_no_more_than_linear_time_for_each_star(pattern: str) -> None:
    rule = {"Variable": "$", "StringMatches": pattern}
    test = compile_rule(rule, lambda message, at: None, "")

    assert test("a" * 200_000, scope()) in {True, False}


@pytest.mark.parametrize(
    "path",
    ["$[::0]", "$[" + "9" * 10_000 + "]", "$[0:" + "9" * 10_000 + "]", "$[?(" + "(" * 50_000],
)
def test_paths_that_cannot_be_read_are_refused(path: str) -> None:
    with pytest.raises(JsonPathSyntaxError):
        compile_path(path)


def test_a_path_that_finds_too_much_fails() -> None:
    data: Any = 1
    for _ in range(100):
        data = {"a": data}

    with pytest.raises(StateFailedError, match="finds too much"):
        compile_path("$..a..a..a..a..a").read(data)


def test_descendants_are_found_in_jayways_order_however_deep() -> None:
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]

    assert len(compile_path("$..*").read(deep)) == 5000
    assert compile_path("$..a").read({"a": [{"a": 1}, {"b": {"a": 2}}], "c": {"a": 3}}) == [
        [{"a": 1}, {"b": {"a": 2}}],
        1,
        2,
        3,
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "text",
    [
        DEEP,
        '{"a":' * 10_000 + "1" + "}" * 10_000,
        '{"StartAt":"P","States":{"P":{"Type":"Pass","End":true,"Comment":' + DEEP + "}}}",
        '{"StartAt":"P","States":{"P":{"Type":"Wait","Seconds":NaN,"End":true}}}',
        '{"StartAt":"P","States":{"P":{"Type":"Wait","Seconds":1e999,"End":true}}}',
        '{"StartAt":"P","States":{"P":{"Type":"Wait","Seconds":' + "9" * 5000 + ',"End":true}}}',
        '{"StartAt":"P","StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}',
        '{"StartAt":"\\ud800","States":{"P":{"Type":"Pass","End":true}}}',
        "\ud800",
        "\0",
        "x" * 2_000_000,
        "",
    ],
    ids=lambda text: text[:12],
)
def test_definitions_that_cannot_be_read_are_refused(text: str, language: str) -> None:
    machine, findings = check_definition(
        text.replace('{"S', f'{{"QueryLanguage":"{language}","S', 1)
    )

    assert machine is None
    assert findings
