"""Visits of steps: in loops, branches and retries each is one row, with what happened in it."""

from __future__ import annotations

from typing import Any

from asl.history import render
from statewright.workflows.compiler import compile_definition
from statewright.workflows.parsing import parse_definition
from statewright.workflows.visits import History, Seen, status_of, value_of
from tests.support.definitions import execute, http, workflow
from tests.unit.statewright.workflows.test_step_view import plain

RETRY = {"attempts": 2, "interval": "1s"}


def visits(source: Any, **run: Any) -> tuple[list[tuple[str, Seen]], History]:
    """The visits of steps, by the pointers of their steps."""
    done, _ = execute(source, **run)
    bindings = compile_definition(parse_definition(source)).bindings
    history = History(lambda visit: True).take(
        render((*entry[:4], plain(entry[4]))) for entry in done.entries
    )
    named = [(bindings.get(visit.state, "#"), visit) for visit in history.visits]
    return [(pointer, visit) for pointer, visit in named if "#" not in pointer], history


def test_rounds_branches_and_attempts() -> None:
    branches = {"a": [http("c", retry=RETRY)], "b": [{"id": "s", "set": "{% $x %}"}]}
    source = workflow(
        {"id": "e", "for_each": [7, 8], "as": "x", "steps": [{"id": "p", "parallel": branches}], "output": "{% $p %}"},
        {"id": "last", "set": 1},
    )  # fmt: skip
    answers = {"c": [{"error": "Http.ServerError"}, {"status": 200, "body": 1}]}
    found, history = visits(source, answers=answers)
    assert sorted((pointer, visit.iterations) for pointer, visit in found) == [
        ("/steps/0", ()),
        ("/steps/0/steps/0", (0,)),
        ("/steps/0/steps/0", (1,)),
        ("/steps/0/steps/0/parallel/a/0", (0,)),
        ("/steps/0/steps/0/parallel/a/0", (1,)),
        ("/steps/0/steps/0/parallel/b/0", (0,)),
        ("/steps/0/steps/0/parallel/b/0", (1,)),
        ("/steps/1", ()),
    ]
    by_id = {visit.id: (pointer, visit) for pointer, visit in found}
    for pointer, visit in found:
        assert status_of(visit, history.end) == "succeeded"
        assert visit.stopped_at is not None
        if visit.parent is not None:
            around, parent = by_id[visit.parent.id]
            assert pointer.startswith(around + "/")
            assert parent.iterations == visit.iterations[: len(parent.iterations)]
    assert by_id[min(by_id)][1].children == 2
    calls = [visit for pointer, visit in found if pointer.endswith("/a/0")]
    assert [[attempt.error for attempt in visit.attempts] for visit in calls] == [
        ["Http.ServerError", None],
        [None],
    ]
    assert all(attempt.stopped_at for visit in calls for attempt in visit.attempts)
    assert value_of(calls[0].arguments)["Payload"]["with"] == {"method": "GET", "url": "http://x"}
    assert [value_of(v.assigned["s"]) for p, v in found if p.endswith("/b/0")] == [7, 8]


def test_what_fails_is_told_where_it_failed() -> None:
    source = workflow(
        {"id": "e", "for_each": [1, 2], "as": "x", "concurrency": 1, "steps": [http("c")]},
        {"id": "never", "set": 1},
    )
    found, history = visits(source, answers={"c": {"error": "Http.Timeout", "cause": "late"}})
    assert history.end == "failed"
    assert [(pointer, status_of(visit, history.end)) for pointer, visit in found] == [
        ("/steps/0", "failed"),
        ("/steps/0/steps/0", "failed"),
    ]
    assert (found[1][1].attempts[-1].error, found[1][1].attempts[-1].cause) == (
        "Http.Timeout",
        "late",
    )


def test_a_caught_failure_leaves_its_visit_and_the_handler_stands_beside_it() -> None:
    clause = {"steps": [{"id": "why", "set": "{% $error.name %}"}]}
    source = workflow(
        {"id": "p", "parallel": {"a": [{"try": {"steps": [http("c")], "catch": [clause]}}], "b": [http("d")]}},
        {"id": "after", "set": 1},
    )  # fmt: skip
    found, history = visits(source, answers={"c": {"error": "Http.Timeout"}})
    assert [
        (v.state, status_of(v, history.end), v.parent and v.parent.state) for _, v in found
    ] == [
        ("p", "succeeded", None),
        ("c", "failed", "p"),
        ("d", "succeeded", "p"),
        ("why", "succeeded", "p"),
        ("after", "succeeded", None),
    ]


def test_only_what_is_kept_holds_data() -> None:
    source = workflow({"id": "a", "set": "x" * 1000}, {"id": "b", "set": 2})
    done, _ = execute(source)
    events = [render((*entry[:4], plain(entry[4]))) for entry in done.entries]
    history = History(lambda visit: visit.state == "b").take(events)
    assert {visit.state for visit in history.visits if visit.output is not None} == {"b"}
