"""Dates, numbers and formats: what JSONata's reference implementation answers."""

# ruff: noqa: RUF001 - other scripts' digits and letters are what is tested

from __future__ import annotations

import math
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from asl.jsonata.catalogue import FunctionError, describe
from asl.jsonata.dates import from_millis, to_millis
from asl.jsonata.decimals import format_number
from asl.jsonata.expression import (
    UNDEFINED,
    JsonataFailedError,
    JsonataSyntaxError,
    Program,
    compile_expression,
)
from asl.jsonata.integers import format_integer, parse_integer
from asl.jsonata.javascript import number_text

ROMAN = range(1, 4000)
AT = 1521801216617
"""23 March 2018, 10:33:36.617"""


def answer(text: str) -> Any:
    try:
        value = Program(text).evaluate({"at": AT})
    except (JsonataFailedError, JsonataSyntaxError) as error:
        return error.code
    return "nothing" if value is UNDEFINED else value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$fromMillis($at)", "2018-03-23T10:33:36.617Z"),
        ("$fromMillis($at, nothing, '+0530')", "2018-03-23T16:03:36.617+05:30"),
        ("$fromMillis($at, '[D1o] [MNn] [Y], [h]:[m01] [PN] [z]', '-0800')", "23rd March 2018, 2:33 AM GMT-08:00"),
        ("$fromMillis($at, '[FNn,3-3], [D01] [MNn,3-3] [Y0001] [H01]:[m01]:[s01] [Z0000]')", "Fri, 23 Mar 2018 10:33:36 +0000"),
        ("$fromMillis($at, '[Dwo] of [MNn], [YWw]')", "twenty-third of March, Two Thousand and Eighteen"),
        ("$fromMillis($at, '[YI]/[Mi]/[DA] [d001] [f001]')", "MMXVIII/iii/W 082 617"),
        ("$fromMillis($at, '[Y,2-2]-[M,2]-[D,2] [[x]] [Y9,999,*]')", "18-03-23 [x] 2,018"),
        ("$fromMillis(1104537600000, '[X0001]-W[W01]-[F1] [xNn] [w]')", "2004-W53-6 December 5"),
        ("$fromMillis(1230768000000, '[X0001]-W[W01]-[F1] [xNn] [w]')", "2009-W01-4 January 1"),
        ("$fromMillis(1293840000000, '[X0001]-W[W01]-[F1] [xNn] [w]')", "2010-W52-6 December 5"),
        ("$fromMillis(-1)", "1969-12-31T23:59:59.999Z"),
        ("$fromMillis(0, '[H1]:[m] [Z]', '+0130')", "1:30 +01:30"),
        ("$fromMillis(0, '[H01]:[m] [Z]', '-0330')", "20:30 -03:30"),
        ("$fromMillis(0, '[Z1] [Z0000] [z] [Z01:01t]', '-0330')", "-3:30 -0330 GMT-03:30 -03:30"),
        ("$fromMillis(0, '[C] [E] [P] [Z01:01t]')", "ISO ISO am Z"),
        ("[0, 1].$fromMillis()", ["1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.001Z"]),
        ("$now('[Y0001]') = $fromMillis($millis(), '[Y0001]')", True),
        ("$fromMillis(nothing)", "nothing"),
        ("$fromMillis(null)", "T0410"),
        ("$fromMillis(0, '[q]')", "D3132"),
        ("$fromMillis(0, '[Y')", "D3135"),
        ("$fromMillis(0, '[YNn]')", "D3133"),
        ("$fromMillis(0, '[Z00000]')", "D3134"),
        ("$fromMillis(0, '[Yα]')", "D3130"),
        ("$fromMillis(1e20)", "D3137"),
        ("$fromMillis(0, '[Y]', 'Berlin')", "D3137"),
        ("$toMillis('2018-03-23T10:33:36.617Z')", AT),
        ("$toMillis('2018-03-23T10:33:36+05:30')", 1521781416000),
        ("$toMillis('2018-03')", 1519862400000),
        ("$toMillis('23rd March 2018', '[D1o] [MNn] [Y]')", 1521763200000),
        ("$toMillis('20180323T103336', '[Y0001][M01][D01]T[H01][m01][s01]')", 1521801216000),
        ("$toMillis('2018-082', '[Y0001]-[d001]')", 1521763200000),
        ("$toMillis('2018-082 10', '[Y0001]-[d001] [H]')", 1521799200000),
        ("$toMillis('one thousand, nine hundred and eighty-four', '[Yw]')", 441763200000),
        ("$toMillis('twenty-third March 2018', '[Dwo] [MNn] [Y]')", 1521763200000),
        ("$toMillis('Friday, 23 Mar 2018 at 3:05 pm', '[FNn], [D] [MNn,3-3] [Y] at [h]:[m] [P]')", 1521817500000),
        ("$toMillis('2018-03-23 10:33 -05:00', '[Y]-[M]-[D] [H]:[m] [Z]')", 1521819180000),
        ("$toMillis('2018-03-23 10:33 -03:30', '[Y]-[M]-[D] [H]:[m] [Z]')", 1521813780000),
        ("$toMillis('12.5', '[s].[f1]') % 60000", 12500),
        ("$toMillis('18-01-01', '[Y01]-[M01]-[D01]') ~> $fromMillis('[Y]')", "1918"),
        ("$toMillis(nothing, '[Y]')", "nothing"),
        ("$toMillis('no date', '[Y]')", "nothing"),
        ("$toMillis('2018 10', '[Y] [H]')", "D3136"),
        ("$toMillis('2018-W12', '[X]-W[W]')", "D3136"),
        ("$toMillis('yesterday')", "D3110"),
        ("$toMillis('2018-13-01')", "D3110"),
    ],
)  # fmt: skip
def test_dates(text: str, expected: Any) -> None:
    assert answer(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$formatNumber(12345.6, '#,###.00')", "12,345.60"),
        ("$formatNumber(1234.5678e6, '00.000e0')", "12.346e8"),
        ("$formatNumber(0.00123, '$0.0e00')", "$1.2e-03"),
        ("$formatNumber(34.555, '#0.00;(#0.00)')", "34.56"),
        ("$formatNumber(-34.555, '#0.00;(#0.00)')", "(34.56)"),
        ("$formatNumber(-12.3, '#0.00')", "-12.30"),
        ("$formatNumber(0.14, '01%')", "14%"),
        ("$formatNumber(0.14, '###pm', {'per-mille': 'pm'})", "140pm"),
        ("$formatNumber(1234.5678, '#.##0,00', {'decimal-separator': ',', 'grouping-separator': '.'})", "1.234,57"),
        ("$formatNumber(12.5, '#٠.٠٠', {'zero-digit': '٠'})", "١٢.٥٠"),
        ("$formatNumber(1.5, '0') & $formatNumber(2.5, '0')", "22"),
        ("$formatNumber(0, '#.##')", ".0"),
        ("$formatNumber(0, '0.0e0')", "0.0e0"),
        ("$formatNumber(1234567, '#,##,##0')", "12,34,567"),
        ("$formatNumber(nothing, '0')", "nothing"),
        ("$formatNumber(1, nothing)", "nothing"),
        ("$formatNumber(5, 5)", "T0410"),
        ("$formatNumber(5, '0;0;0')", "D3080"),
        ("$formatNumber(5, '0.0.0')", "D3081"),
        ("$formatNumber(5, '0%%')", "D3082"),
        ("$formatNumber(5, '0%‰')", "D3084"),
        ("$formatNumber(5, '.e0')", "D3085"),
        ("$formatNumber(5, 'what')", "D3086"),
        ("$formatNumber(5, '0,.0')", "D3087"),
        ("$formatNumber(5, '0,')", "D3088"),
        ("$formatNumber(5, '0,,0')", "D3089"),
        ("$formatNumber(5, '0#')", "D3090"),
        ("$formatNumber(5, '0.#0')", "D3091"),
        ("$formatNumber(5, '0e0%')", "D3092"),
        ("$formatNumber(5, '0e#')", "D3093"),
        ("$formatNumber(5, '0', {'decimal-separator': ''})", "D3137"),
        ("$formatInteger(2789, 'Ww')", "Two Thousand, Seven Hundred and Eighty-Nine"),
        ("$formatInteger(2789, 'w;o')", "two thousand, seven hundred and eighty-ninth"),
        ("$formatInteger(1e46, 'w')", "ten billion trillion trillion trillion"),
        ("$formatInteger(1999, 'I')", "MCMXCIX"),
        ("$formatInteger(28, 'A')", "AB"),
        ("$formatInteger(1234567, '#,##0')", "1,234,567"),
        ("[11, 22, 113].$formatInteger('0;o')", ["11th", "22nd", "113th"]),
        ("$formatInteger(-7.5, '000')", "-008"),
        ("$formatInteger(12, '١')", "١٢"),
        ("$formatInteger(12, '0١')", "D3131"),
        ("$formatInteger(12, 'α')", "D3130"),
        ("$formatInteger(1e15, 'I')", "D3137"),
        ("$parseInteger('twelve thousand, four hundred and seventy-six', 'w')", 12476),
        ("$parseInteger('MCMXCIX', 'I')", 1999),
        ("$parseInteger('1.234.567', '#.##0')", 1234567),
        ("$parseInteger('12th', '0;o')", 12),
        ("$parseInteger('twelve-ish', 'w')", "nothing"),
        ("$parseInteger('none', '0')", "nothing"),
        ("[1e20, 1e21, 0.1 + 0.2, 1e-7, 100, -0, 1/3].$string()", ["100000000000000000000", "1e+21", "0.3", "1e-7", "100", "0", "0.333333333333333"]),
        ("$string(5890840712243076)", "5890840712243076"),
        ("$string({'a': [1e20, '1e+20'], 'b': {}}, true)", '{\n  "a": [\n    100000000000000000000,\n    "1e+20"\n  ],\n  "b": {}\n}'),
        ("$map([1, 1e20, 'a', null, true], $string)", ["1", "100000000000000000000", "a", "null", "true"]),
        ("$string($sum) & $string(null)", "null"),
        ("$string(nothing)", "nothing"),
        ("[2.5, 3.5, -0.5].$round()", [2, 4, 0]),
        ("$round(12.345, 2)", 12.34),
        ("$formatBase(255, 16)", "ff"),
    ],
)  # fmt: skip
def test_numbers(text: str, expected: Any) -> None:
    assert answer(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$match('aa', /a/).index", [0, 1]),
        ("$match('', /^$/).match", ""),
        ("$match('ab', /a*/)", "D1004"),
        ("$split('a1b', /x*/)", "D1004"),
        ("$replace('ab', /b*/, 'c')", "D1004"),
        ("$contains('', /^$/)", True),
        ("$split('a,b;c', /[,;]/)", ["a", "b", "c"]),
        ("$split('a,b', ',') ~> $join('/')", "a/b"),
        ("$replace('John Smith', /(\\w+) (\\w+)/, '$2, $1')", "Smith, John"),
        ("$replace('ab', 'a', 'b/')", "b/b"),
        ("$replace('ab', '', 'c')", "D3010"),
        ("$replace('ab', 'b', 'c', -1)", "D3011"),
        ("$encodeUrl('https://a.b/ä?q=1 2#f')", "https://a.b/%C3%A4?q=1%202#f"),
        ("$encodeUrlComponent('ä/?&')", "%C3%A4%2F%3F%26"),
        ("$encodeUrl('\ud800')", "D3140"),
        ("$sort([{'k': 2, 'n': 1}, {'k': 1, 'n': 2}, {'k': 2, 'n': 3}, {'k': 1, 'n': 4}], function($a, $b) {$a.k > $b.k}).n", [2, 4, 1, 3]),
        ("$sort([{'k': 2, 'n': 1}, {'k': 1, 'n': 2}, {'k': 2, 'n': 3}, {'k': 1, 'n': 4}], function($a, $b) {$a.k < $b.k}).n", [1, 3, 2, 4]),
        ("$sort([3, 1, 2])", [1, 2, 3]),
        ("$sort(nothing)", "nothing"),
        ("$eval('1')", "T1006"),
        ("($f := function($n) {$n = 0 ? 0 : $f($n - 1)}; $f(100))", 0),
        ("($f := function($n) {1 + $f($n)}; $f(1))", "U1001"),
        ("$partition([1, 2, 3], 2.9)", [[1, 2], [3]]),
        ("$hash('a', 'sha256')", "D3137"),
        ("$parse('{')", "D3137"),
        ("$parse(nothing)", "nothing"),
        ("$range(1, 1e9, 1e-9)", "D3137"),
        ("$range(3, 1, 1)", []),
    ],
)  # fmt: skip
def test_texts_and_lists(text: str, expected: Any) -> None:
    assert answer(text) == expected


