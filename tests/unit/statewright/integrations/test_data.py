"""``data.*`` outside of expressions: lists, XML, HTML, Markdown, CSV, signatures."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.integrations.data import lists, texts, xml
from statewright.integrations.data.errors import DataInvalidError, DataTooLargeError
from statewright.integrations.data.transforming import perform

ORDERS = [
    {"id": 1, "who": {"name": "Ada"}, "total": 10, "city": "Rome"},
    {"id": 2, "who": {"name": "Bob"}, "total": 5.5, "city": "Oslo"},
    {"id": 3, "who": {"name": "Ada"}, "total": 2},
]


def do(operation: str, **inputs: Any) -> Any:
    return perform({"workspace_id": "w", "key": "k", "with": {"operation": operation, **inputs}})


def test_groups_are_computed_in_their_first_order() -> None:
    measures = {
        "orders": {"function": "count"},
        "sum": {"function": "sum", "field": "total"},
        "mean": {"function": "average", "field": "total"},
        "best": {"function": "max", "field": "total"},
        "cities": {"function": "list", "field": "city"},
        "last": {"function": "last", "field": "city"},
    }
    assert do("aggregate", items=ORDERS, by=["who.name"], measures=measures) == [
        {"who.name": "Ada", "orders": 2, "sum": 12, "mean": 6.0, "best": 10, "cities": ["Rome"], "last": "Rome"},
        {"who.name": "Bob", "orders": 1, "sum": 5.5, "mean": 5.5, "best": 5.5, "cities": ["Oslo"], "last": "Oslo"},
    ]  # fmt: skip
    assert do("aggregate", items=[], measures={"n": {"function": "count"}}) == [{"n": 0}]
    assert do("aggregate", items=[], by=["a"], measures={"n": {"function": "count"}}) == []


@pytest.mark.parametrize(
    ("how", "ids"),
    [
        ("inner", [(1, "x"), (1, "y")]),
        ("left", [(1, "x"), (1, "y"), (2, None), (None, None)]),
        ("right", [(1, "x"), (1, "y"), (3, "z"), (None, "n")]),
        ("outer", [(1, "x"), (1, "y"), (2, None), (None, None), (3, "z"), (None, "n")]),
    ],
)
def test_joins_are_those_of_sql(how: str, ids: list[Any]) -> None:
    left = [{"id": 1, "v": "l"}, {"id": 2}, {"id": None}]
    right = [{"k": 1, "w": "x"}, {"k": 1, "w": "y", "v": "r"}, {"k": 3, "w": "z"}, {"w": "n"}]
    rows = do("join", left=left, right=right, on=["id"], right_on=["k"], how=how)
    assert [(row.get("id", row.get("k")), row.get("w")) for row in rows] == ids
    assert all(row["v"] == "l" for row in rows if row.get("id") == 1)


@given(st.lists(st.one_of(st.integers(-3, 3), st.text(max_size=1), st.booleans(), st.none())))
def test_duplicates_go_and_the_first_stay(items: list[Any]) -> None:
    expected: list[Any] = []
    for item in items:
        if not any(type(item) is type(kept) and item == kept for kept in expected):
            expected.append(item)
    assert lists.dedupe(items) == expected


@pytest.mark.parametrize(
    ("operation", "inputs"),
    [
        ("aggregate", {"items": ORDERS, "measures": {"s": {"function": "sum", "field": "city"}}}),
        ("aggregate", {"items": ORDERS, "measures": {"s": {"function": "sum"}}}),
        ("aggregate", {"items": None, "measures": {}}),
        ("join", {"left": [1], "right": [1], "on": ["a"], "right_on": ["a", "b"]}),
        ("join", {"left": [{"a": 1}] * 300, "right": [{"a": 1}] * 300, "on": ["a"]}),
        ("html", {"html": 5}),
        ("xml_parse", {"xml": "<a>"}),
        ("xml_parse", {"xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
        ("xml_parse", {"xml": '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'}),
        ("xml_parse", {"xml": "<a>" * 5000 + "</a>" * 5000}),
        ("xml_write", {"data": {"a": 1, "b": 2}}),
        ("xml_write", {"data": {"a b": 1}}),
        ("xml_write", {"data": {"a": "\x00"}}),
        ("csv_parse", {"text": "a", "delimiter": "::"}),
        ("csv_write", {"items": [1]}),
        ("sort", {"items": []}),
        ("nothing", {}),
    ],
)
def test_bad_data_has_its_error(operation: str, inputs: dict[str, Any]) -> None:
    with pytest.raises(DataInvalidError):
        do(operation, **inputs)


def test_results_too_large_for_an_execution_are_refused() -> None:
    with pytest.raises(DataTooLargeError):
        do("markdown", markdown="x" * 250_000)


def test_xml_goes_both_ways() -> None:
    text = '<order id="7"><line n="1">A &amp; B</line><line>C</line><note/></order>'
    data = xml.parse(text)
    assert data == {"order": {"@id": "7", "line": [{"@n": "1", "#text": "A & B"}, "C"], "note": ""}}
    assert xml.parse(xml.write(data)) == data
    assert xml.parse('<a:b xmlns:a="urn:x"><a:c>1</a:c></a:b>') == {"b": {"c": "1"}}


def test_html_becomes_text_markdown_and_links() -> None:
    html = (
        "<h1>Hi</h1><p>See <a href='/x'>this  page</a><script>evil()</script></p>"
        "<table><tr><td>1</td><td>2</td></tr></table>"
    )
    assert "evil" not in texts.html_to(html, "markdown")
    assert texts.html_to(html, "markdown").startswith("# Hi")
    assert texts.html_to(html, "links") == [{"url": "/x", "text": "this page"}]
    assert "Hi" in texts.html_to(html, "text")
    assert texts.html_to("", "links") == []
    written = texts.markdown_to_html("# A\n\n<script>x</script>\n\n[a](javascript:alert(1))")
    assert "<h1>A</h1>" in written
    assert "<script>" not in written
    assert 'href="javascript' not in written


def test_csv_goes_both_ways() -> None:
    items = [{"a": "x,y", "b": 'q"'}, {"a": "line\nbreak", "c": True}]
    text = texts.csv_write(items)
    assert texts.csv_parse(text) == [
        {"a": "x,y", "b": 'q"', "c": ""},
        {"a": "line\nbreak", "b": "", "c": "true"},
    ]
    assert texts.csv_parse("\ufeffa;b\n1;2\n\n", ";") == [{"a": "1", "b": "2"}]
    assert texts.csv_parse("1,2\n", header=False) == [["1", "2"]]


def test_signatures_are_hmacs() -> None:
    expected = hmac.new(b"key", b"text", hashlib.sha512).hexdigest()
    assert texts.signed("text", "key", "sha512", "hex") == expected
