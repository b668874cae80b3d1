"""What time, crashes and colleagues do to a task, against a real database with a clock to decide on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from statewright.auth import tokens
from statewright.aws import events, states
from statewright.aws.events import Event
from statewright.errors import (
    ConflictError,
    ForbiddenError,
    GoneError,
    InvalidError,
    StatewrightError,
    UnavailableError,
)
from statewright.http import Caller
from statewright.tasks import asking, deciding, handling, listing, sweeping
from statewright.tasks.links import Link
from statewright.tasks.models import Assignment, Decision, Delegation, NewComment, TaskDetail
from tests.e2e.notifications.rig import USER, WORKSPACE, CrashError, Rig, opened

WORKFLOW = "0190b0a0-0000-7000-8000-000000000001"
BOB = "0190b0a0-0000-7000-8000-0000000000b2"
EVE = "0190b0a0-0000-7000-8000-0000000000b3"
_PEOPLE = f"""
    INSERT INTO users VALUES ('{BOB}', 'bob@example.com', 'Bob', NULL, now()),
        ('{EVE}', 'eve@example.com', 'Eve', NULL, now());
    INSERT INTO memberships VALUES ('{WORKSPACE}', '{BOB}', 'approver', now()),
        ('{WORKSPACE}', '{EVE}', 'viewer', now());
    INSERT INTO groups VALUES ('{WORKFLOW}', '{WORKSPACE}', 'board', now());
    INSERT INTO group_members VALUES ('{WORKFLOW}', '{WORKSPACE}', '{BOB}'),
        ('{WORKFLOW}', '{WORKSPACE}', '{EVE}');
    INSERT INTO workflows VALUES ('{WORKFLOW}', '{WORKSPACE}', 'Pay', '{{}}', 1, 1, true, now(), now());