@pytest.mark.parametrize("text", ["$x ?? 1", "$x ?: 1", "'?:' & ($x ?? 'a')", "/a?:/ ?? 1"])
def test_operators_newer_than_aws_are_refused(text: str) -> None:
    with pytest.raises(JsonataSyntaxError, match="cannot be used as a unary operator"):
        compile_expression(text)


@pytest.mark.parametrize(
    "text",
    [
        "$match($x, /(?:a|b)??/)",
        "'a ?? b' & \"?:\"",
        "/* ?? */ $x",
        "(function($a)<s?:s>{$a})('b')",
        "$x ? 1 : 2",
    ],
)
def test_what_only_looks_newer_is_not(text: str) -> None:
    compile_expression(text)


def test_a_variable_hides_a_function_of_the_same_name() -> None:
    expression = compile_expression("$string & $now() ~> $length() > 0")
    assert expression.evaluate({"string": "a"}, "Output") is True
    assert compile_expression("$hash & '!'").evaluate({"hash": "abc"}, "Output") == "abc!"


def test_the_librarys_sentences_are_put_right() -> None:
    assert describe(
        "D3020", "Third argument of split Object must evaluate to a positive number"
    ) == (
        "D3020",
        "Third argument of split function must evaluate to a positive number",
    )
    assert describe("T1005", 'Attempted to invoke a non-function. Did you mean ${"sum"}?')[
        1
    ].endswith("mean $sum?")


