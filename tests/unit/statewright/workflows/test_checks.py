"""Static checks: each with the pointer, the sentence and the suggestion that an author gets."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.errors import InvalidError
from statewright.workflows.actions.action import Action
from statewright.workflows.actions.catalog import CATALOG
from statewright.workflows.checks import Surroundings, check
from statewright.workflows.compiler import compile_definition
from statewright.workflows.parsing import parse_definition
from tests.support.definitions import findings_of, http, workflow

SET = {"id": "a", "set": 1}
USE = http("u")
INPUT = {
    "type": "object",
    "properties": {
        "customer_id": {"type": "string"},
        "total": {"type": "number"},
        "kind": {"enum": ["gift", "plain"]},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}, "qty": {"type": "integer"}}, "additionalProperties": False}},
    },
    "additionalProperties": False,
}  # fmt: skip


def value(source: Any) -> list[Any]:
    return [{"id": "v", "set": source}]


def expression(source: str) -> list[Any]:
    return value(f"{{% {source} %}}")


def found(steps: list[Any], pointer: str, severity: str, **more: Any) -> str:
    findings = findings_of(workflow(*steps, **more))
    texts = [f"{f.detail} {f.suggestion or ''}" for f in findings if (f.pointer, f.severity) == (pointer, severity)]  # fmt: skip
    assert texts, findings
    return "\n".join(texts)


@pytest.mark.parametrize(
    ("steps", "pointer", "words"),
    [
        # names
        (expression("$nothing"), "/steps/0/set", "nothing here is called $nothing"),
        ([SET, *expression("$v")], "/steps/1/set", "not before this"),
        ([{"id": "total", "set": 1}, *value("x {% $totl %}")], "/steps/1/set", "did you mean `$total`?"),
        (expression("customer.name"), "/steps/0/set", "names begin with `$`"),
        ([{"id": "customer", "set": 1}, *expression("customer.name")], "/steps/1/set", "did you mean `$customer`?"),
        (expression("$lenght('x')"), "/steps/0/set", "there is no function $lenght did you mean `$length`?"),
        ([{"id": "count", "set": 1}, *expression("$count([1])")], "/steps/1/set", "hides the function $count"),
        (expression("$trigger.bdy"), "/steps/0/set", "did you mean `body`?"),
        (expression("$execution.verion"), "/steps/0/set", "did you mean `version`?"),
        (expression("$states.input"), "/steps/0/set", "nothing here is called $states"),
        ([{"id": "c", "choose": [{"when": True, "steps": [SET]}]}, *expression("$c")], "/steps/1/set", "give it an `output`"),
        ([{"id": "l", "for_each": [1], "as": "x", "steps": [SET]}, *expression("$a")], "/steps/1/set", "not where this can see it"),
        ([{"id": "l", "for_each": [1], "as": "x", "steps": [SET]}, *expression("$x")], "/steps/1/set", "only the steps of /steps/0 see it"),
        ([{**USE, "on_error": {"steps": [SET]}}, *expression("$error")], "/steps/1/set", "nothing here is called $error"),
        ([SET, SET], "/steps/1/id", "is taken by /steps/0"),
        ([SET, {"id": "l", "for_each": [1], "as": "a", "steps": [USE]}], "/steps/1/as", "is taken by /steps/0"),
        ([SET, {"try": {"steps": [USE], "catch": [{"as": "a", "steps": []}]}}], "/steps/1/try/catch/0/as", "is taken"),
        # syntax
        (expression("1 +"), "/steps/0/set", "is not valid JSONata: ends too early (at character 4)"),
        (value("{% 1"), "/steps/0/set", "one of them is missing"),
        (value({"a": ["x", "{% ) %}"]}), "/steps/0/set/a/1", "is not valid JSONata"),
        # actions
        ([{**USE, "use": "http.reqest"}], "/steps/0/use", "there is no action 'http.reqest' did you mean `http.request`?"),
        ([{**USE, "with": {"url": "http://x", "metod": "GET"}}], "/steps/0/with/metod", "did you mean `method`?"),
        ([{**USE, "with": {}}], "/steps/0/with/url", "is required"),
        ([{**USE, "with": {"url": "http://x", "method": "FETCH"}}], "/steps/0/with/method", "FETCH"),
        ([{**USE, "with": {"url": "{% $trigger.body.total %}"}}], "/steps/0/with/url", "is a number, but the action takes text"),
        ([{**USE, "with": {"url": "{% ['a'] %}"}}], "/steps/0/with/url", "is a list, but the action takes text"),
        ([{"id": "w", "use": "workflow.run", "with": {"workflow": "{% 'x' %}"}}], "/steps/0/with/workflow", "cannot be an expression"),
        ([{"id": "h", "use": "human.approval", "with": {"assignees": ["a"], "title": "t", "expires": "soon"}}], "/steps/0/with/expires", "is not a duration"),
        ([{**USE, "undo": {"use": "http.request", "with": {"url": "{% $uu %}"}}}], "/steps/0/undo/with/url", "did you mean `$u`?"),
        ([{**USE, "undo": {"use": "nope"}}], "/steps/0/undo/use", "there is no action 'nope'"),
        # flow
        ([{"stop": {"status": "failed"}}, SET], "/steps/1", "never reached"),
        ([{"choose": [{"when": "{% $vars.x %}", "steps": [{"stop": {"status": "failed"}}]}, {"otherwise": [{"stop": {"status": "succeeded"}}]}]}, SET], "/steps/1", "never reached"),
        ([{"try": {"steps": [{"stop": {"status": "failed"}}], "finally": [SET]}}, {**SET, "id": "b"}], "/steps/1", "never reached"),
        ([{"id": "p", "parallel": {"x": [{"stop": {"status": "failed"}}]}}, SET], "/steps/1", "never reached"),
        ([{"id": "l", "for_each": "many", "as": "x", "steps": [SET]}], "/steps/0/for_each", "must be a list or one expression"),
        ([{**SET, "when": "yes"}], "/steps/0/when", "a text, which always holds"),
        # types
        (expression("$trigger.body.totl"), "/steps/0/set", "there is no field `totl` here: there are customer_id, kind, lines, total did you mean `total`?"),
        (expression("$trigger.body.customer_id + 1"), "/steps/0/set", "`$trigger.body.customer_id` is text; use `&` to join texts"),
        (expression("$trigger.body.total > 'a'"), "/steps/0/set", "compares a number with text"),
        (expression("$trigger.body.lines > 1"), "/steps/0/set", "is a list"),
        (expression("$uppercase($trigger.body.total)"), "/steps/0/set", "argument 1 is a number, not text"),
        (expression("$sum($trigger.body.lines.sku)"), "/steps/0/set", "argument 1 is"),
        (expression("$uuid(1)"), "/steps/0/set", "takes no arguments, not 1"),
        (expression("$trigger.body.lines.sk"), "/steps/0/set", "did you mean `sku`?"),
        (expression("$trigger.body.lines[qty > 1].prize"), "/steps/0/set", "there is no field `prize`"),
        (expression("$trigger.body.lines[qt > 1]"), "/steps/0/set", "did you mean `qty`?"),
        (expression("$map($trigger.body.lines, function($l){ $l.qyt })"), "/steps/0/set", "did you mean `qty`?"),
        (expression("-$trigger.body.customer_id"), "/steps/0/set", "needs numbers"),
        (expression("$trigger.body.total.cents"), "/steps/0/set", "is asked of a number, which has no fields"),
        ([*value({"score": 1}), {"id": "w", "set": "{% $v.scor %}"}], "/steps/1/set", "did you mean `score`?"),
        ([*value(["{% 1 %}"]), {"id": "w", "set": "{% $v[0] & $v.x %}"}], "/steps/1/set", "has no fields"),
        ([{**USE, "output": "{% $result.statu %}"}], "/steps/0/output", "did you mean `status`?"),
        ([USE, {"id": "w", "set": "{% $u.heders %}"}], "/steps/1/set", "did you mean `headers`?"),
        ([{"id": "p", "parallel": {"left": [SET]}}, {"id": "w", "set": "{% $p.let %}"}], "/steps/1/set", "did you mean `left`?"),
        ([{"id": "l", "for_each": "{% $trigger.body.total %}", "as": "x", "steps": [SET]}], "/steps/0/for_each", "must be a list, but is a number"),
        ([{"id": "l", "for_each": "{% $trigger.body.lines %}", "as": "x", "steps": [{"id": "y", "set": "{% $x.skuu %}"}]}], "/steps/0/steps/0/set", "did you mean `sku`?"),
        ([{"id": "l", "for_each": "{% $trigger.body.lines %}", "as": "x", "steps": [SET], "output": "{% $x %}"}, {"id": "y", "set": "{% $l.skuu %}"}], "/steps/1/set", "did you mean `sku`?"),
        ([{"wait": {"until": "{% $trigger.body.total %}"}}], "/steps/0/wait/until", "has to be text"),
        ([{"stop": {"status": "failed", "error": "{% 1 %}"}}], "/steps/0/stop/error", "has to be null or text"),
        ([{"try": {"steps": [USE], "catch": [{"steps": [{"id": "e", "set": "{% $error.message %}"}]}]}}], "/steps/0/try/catch/0/steps/0/set", "there are cause, name"),
        # times
        ([{"wait": {"until": "tomorrow"}}], "/steps/0/wait/until", "is not a moment"),
        ([{"wait": {"until": "2027-01-01T00:00:00"}}], "/steps/0/wait/until", "needs its time zone"),
        ([{**USE, "timeout": "10s", "heartbeat": "10s"}], "/steps/0/heartbeat", "must be shorter than `timeout`"),
        # limits
        (value("x" * 300_000), "/steps/0/set", "a state's data may have 262,144"),
        ([{"id": "l", "for_each": {"file": "a.csv", "format": "csv"}, "as": "x", "steps": [{**USE, "undo": {"use": "http.request", "with": {"url": "http://x"}}}]}], "/steps/0", "cannot be undone"),
        ([{"id": "l", "for_each": {"file": "a.csv"}, "as": "x", "steps": [{"stop": {"status": "failed"}}]}], "/steps/0", "cannot stop the workflow"),
    ],
)  # fmt: skip
def test_errors(steps: list[Any], pointer: str, words: str) -> None:
    assert words in found(steps, pointer, "error", input=INPUT)


@pytest.mark.parametrize(
    ("steps", "pointer", "words"),
    [
        (expression("$trigger.body.kind = 'gifts'"), "/steps/0/set", "it is never 'gifts': it is one of gift, plain did you mean `gift`?"),
        (expression("$trigger.body.kind in ['gft', 'plane']"), "/steps/0/set", "it is never 'gft'"),
        (expression("$trigger.body.total = 'a'"), "/steps/0/set", "a number never equals text"),
        ([{**USE, "retry": {"on": ["Http.ServerEror"]}}], "/steps/0/retry/on/0", "http.request does not fail with 'Http.ServerEror' did you mean `Http.ServerError`?"),
        ([{"try": {"steps": [USE], "catch": [{"on": ["Http.Timout"], "steps": []}]}}], "/steps/0/try/catch/0/on/0", "did you mean `Http.Timeout`?"),
        ([{"id": "r", "repeat": {"max": 10_000, "steps": [USE]}}], "/steps/0", "some 70,000 events"),
    ],
)  # fmt: skip
def test_warnings(steps: list[Any], pointer: str, words: str) -> None:
    assert words in found(steps, pointer, "warning", input=INPUT)


def test_fields_that_an_open_schema_does_not_list_are_worth_a_warning() -> None:
    schema = {"type": "object", "properties": {"customer": {"type": "string"}}}
    words = found(expression("$trigger.body.custmer"), "/steps/0/set", "warning", input=schema)
    assert words.strip() == "`custmer` is not among the fields that are declared here did you mean `customer`?"  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "pointer", "words"),
    [
        ([USE], "/steps/0", "can fail with Http.ClientError"),
        ([{**SET, "when": "{% $vars.x %}"}, *expression("$a.b")], "/steps/1/set", "$a is null unless the condition of 'a' holds"),
        ([{**USE, "on_error": "continue"}, *expression("$u.status")], "/steps/1/set", "$u is null unless 'u' succeeds"),
        ([{"choose": [{"when": "{% $vars.x %}", "steps": [SET]}]}, *expression("$a + 1")], "/steps/1/set", "$a is null unless the case that sets it is taken"),
    ],
)  # fmt: skip
def test_notes(steps: list[Any], pointer: str, words: str) -> None:
    assert words in found(steps, pointer, "note")


@pytest.mark.parametrize(
    "steps",
    [
        [USE, *expression("$u.body.anything.at.all")],
        expression("$vars.whatever.x + 1"),
        expression("$trigger.body.lines[qty > 1].sku & ''"),
        expression("$count($trigger.body.lines) > 0 and $exists($trigger.body.kind)"),
        expression("($l := $trigger.body.lines; $sum($l.qty))"),
        expression("$trigger.body.lines ~> $filter(function($l){ $l.qty > 1 }) ~> $count"),
        expression("$reduce([1, 2], function($a, $b){ $a + $b })"),
        expression("$trigger.body.lines{sku: $sum(qty)}"),
        expression("$trigger.body.lines^(>qty)[0].sku"),
        expression("$trigger.body.lines@$l#$i.{'sku': $l.sku, 'at': $i}"),
        expression("$join($trigger.body.lines.sku, ', ')"),
        expression("$merge([{'a': 1}, {'b': 2}]).b"),
        expression("$now() & $uuid() & $hash('a', 'SHA-256')"),
        expression("$sort($trigger.body.lines, function($a, $b){ $a.qty > $b.qty })[0].sku"),
        [{**USE, "when": False}, *expression("$u = null ? 1 : $u.status + 1")],
        [{"id": "r", "repeat": {"max": 3, "steps": [{"id": "n", "set": "{% ($n ? $n : 0) + 1 %}"}]}}, *expression("$n + 1")],
        [{"id": "r", "repeat": {"until": "{% $page.body.next = null %}", "steps": [{**USE, "id": "page", "with": {"url": "http://x/{% $page.body.next %}"}}]}}],
        [{"try": {"steps": [SET], "catch": [{"steps": [{"id": "b", "set": "{% $a & $error.name %}"}]}]}}, *expression("$a & $b")],
        [{"id": "l", "for_each": "{% $trigger.body.lines %}", "as": "x", "batch": {"size": 2}, "steps": [{"id": "y", "set": "{% $sum($x.qty) %}"}]}, *expression("$l[0] + 1")],
    ],
)  # fmt: skip
def test_what_is_right_is_not_complained_about(steps: list[Any]) -> None:
    findings = findings_of(workflow(*steps, input=INPUT))
    assert [f for f in findings if f.severity != "note"] == []


@pytest.mark.parametrize(
    ("trigger", "pointer", "words"),
    [
        ({"cron": "0 2 * * *", "timezone": "Europe/Berlinn"}, "/triggers/0/timezone", "did you mean `Europe/Berlin`?"),
        ({"cron": "0 2 * *"}, "/triggers/0/cron", "five fields"),
        ({"cron": "0 25 * * *"}, "/triggers/0/cron", "is not a cron expression"),
        ({"cron": "0 0 31 2 *"}, "/triggers/0/cron", "not a cron expression"),
        ({"rate": "90s"}, "/triggers/0/rate", "whole minutes"),
        ({"at": "noon"}, "/triggers/0/at", "is not a moment"),
    ],
)  # fmt: skip
def test_schedules(trigger: dict[str, str], pointer: str, words: str) -> None:
    triggers = [{"id": "t", "type": "schedule", **trigger}]
    assert words in found([SET], pointer, "error", triggers=triggers)


def test_a_schedule_that_can_be_kept() -> None:
    triggers = [{"id": "t", "type": "schedule", "cron": "0 2 * * MON-FRI", "timezone": "Europe/Berlin"}]  # fmt: skip
    assert findings_of(workflow(SET, triggers=triggers)) == []


def test_express_workflows_have_five_minutes_and_wait_for_nobody() -> None:
    ask = {"id": "h", "use": "human.approval", "with": {"assignees": ["a"], "title": "t"}}
    many = {"id": "l", "for_each": [1], "as": "x", "concurrency": 100, "steps": [SET]}
    steps = [ask, {"wait": {"for": "1h"}}, many]
    findings = findings_of(workflow(*steps, settings={"mode": "express", "timeout": "6m"}))
    pointers = {f.pointer for f in findings if f.severity == "error"}
    assert pointers == {"/steps/0/use", "/steps/1/wait/for", "/steps/2", "/settings/timeout"}


def test_what_does_not_exist_in_the_workspace() -> None:
    connected = Action("crm.get", "", "function", {"type": "object", "properties": {"template": {"type": "string", "x-refers-to": "template"}}, "required": []}, {})  # fmt: skip
    around = Surroundings(
        actions={**CATALOG, "crm.get": connected},
        workflows={"Enrich": {"type": "object", "properties": {"email": {"type": "string"}}, "required": ["email"], "additionalProperties": False}},
        connections=frozenset({"crm"}),
        templates=frozenset({"welcome"}),
        variables=frozenset({"crm_url"}),
    )  # fmt: skip
    steps = [
        {"id": "a", "use": "workflow.run", "with": {"workflow": "Enrch"}},
        {"id": "b", "use": "workflow.run", "with": {"workflow": "Enrich", "input": {"emial": "{% $trigger.body %}"}}},
        {"id": "c", "use": "workflow.run", "with": {"workflow": "Enrich", "input": {"email": 1}}},
        {"id": "d", "use": "crm.get", "connection": "crn", "with": {"template": "welcom"}},
        {"id": "e", "set": "{% $vars.crm_ulr %}"},
    ]  # fmt: skip
    findings = check(parse_definition(workflow(*steps)), around)
    said = {f.pointer: (f.severity, f.suggestion) for f in findings if f.severity != "note"}
    assert said == {
        "/steps/0/with/workflow": ("error", "did you mean `Enrich`?"),
        "/steps/1/with/input/emial": ("error", "did you mean `email`?"),
        "/steps/1/with/input/email": ("error", None),
        "/steps/2/with/input/email": ("error", None),
        "/steps/3/connection": ("error", "did you mean `crm`?"),
        "/steps/3/with/template": ("error", "did you mean `welcome`?"),
        "/steps/4/set": ("warning", "did you mean `crm_url`?"),
    }


def test_two_findings_at_once_with_the_first_in_the_message() -> None:
    source = workflow(*expression("$x"), {"id": "b", "set": "{% $y %}"})
    with pytest.raises(InvalidError, match=r"^/steps/0/set: .* \(and 1 more\)$") as refused:
        compile_definition(parse_definition(source))
    assert len(refused.value.issues) == 2


def test_pointers_are_escaped() -> None:
    steps = value({"a/b": {"c~d": "{% $x %}"}})
    assert found(steps, "/steps/0/set/a~1b/c~0d", "error")
