"""Expressions inside definitions: their names, renaming, mixed text, and hostile ones."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.workflows.compiler.values import Names, value_source
from statewright.workflows.expressions import rename, syntax_error, to_asl, variables
from tests.support.definitions import execute, workflow
from tests.support.reference import evaluate
from tests.support.server import ROOT

SUITE = ROOT.parent / "shared" / "conformance" / "jsonata_cases.json"


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("$a.b + $c", {"a", "c"}),
        ("'$no' & \"$no\" & `$no`", set()),
        ("/* $no */ $yes", {"yes"}),
        ("$contains($a, /$no/)", {"a"}),
        ("$a / $b / $c", {"a", "b", "c"}),
        ("($x := 1; $x + $y)", {"y"}),
        ("($x := $x; $x)", {"x"}),
        ("($f := function($n){ $n = 0 ? 1 : $f($n - 1) }; $f($k))", {"k"}),
        ("$map($a, function($v, $i){ $v * $i * $k })", {"a", "k"}),
        ("$sum(items.price)", set()),
        ("$.a & $$.b", set()),
        ("$orders@$o.lines#$i.($o.id & $i & $z)", {"orders", "z"}),
        ("$a ~> $uppercase ~> $f", {"a", "f"}),
        ("$o{kind: $sum(price)}", {"o"}),
        ("$l^(>price, name)[0]", {"l"}),
        ("$a ~> |$|{'x': $y}, ['z']|", {"a", "y"}),
    ],
)
def test_the_names_of_an_expression(expression: str, names: set[str]) -> None:
    assert variables(expression) == names
    assert syntax_error(expression) is None


@pytest.mark.parametrize(
    ("expression", "renamed"),
    [
        ("$index + 1", "$i + 1"),
        ("'$index' & $index", "'$index' & $i"),
        ("($index := 2; $index) + $index", "($index := 2; $index) + $i"),
        ("function($index){ $index }($index)", "function($index){ $index }($i)"),
        ("$indexes", "$indexes"),
    ],
)
def test_only_names_from_outside_are_renamed(expression: str, renamed: str) -> None:
    assert rename(expression, {"index": "$i"}.get) == renamed


@pytest.mark.parametrize(
    ("text", "asl"),
    [
        ("no expression, $5 and 100%", "no expression, $5 and 100%"),
        ("a {% $b %}", "{% 'a ' & $b %}"),
        ("{% $a %}{% $b + 1 %}", "{% $a & ($b + 1) %}"),
        ("it's {% $a %}", '{% "it\'s " & $a %}'),
        ("  {% $a %} ", "{% $a %}"),
    ],
)
def test_mixed_text(text: str, asl: str) -> None:
    assert to_asl(text, lambda _: None) == asl


@given(st.text(max_size=30), st.text(max_size=30))
def test_literal_text_survives_the_joining(before: str, after: str) -> None:
    """Text around an expression comes out as it went in, whatever characters it has."""
    if "{%" in before + after or "%}" in before + after or "\0" in before + after:
        return
    if not (before + after).strip():
        return
    done, _ = execute(workflow({"id": "a", "set": f"{before}{{% 1 %}}{after}"}, output="{% $a %}"))
    assert done.output == f"{before}1{after}"


KEYS = st.text("ab`' ", max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab'\"\\ ü\n", max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_a_template_as_one_expression_gives_what_the_template_gives(value: Any, inner: Any) -> None:
    """Lists in lists stay so, which they do not by themselves in JSONata."""
    template = {"plain": value, "list": ["{% $v %}", [value], "x {% $v %}"], "deep": "{% $v %}"}
    text = evaluate("$string($v)", {"v": inner})
    expected = {"plain": value, "list": [inner, [value], f"x {text}"], "deep": inner}
    assert evaluate(value_source(template, Names()), {"v": inner}) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 5_000 + "1" + ")" * 5_000,
        "1" + "+1" * 40_000,
        "$a" + ".b" * 20_000,
        "$a" + "[0]" * 1_000,
        "-" * 9_000 + "1",
        "function(){" * 900 + "1" + "}" * 900,
        "'" + "x" * 20_000 + "'",
        "[" * 300,
        "$f(" * 500,
        "/(a+)+",
        "`open",
        "'open",
        "/* open",
        "$a ?? 1",
        "\ud800",
        "",
        "1 +",
        "a b",
        ")",
    ],
)
def test_hostile_expressions_are_refused_and_kill_nobody(expression: str) -> None:
    assert syntax_error(expression)


@given(st.text("$a1.+-*/%&|=<>^?:;,()[]{}'\"`#@!~ \n", max_size=40))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    syntax_error(text)
    variables(text)


def test_every_expression_of_the_official_suite_that_the_library_reads_is_read() -> None:
    """But for ``??`` and ``?:``, which came after the version that Step Functions has."""
    import jsonata

    if not SUITE.exists():
        pytest.skip("the official suite is not here")
    refused, read = [], 0
    for case in json.loads(SUITE.read_text())["cases"]:
        try:
            jsonata.Jsonata(case["expr"])
        except (jsonata.JsonataError, UnicodeEncodeError, TypeError):
            continue
        read += 1
        if syntax_error(case["expr"]) and not {"??", "?:"} & set(case["expr"].split()):
            refused.append(case["expr"])
    assert read > 1_500
    assert refused == []
