"""Parameters: OpenAPI's own table of styles, and what lies outside of it."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.integrations.connectors.writing import (
    cookie_value,
    header_value,
    path_value,
    query_pairs,
)

EMPTY, TEXT = "", "blue"
LIST, OBJECT = ["blue", "black", "brown"], {"R": 100, "G": 200, "B": 150}


@pytest.mark.parametrize(
    ("style", "explode", "value", "written"),
    [  # https://spec.openapis.org/oas/v3.1.0#style-examples
        ("matrix", False, TEXT, ";color=blue"),
        ("matrix", False, LIST, ";color=blue,black,brown"),
        ("matrix", False, OBJECT, ";color=R,100,G,200,B,150"),
        ("matrix", True, LIST, ";color=blue;color=black;color=brown"),
        ("matrix", True, OBJECT, ";R=100;G=200;B=150"),
        ("label", False, TEXT, ".blue"),
        ("label", False, LIST, ".blue,black,brown"),
        ("label", False, OBJECT, ".R,100,G,200,B,150"),
        ("label", True, LIST, ".blue.black.brown"),
        ("label", True, OBJECT, ".R=100.G=200.B=150"),
        ("simple", False, TEXT, "blue"),
        ("simple", False, LIST, "blue,black,brown"),
        ("simple", False, OBJECT, "R,100,G,200,B,150"),
        ("simple", True, LIST, "blue,black,brown"),
        ("simple", True, OBJECT, "R=100,G=200,B=150"),
        ("simple", False, "a/b?c#d e", "a%2Fb%3Fc%23d%20e"),
        ("simple", False, True, "true"),
        ("simple", False, 1.0, "1"),
    ],
)
def test_paths(style: str, explode: bool, value: Any, written: str) -> None:
    assert path_value("color", value, style, explode=explode) == written


@pytest.mark.parametrize(
    ("style", "explode", "value", "written"),
    [
        ("form", False, TEXT, "color=blue"),
        ("form", False, LIST, "color=blue,black,brown"),
        ("form", False, OBJECT, "color=R,100,G,200,B,150"),
        ("form", True, LIST, "color=blue&color=black&color=brown"),
        ("form", True, OBJECT, "R=100&G=200&B=150"),
        ("spaceDelimited", False, LIST, "color=blue%20black%20brown"),
        ("spaceDelimited", False, OBJECT, "color=R%20100%20G%20200%20B%20150"),
        ("pipeDelimited", False, LIST, "color=blue|black|brown"),
        ("pipeDelimited", False, OBJECT, "color=R|100|G|200|B|150"),
        ("tabDelimited", False, LIST, "color=blue%09black%09brown"),
        ("deepObject", True, OBJECT, "color[R]=100&color[G]=200&color[B]=150"),
        ("deepObject", True, {"a": {"b": [1, {"c": 2}]}}, "color[a][b][]=1&color[a][b][1][c]=2"),
        ("form", True, EMPTY, "color="),
        ("form", True, None, "color="),
        ("form", True, False, "color=false"),
        ("form", True, "a&b=c", "color=a%26b%3Dc"),
        ("form", True, {"a b": "c"}, "a%20b=c"),
    ],
)
def test_queries(style: str, explode: bool, value: Any, written: str) -> None:
    assert "&".join(query_pairs("color", value, style, explode=explode)) == written


def test_reserved_characters_stay_where_the_document_allows_them() -> None:
    assert list(query_pairs("q", "a/b?c", "form", explode=True, reserved=True)) == ["q=a/b?c"]
    assert list(query_pairs("q[]", "x", "form", explode=True)) == ["q%5B%5D=x"]


@pytest.mark.parametrize(
    ("value", "explode", "written"),
    [(LIST, False, "blue,black,brown"), (OBJECT, False, "R,100,G,200,B,150"), (OBJECT, True, "R=100,G=200,B=150"), ("a b", False, "a b")],
)  # fmt: skip
def test_headers(value: Any, explode: bool, written: str) -> None:
    assert header_value(value, explode=explode) == written


def test_cookies() -> None:
    assert cookie_value("c", "a;b", explode=True) == "c=a%3Bb"
    assert cookie_value("c", LIST, explode=False) == "c=blue,black,brown"
    assert cookie_value("c", LIST, explode=True) == "c=blue; c=black; c=brown"