# -- properties -----------------------------------------------------------------------------------

MOMENTS = st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31)).map(
    lambda at: at.replace(tzinfo=UTC)
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@given(MOMENTS)
def test_dates_agree_with_the_calendar(at: datetime) -> None:
    millis = (at - EPOCH) // timedelta(milliseconds=1)
    year, week, day = at.isocalendar()
    assert from_millis(millis) == at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert (
        from_millis(millis, "[X]-[W]-[F1] [d]") == f"{year}-{week}-{day} {at.timetuple().tm_yday}"
    )
    assert to_millis(from_millis(millis), None, 0) == millis
    picture = "[FNn] [D1o] [MNn] [Y] [h]:[m]:[s].[f001] [PN] [Z]"
    assert to_millis(from_millis(millis, picture, "-0330"), picture, 0) == millis


@given(st.integers(0, 10**12))
def test_words_say_the_number(number: int) -> None:
    assert parse_integer(format_integer(number, "w"), "w") == number
    assert parse_integer(format_integer(number, "w;o"), "w;o") == number
    assert parse_integer(format_integer(number, "#,##0"), "#,##0") == number
    assert parse_integer(format_integer(number, "a"), "a") == number


@pytest.mark.parametrize("picture", ["i", "I"])
def test_roman_numerals_say_the_number(picture: str) -> None:
    assert all(
        parse_integer(format_integer(number, picture), picture) == number for number in ROMAN
    )


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_survive_their_text(number: float) -> None:
    text = number_text(number)
    assert float(text) == number
    assert ("e" in text) == (number != 0 and not 1e-6 <= abs(number) < 1e21)


@given(st.floats(-1e12, 1e12), st.integers(0, 6))
def test_decimals_are_near_the_number(number: float, digits: int) -> None:
    text = format_number(number, "#,##0." + "0" * digits if digits else "#,##0")
    assert math.isclose(float(text.replace(",", "")), number, abs_tol=0.51 * 10.0**-digits + 1e-3)


@example(number=1.797693134862316e307, picture=".0")
@given(st.floats(allow_nan=False, allow_infinity=False), st.text("#0.,;e%‰x9 ", max_size=12))
def test_any_number_picture_gives_text_or_an_error(number: float, picture: str) -> None:
    with suppress(FunctionError):
        assert isinstance(format_number(number, picture), str)


@given(
    st.integers(-(10**16), 10**16),
    st.text("[]YMDdFWwXxHhPmsfZzCE0129,-*NnIiWwoat# :", max_size=20),
    st.text(max_size=8),
)
def test_any_date_picture_gives_an_answer_or_an_error(millis: int, picture: str, text: str) -> None:
    with suppress(FunctionError):
        written = from_millis(millis, picture)
        to_millis(written, picture, AT)
        to_millis(text, picture, AT)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers()), min_size=2, max_size=60))
def test_sort_is_stable(pairs: list[tuple[int, int]]) -> None:
    items = [{"k": key, "n": number} for number, (key, _) in enumerate(pairs)]
    program = Program("$sort($x, function($a, $b) {$a.k > $b.k})")
    assert program.evaluate({"x": items}) == sorted(items, key=lambda item: item["k"])
