"""EventBridge's patterns: AWS's documented operators, on events that do and do not match."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest

from localcloud.errors import AwsError
from localcloud.services.event_patterns import check_pattern, matches
from localcloud.services.event_rules import Rule, Rules, Target

EVENT = {
    "source": "shop",
    "detail": {
        "total": 5,
        "paid": True,
        "tags": ["a", "b"],
        "nothing": None,
        "ip": "10.0.0.7",
        "file": "img/2026/cat.PNG",
        "lines": [{"sku": "x", "qty": 1}, {"sku": "y", "qty": 9}],
        "empty": [],
    },
}


def detail(name: str, *wanted: Any) -> dict[str, Any]:
    return {"detail": {name: list(wanted)}}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"source": ["shop"]}, True),
        ({"source": ["other"]}, False),
        ({"source": ["shop"], **detail("total", 6)}, False),
        (detail("total", 5, 6), True),
        (detail("total", 5.0), True),
        (detail("total", True), False),
        (detail("paid", True), True),
        (detail("paid", 1), False),
        (detail("tags", "b"), True),
        (detail("missing", None), False),
        (detail("nothing", None), True),
        ({"source": [{"prefix": "sh"}]}, True),
        ({"source": [{"prefix": {"equals-ignore-case": "SH"}}]}, True),
        ({"source": [{"suffix": "x"}]}, False),
        (detail("file", {"suffix": {"equals-ignore-case": ".png"}}), True),
        (detail("file", {"wildcard": "img/*/cat*"}), True),
        (detail("file", {"wildcard": "*.png"}), False),
        (detail("file", {"wildcard": r"img/\*"}), False),
        ({"source": [{"equals-ignore-case": "SHOP"}]}, True),
        (detail("total", {"numeric": [">", 1]}), True),
        (detail("total", {"numeric": [">", 5]}), False),
        (detail("total", {"numeric": [">", 1, "<=", 5]}), True),
        (detail("total", {"numeric": ["=", 5.0]}), True),
        (detail("paid", {"numeric": ["=", 1]}), False),
        (detail("ip", {"cidr": "10.0.0.0/24"}), True),
        (detail("ip", {"cidr": "10.0.1.0/24"}), False),
        (detail("file", {"cidr": "10.0.1.0/24"}), False),
        (detail("missing", {"exists": False}), True),
        (detail("missing", {"exists": True}), False),
        (detail("nothing", {"exists": True}), True),
        ({"detail": {"no": {"such": [{"exists": False}]}}}, True),
        ({"source": [{"anything-but": ["shop"]}]}, False),
        ({"source": [{"anything-but": "other"}]}, True),
        ({"source": [{"anything-but": {"prefix": "sh"}}]}, False),
        ({"source": [{"anything-but": {"suffix": ["x", "y"]}}]}, True),
        ({"source": [{"anything-but": {"equals-ignore-case": "SHOP"}}]}, False),
        (detail("file", {"anything-but": {"wildcard": "*/2025/*"}}), True),
        (detail("missing", {"anything-but": "x"}), False),
        (detail("tags", {"anything-but": "a"}), False),
        (detail("tags", {"anything-but": "c"}), True),
        ({"detail": {"lines": {"sku": ["y"], "qty": [9]}}}, True),
        ({"detail": {"lines": {"sku": ["x"], "qty": [9]}}}, False),
        (detail("lines", "x"), False),
        (detail("empty", "x"), False),
        ({"detail": {"$or": [{"total": [6]}, {"paid": [True]}]}}, True),
        ({"$or": [{"source": ["a"]}, {"source": ["b"]}]}, False),
        ({"detail": {"total": {"below": ["x"]}}}, False),
    ],
)
def test_what_matches(pattern: dict[str, Any], expected: bool) -> None:
    check_pattern(pattern)
    assert matches(pattern, EVENT) is expected


@pytest.mark.parametrize(
    "pattern",
    [
        {}, [], None, {"source": "shop"}, {"source": []}, {"detail": {}}, {"source": [["x"]]},
        detail("a", {"near": 1}), detail("a", {"prefix": 1}), detail("a", {"exists": "yes"}),
        detail("a", {"prefix": "x", "suffix": "y"}), detail("a", {}),
        detail("a", {"numeric": []}), detail("a", {"numeric": [">"]}),
        detail("a", {"numeric": [">", "1"]}), detail("a", {"numeric": ["!", 1]}),
        detail("a", {"numeric": [[], 1]}), detail("a", {"cidr": "10.0.0/99"}),
        detail("a", {"anything-but": {}}), detail("a", {"anything-but": []}),
        detail("a", {"anything-but": {"numeric": [">", 1]}}), detail("a", {"wildcard": "a**"}),
        {"$or": [{"source": ["a"]}]}, {"$or": {"source": ["a"]}},
    ],
)  # fmt: skip
def test_what_is_no_pattern_is_refused(pattern: Any) -> None:
    with pytest.raises(AwsError, match="Event pattern is not valid"):
        check_pattern(pattern)


def test_a_target_gets_the_event_a_part_of_it_or_a_template() -> None:
    event = {**EVENT, "detail-type": "sold"}
    assert json.loads(Target("a").text("r", event)) == event
    assert Target("a", path="$.detail.tags[1]").text("r", event) == '"b"'
    assert Target("a", fixed='{"x":1}').text("r", event) == '{"x":1}'
    paths = (("t", "$.detail.total"), ("s", "$.source"), ("tags", "$.detail.tags"))
    template = (
        '{"n": <t>, "text": "<s> \\"<t>\\" <tags>", "all": <tags>, "rule": <aws.events.rule-name>,'
        ' "none": "<unknown>", "event": <aws.events.event.json>}'
    )
    assert json.loads(Target("a", template=template, paths=paths).text("r", event)) == {
        "n": 5,
        "text": 'shop "5" ["a","b"]',
        "all": ["a", "b"],
        "rule": "r",
        "none": "<unknown>",
        "event": event,
    }


def test_rules_need_a_pattern_and_a_name_that_is_there() -> None:
    rules = Rules("1", "r")
    for call in (
        lambda: rules.put_rule("x", EventPattern="{"),
        lambda: rules.put_rule("x"),
        lambda: rules.describe_rule("x"),
        lambda: rules.put_targets("x", []),
        lambda: rules.test_event_pattern('{"a": 1}', "{}"),
    ):
        with pytest.raises(AwsError):
            call()
    assert rules.test_event_pattern('{"source": ["shop"]}', json.dumps(EVENT)) == {"Result": True}


PATTERNS: list[dict[str, Any]] = [
    {"source": ["a"]},
    {"detail-type": ["T", "U"]},
    {"source": ["a", "b"], "detail-type": ["T"], "detail": {"x": [1]}},
    {"source": [{"prefix": "a"}], "detail-type": ["T"]},
    {"source": ["a"], "detail-type": [{"anything-but": "T"}]},
    {"detail-type": ["T"], "$or": [{"source": ["b"]}, {"detail": {"x": [2]}}]},
    {"detail": {"x": [{"exists": False}]}},
]


def test_the_index_finds_the_rules_whose_patterns_match() -> None:
    rules = Rules("1", "r")
    for number, pattern in enumerate(PATTERNS):
        rules.add(Rule(str(number), pattern, ()))
    rules.add(Rule("off", {"source": ["a"]}, (), enabled=False))
    for source, kind, detail in product("abc", "TUV", ({}, {"x": 1}, {"x": 2})):
        event = {"source": source, "detail-type": kind, "detail": detail}
        expected = [str(n) for n, pattern in enumerate(PATTERNS) if matches(pattern, event)]
        assert sorted(rule.name for rule in rules.of(event)) == expected, event
    assert PATTERNS[0] == {"source": ["a"]}, "the patterns themselves stay whole"
