"""Search: words, phrases, filters, pages, excerpts; only what the caller may see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from statewright.analytics import executions, searching
from statewright.analytics.searching import SearchQuery, pieces
from statewright.auth.roles import ROLES
from statewright.errors import ForbiddenError, InvalidError
from statewright.http.caller import Caller
from tests.e2e.analytics.rig import NOW, OTHER, USER, WORKFLOWS, WORKSPACE, Rig
from tests.e2e.analytics.test_counting import event

OWNER = Caller(WORKSPACE, USER, "owner", ROLES["owner"])


def find(caller: Caller = OWNER, limit: int = 50, cursor: str | None = None, **query: Any) -> Any:
    return searching.search(caller, SearchQuery(**query), cursor, limit)


def test_words_phrases_filters_and_excerpts(rig: Rig) -> None:
    executions.record(
        [
            event(1, output='{"city": "São Paulo"}'),
            event(2, "FAILED", error="Http.404", cause="order <script>alert(1)</script> not found"),
            event(3, workflow=WORKFLOWS[1]),
        ]
    )
    assert [hit.id for hit in find(words='"not found" order').items] == ["e2"]
    assert [hit.id for hit in find(words="são").items] == ["e1"]
    assert [hit.id for hit in find(words="Zoë -2 -3").items] == ["e1"]
    assert [hit.id for hit in find(words="zoë", status="failed").items] == ["e2"]
    assert [hit.id for hit in find(words="invoices", workflow_id=WORKFLOWS[1]).items] == ["e3"]
    assert [hit.id for hit in find(until=NOW - timedelta(hours=1)).items] == []
    excerpt = find(words="script").items[0].excerpt
    assert [piece.text for piece in excerpt if piece.hit] == ["script"]
    assert "alert(1)" in "".join(piece.text for piece in excerpt)


def test_pages_have_everything_once(rig: Rig) -> None:
    executions.record([event(n) for n in range(1, 24)])
    rig.sql(
        "INSERT INTO audit_events (workspace_id, sequence, at, actor, action, target, record, hash)"
        " SELECT %(w)s, 0, %(at)s, 'a', 'x', '', '{\"who\": \"Zoë\"}', '' FROM generate_series(1, 5)",
        w=WORKSPACE, at=NOW - timedelta(minutes=5),
    )  # fmt: skip
    found, cursor = [], None
    while True:
        page = find(words="zoë", limit=7, cursor=cursor)
        found += [(hit.kind, hit.id) for hit in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert len(found) == len(set(found)) == 28
    assert {kind for kind, _ in found} == {"execution", "audit"}


def test_nobody_finds_what_is_not_theirs(rig: Rig) -> None:
    executions.record([event(1), event(2, workflow=WORKFLOWS[2])])
    assert [hit.id for hit in find(words="zoë", kinds=["execution"]).items] == ["e1"]
    stranger = Caller(OTHER, USER, "owner", ROLES["owner"])
    assert [hit.id for hit in find(stranger, words="zoë", kinds=["execution"]).items] == ["e2"]
    assert find(stranger, words=WORKSPACE, kinds=["execution"]).items == []
    viewer = Caller(WORKSPACE, USER, "viewer", ROLES["viewer"])
    assert {hit.kind for hit in find(viewer).items} == {"execution"}
    with pytest.raises(ForbiddenError):
        find(viewer, kinds=["audit"])
    with pytest.raises(ForbiddenError):
        find(Caller(WORKSPACE, USER, "guest", ROLES["guest"]))


@pytest.mark.parametrize(
    "words", ["'", "& | ! ( :*", '"', "-", "\\", "a:*b", "x" * 500, "\x01", "\x01execution"]
)
def test_hostile_words_find_nothing_and_break_nothing(rig: Rig, words: str) -> None:
    executions.record([event(1)])
    assert find(words=words, kinds=["execution"]).items in ([], find(kinds=["execution"]).items)


def test_a_nul_is_refused(rig: Rig) -> None:
    with pytest.raises(InvalidError):
        find(words="a\0b")


def test_marks_become_pieces() -> None:
    assert [(p.text, p.hit) for p in pieces("a \x02b\x03 c\x02d")] == [("a ", False), ("b", True), (" c", False), ("d", False)]  # fmt: skip