"""
EVERYBODY = ["user:owner@example.com", "user:bob@example.com", "user:eve@example.com"]


@dataclass
class Desk:
    """A workspace with an owner, Bob and Eve; Step Functions as far as tasks see it."""

    rig: Rig
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    waiting: set[str] = field(default_factory=set)
    announced: list[Event] = field(default_factory=list)
    """What EventBridge was told."""
    crash: bool = False
    down: bool = False

    def ask(self, token: str = "t", **inputs: Any) -> str:
        self.waiting.add(token)
        request = {
            "workspace_id": WORKSPACE,
            "workflow_id": WORKFLOW,
            "execution_id": "x",
            "step": "ask",
            "key": "x/ask",
            "started_by": inputs.pop("started_by", None),
            "task_token": token,
            "with": {"assignees": EVERYBODY, "title": "Pay?", "expires": "2d", **inputs},
        }
        return asking.ask(request)

    def succeed(self, token: str, output: dict[str, Any]) -> None:
        if self.crash:
            self.crash = False
            raise CrashError("before Step Functions has it")
        if self.down:
            raise UnavailableError("Step Functions does not answer.")
        if token not in self.waiting:
            raise GoneError("The step does not wait for this any more.")
        self.waiting.discard(token)
        self.told.append((token, output))

    def get(self, task_id: str) -> TaskDetail:
        return listing.get(caller(USER), task_id)

    def acts(self, task_id: str) -> list[str]:
        return [event.act for event in self.get(task_id).events]

    def later(self, **much: float) -> None:
        self.rig.now += timedelta(**much)
        sweeping.sweep(lambda: True)

    def mailed(self) -> list[str]:
        rows = self.rig.sql(
            "SELECT address FROM notification_deliveries WHERE channel = 'email' ORDER BY id"
        )
        return [row[0] for row in rows]

    def link(self, task_id: str, email: str) -> Link:
        person = next(one for one in self.get(task_id).people if one.email == email)
        return Link(WORKSPACE, person.id)


def caller(user: str, *permissions: str) -> Caller:
    return Caller(WORKSPACE, user, "viewer", frozenset(permissions), session_id="s")


def say(decision: Any, comment: str = "", **form: Any) -> Decision:
    return Decision(decision=decision, comment=comment, form=form)


@pytest.fixture
def desk(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with opened(database, monkeypatch) as rig:
        rig.sql(_PEOPLE)
        made = Desk(rig)
        monkeypatch.setattr(tokens, "secret_text", lambda name: "s" * 40)
        monkeypatch.setattr(states, "succeed_task", made.succeed)
        monkeypatch.setattr(events, "publish", made.announced.extend)
        yield made


def test_asking_twice_with_one_token_asks_once(desk: Desk) -> None:
    first = desk.ask()
    assert desk.ask() == first
    assert sorted(desk.mailed()) == ["bob@example.com", "eve@example.com", "owner@example.com"]
    assert desk.acts(first) == ["asked"]
    assert {event.type for event in desk.announced} == {"task.assigned"}


def test_a_step_that_is_tried_again_withdraws_what_it_asked(desk: Desk) -> None:
    first, second = desk.ask("t1"), desk.ask("t2")
    assert desk.get(first).status == "cancelled"
    assert desk.get(second).status == "open"


def test_of_two_answers_at_once_one_counts(desk: Desk) -> None:
    """Both run in threads that wait for each other at the door; the row's lock lets one in."""
    task = desk.ask()
    door, found = threading.Barrier(3), []

    def answer(user: str, decision: str) -> None:
        door.wait()
        try:
            deciding.decide(caller(user), task, say(decision))
            found.append(decision)
        except StatewrightError as error:
            found.append(type(error).__name__)

    threads = [
        threading.Thread(target=answer, args=(user, decision))
        for user, decision in ((USER, "approved"), (BOB, "rejected"), (EVE, "approved"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found)[:2] == ["ConflictError", "ConflictError"]
    ((_, result),) = desk.told
    assert result["decision"] == desk.get(task).status == sorted(found)[2]
    assert len(result["votes"]) == 1


def test_a_crash_before_step_functions_knows_loses_nothing(desk: Desk) -> None:
    task = desk.ask()
    desk.crash = True
    with pytest.raises(CrashError):
        deciding.decide(caller(BOB), task, say("approved", "fine"))
    assert desk.told == []
    desk.later(minutes=1)
    desk.later(minutes=1)
    ((token, result),) = desk.told
    assert (token, result["decision"], result["comment"]) == ("t", "approved", "fine")
    assert result["decided_by"] == "bob@example.com"


def test_step_functions_may_be_away_while_people_decide(desk: Desk) -> None:
    task = desk.ask()
    desk.down = True
    deciding.decide(caller(BOB), task, say("rejected"))
    desk.later(minutes=1)
    assert (desk.told, desk.get(task).status) == ([], "rejected")
    desk.down = False
    desk.later(minutes=1)
    assert [token for token, _ in desk.told] == ["t"]


def test_a_decision_for_an_execution_that_was_stopped(desk: Desk) -> None:
    task = desk.ask()
    desk.waiting.clear()
    with pytest.raises(GoneError):
        deciding.decide(caller(BOB), task, say("approved"))
    assert desk.get(task).status == "cancelled"
    with pytest.raises(GoneError):
        deciding.decide(caller(EVE), task, say("approved"))
    desk.later(days=3)
    assert desk.told == []


def test_an_executions_end_cancels_what_it_asks(desk: Desk) -> None:
    task = desk.ask()
    arn = f"arn:aws:states:us-east-1:000000000000:stateMachine:statewright-{WORKFLOW}"
    sweeping.end_of_execution({"stateMachineArn": arn, "name": "x", "status": "ABORTED"})
    found = desk.get(task)
    assert (found.status, found.events[-1].text) == (
        "cancelled",
        "The execution has ended: aborted.",
    )


@pytest.mark.parametrize(
    ("on_expiry", "status", "told"),
    [
        ("fail", "expired", []),
        ("approve", "approved", ["approved"]),
        ("reject", "rejected", ["rejected"]),
    ],
)
def test_expiry(desk: Desk, on_expiry: str, status: str, told: list[str]) -> None:
    task = desk.ask(on_expiry=on_expiry)
    desk.later(hours=47)
    assert desk.get(task).status == "open"
    desk.later(hours=1)
    assert desk.get(task).status == status
    assert [result["decision"] for _, result in desk.told] == told
    assert all(result["decided_by"] is None for _, result in desk.told)
    with pytest.raises((GoneError, ConflictError)):
        deciding.decide(caller(BOB), task, say("approved"))


def test_nobody_decides_when_the_time_is_over_and_the_sweeper_late(desk: Desk) -> None:
    task = desk.ask()
    desk.rig.now += timedelta(days=2)
    with pytest.raises(GoneError):
        deciding.decide(caller(BOB), task, say("approved"))
    assert desk.told == []


def test_reminders_go_to_the_silent_and_missed_turns_are_not_made_up(desk: Desk) -> None:
    task = desk.ask(remind="6h", quorum="all")
    deciding.decide(caller(BOB), task, say("approved"))
    before = len(desk.mailed())
    desk.later(hours=6)
    assert sorted(desk.mailed()[before:]) == ["eve@example.com", "owner@example.com"]
    desk.later(hours=20)
    assert desk.acts(task).count("reminded") == 2
    desk.later(hours=3)
    assert desk.acts(task).count("reminded") == 2
    desk.later(hours=1)
    assert desk.acts(task).count("reminded") == 3


def test_escalation_asks_others_too_and_takes_the_claim(desk: Desk) -> None:
    escalate = {"after": "1d", "to": ["user:eve@example.com", "chief@else.example"]}
    task = desk.ask(assignees=["user:bob@example.com"], escalate=escalate)
    handling.claim(caller(BOB), task)
    desk.later(hours=24)
    assert desk.get(task).claimed_by is None
    assert {one.email: one.via for one in desk.get(task).people} == {
        "bob@example.com": "asked",
        "eve@example.com": "escalated",
        "chief@else.example": "escalated",
    }
    assert sorted(desk.mailed()) == ["bob@example.com", "chief@else.example", "eve@example.com"]
    deciding.decide_by_link(desk.link(task, "chief@else.example"), say("approved"))
    assert desk.told[0][1]["decided_by"] == "chief@else.example"


def test_all_and_some_of_several(desk: Desk) -> None:
    task = desk.ask("t1", quorum="all")
    deciding.decide(caller(BOB), task, say("approved"))
    with pytest.raises(ConflictError, match="answered already"):
        deciding.decide(caller(BOB), task, say("approved"))
    deciding.decide(caller(EVE), task, say("approved"))
    assert desk.told == []
    deciding.decide(caller(USER), task, say("approved"))
    assert [len(result["votes"]) for _, result in desk.told] == [3]

    early = desk.ask("t2", quorum=2)
    deciding.decide(caller(BOB), early, say("rejected", "no"))
    deciding.decide(caller(EVE), early, say("rejected", "never"))
    assert desk.told[1][1]["decision"] == "rejected"
    with pytest.raises(ConflictError):
        deciding.decide(caller(USER), early, say("approved"))


def test_who_has_started_the_execution_may_not_decide(desk: Desk) -> None:
    task = desk.ask("t1", started_by=BOB, assignees=["group:board"])
    assert [one.email for one in desk.get(task).people] == ["eve@example.com"]
    with pytest.raises(ForbiddenError):
        deciding.decide(caller(BOB), task, say("approved"))
    with pytest.raises(InvalidError):
        handling.delegate(caller(EVE), task, Delegation(to="user:bob@example.com"))
    with pytest.raises(Exception, match="Nobody is left") as caught:
        desk.ask("t2", started_by=BOB, assignees=["user:bob@example.com"])
    assert type(caught.value).__name__ == "HumanTask.NobodyToAsk"
    allowed = desk.ask("t3", started_by=BOB, assignees=["user:bob@example.com"], allow_self=True)
    deciding.decide(caller(BOB), allowed, say("approved"))


def test_owners_stand_in_for_a_role_that_nobody_has(desk: Desk) -> None:
    task = desk.ask(assignees=["role:manager", "role:approver"])
    assert {one.email for one in desk.get(task).people} == {"owner@example.com", "bob@example.com"}


def test_a_role_given_on_the_workflows_folder_counts(desk: Desk) -> None:
    desk.rig.sql(f"""
        INSERT INTO folders VALUES ('{USER}', '{WORKSPACE}', NULL, 'F', now());
        UPDATE workflows SET folder_id = '{USER}';
        INSERT INTO grants VALUES ('{EVE}', '{WORKSPACE}', '{EVE}', NULL, NULL, 'payer', 'folder', '{USER}', now())
    """)
    task = desk.ask(assignees=["role:payer"])
    assert [one.email for one in desk.get(task).people] == ["eve@example.com"]


@pytest.mark.parametrize(
    "inputs",
    [
        {"assignees": ["nobody"]},
        {"assignees": ["group:none"]},
        {"assignees": ["user:stranger-id"]},
        {"assignees": ["phone:+4930123456"]},
        {"quorum": 4},
        {"quorum": 0},
        {"expires": "soon"},
        {"title": ""},
        {"form": {"type": "array"}},
        {"remind": "1x"},
        {"escalate": {"after": "1h"}},
        {"on_expiry": "shrug"},
        {"unknown": 1},
    ],
)
def test_what_cannot_be_asked(desk: Desk, inputs: dict[str, Any]) -> None:
    with pytest.raises(asking.HumanTaskInvalidError):
        desk.ask(**inputs)
    assert desk.rig.sql("SELECT FROM human_tasks") == []
    assert desk.mailed() == []


def test_claim_release_delegate_and_the_links_that_go_with_it(desk: Desk) -> None:
    task = desk.ask()
    bobs = desk.link(task, "bob@example.com")
    handling.claim(caller(EVE), task)
    with pytest.raises(ConflictError, match="working on this"):
        deciding.decide_by_link(bobs, say("approved"))
    with pytest.raises(ForbiddenError):
        handling.release(caller(BOB), task)
    handling.release(caller(BOB, handling.MANAGE), task)
    handling.delegate(caller(BOB), task, Delegation(to="deputy@else.example", comment="On leave."))
    with pytest.raises(GoneError, match="in your place"):
        deciding.decide_by_link(bobs, say("approved"))
    with pytest.raises(ForbiddenError):
        deciding.decide(caller(BOB), task, say("approved"))
    with pytest.raises(InvalidError, match="asked already"):
        handling.delegate(caller(EVE), task, Delegation(to="deputy@else.example"))
    deciding.decide_by_link(desk.link(task, "deputy@else.example"), say("approved"))
    assert desk.acts(task) == ["asked", "claimed", "released", "delegated", "approved"]


def test_a_task_may_come_back_to_who_has_delegated_it(desk: Desk) -> None:
    task = desk.ask(assignees=["user:bob@example.com"])
    handling.delegate(caller(BOB), task, Delegation(to="user:eve@example.com"))
    handling.delegate(caller(EVE), task, Delegation(to="bob@example.com"))
    deciding.decide(caller(BOB), task, say("approved"))
    assert desk.told[0][1]["decided_by"] == "bob@example.com"


def test_reassigning_keeps_answers_and_refuses_too_few(desk: Desk) -> None:
    task = desk.ask(quorum=2)
    deciding.decide(caller(BOB), task, say("approved"))
    manager = caller(USER, handling.MANAGE)
    with pytest.raises(InvalidError, match="have to agree"):
        handling.reassign(manager, task, Assignment(assignees=["user:bob@example.com"]))
    handling.reassign(manager, task, Assignment(assignees=["chief@else.example"]))
    assert [one.email for one in desk.get(task).people] == ["bob@example.com", "chief@else.example"]
    deciding.decide_by_link(desk.link(task, "chief@else.example"), say("approved"))
    assert desk.get(task).status == "approved"


def test_who_has_left_the_workspace_does_not_decide(desk: Desk) -> None:
    task = desk.ask()
    link = desk.link(task, "bob@example.com")
    desk.rig.sql(f"UPDATE memberships SET deactivated_at = now() WHERE user_id = '{BOB}'")
    with pytest.raises(GoneError):
        deciding.decide_by_link(link, say("approved"))


def test_a_form_is_checked_and_given_to_the_workflow(desk: Desk) -> None:
    form = {
        "type": "object",
        "required": ["budget"],
        "properties": {"budget": {"type": "integer", "minimum": 1}},
    }
    task = desk.ask("t1", form=form)
    for wrong in ({}, {"budget": 0}, {"budget": 1, "more": 2}):
        with pytest.raises(InvalidError):
            deciding.decide(caller(BOB), task, say("approved", **wrong))
    deciding.decide(caller(BOB), task, say("approved", budget=5))
    assert desk.told[0][1]["form"] == {"budget": 5}
    refused = desk.ask("t2", form=form)
    deciding.decide(caller(BOB), refused, say("rejected"))
    assert desk.told[1][1]["form"] == {}


def test_the_kind_says_which_decisions_there_are(desk: Desk) -> None:
    task = desk.ask(kind="task")
    with pytest.raises(InvalidError):
        deciding.decide(caller(BOB), task, say("approved"))
    deciding.decide(caller(BOB), task, say("completed"))
    assert desk.told[0][1]["decision"] == "completed"


def test_comments_are_for_those_who_are_asked_and_who_manage(desk: Desk) -> None:
    task = desk.ask(assignees=["user:bob@example.com"])
    handling.comment(caller(BOB), task, NewComment(text="Which budget?"))
    handling.comment(caller(EVE, handling.MANAGE), task, NewComment(text="Travel."))
    with pytest.raises(ForbiddenError):
        handling.comment(caller(EVE), task, NewComment(text="Hm."))
    shown = listing.show(desk.link(task, "bob@example.com"))
    assert [one.text for one in shown.comments] == ["Which budget?", "Travel."]


def test_every_act_is_in_the_audit_log(desk: Desk) -> None:
    task = desk.ask()
    handling.claim(caller(BOB), task)
    deciding.decide(caller(BOB), task, say("approved"))
    rows = desk.rig.sql("SELECT actor, action, target FROM audit_events ORDER BY sequence")
    assert rows == [
        ("execution:x", "task.asked", f"task:{task}"),
        (f"user:{BOB}", "task.claimed", f"task:{task}"),
        (f"user:{BOB}", "task.approved", f"task:{task}"),
    ]
