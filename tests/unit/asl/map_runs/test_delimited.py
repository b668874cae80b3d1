"""Delimited text, by the rules of AWS's page on it."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asl.map_runs.delimited import records, rows

AWS_EXAMPLE = (
    'abc,123,"This string contains commas, a double quotation marks (""), and a newline (\n)",'
    '{""MyKey"":""MyValue""},"[1,2,3]"'
)


def read(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(rows(iter(io.StringIO(text, newline="")), delimiter))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]),
        ("a,b\r\nc,d", [["a", "b"], ["c", "d"]]),
        ("a\n\nb\n", [["a"], ["b"]]),
        ("   \n,\n", [["   "], ["", ""]]),
        ('"a,b",c\n', [["a,b", "c"]]),
        ('"a\nb",c\nd,e\n', [["a\nb", "c"], ["d", "e"]]),
        ('"say ""hi""",x\n', [['say "hi"', "x"]]),
        ('"",x\n', [["", "x"]]),
        ('5" nail,x\n', [['5" nail', "x"]]),
        ('"a"b,c\n', [["ab", "c"]]),
        ("a\\,b,c\n", [["a,b", "c"]]),
        ("C:\\\\Program Files\\\\x,1\n", [["C:\\Program Files\\x", "1"]]),
        ('a\\"b,"c\\"d"\n', [['a"b', 'c"d']]),
        ("a\\nb\n", [["anb"]]),
        ('"never closed\nto the end', [["never closed\nto the end"]]),
        (AWS_EXAMPLE, [["abc", "123", 'This string contains commas, a double quotation marks ("), and a newline (\n)', '{"MyKey":"MyValue"}', "[1,2,3]"]]),
    ],
)  # fmt: skip
def test_rows(text: str, expected: list[list[str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize("delimiter", ["|", ";", " ", "\t"])
def test_other_delimiters(delimiter: str) -> None:
    assert read(f"a{delimiter}b,c{delimiter}\\{delimiter}\n", delimiter) == [
        ["a", "b,c", delimiter]
    ]


def test_records_are_as_long_as_the_header() -> None:
    lines = iter(["H1,\n", "1,2,3\n", "4\n"])
    assert list(records(lines, ",", None)) == [{"H1": "1", "": "2"}, {"H1": "4", "": ""}]
    assert list(records(iter(["1,2\n"]), ",", ["a"])) == [{"a": "1"}]
    assert list(records(iter([]), ",", None)) == []


FIELD = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r"), max_size=8)


@given(st.lists(st.lists(FIELD, min_size=2, max_size=4), max_size=5))
def test_whatever_is_quoted_is_read_back(table: list[list[str]]) -> None:
    def quoted(field: str) -> str:
        return '"' + field.replace("\\", "\\\\").replace('"', '""') + '"'

    text = "".join(",".join(map(quoted, row)) + "\n" for row in table)
    assert read(text) == table
