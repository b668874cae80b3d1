"""A delivery through every step, with crashes between them, doubled messages and faulty providers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.notifications import on_email_event
from statewright.aws import states
from statewright.errors import GoneError, UnavailableError
from statewright.http.caller import Caller
from statewright.notifications import (
    accounts,
    claiming,
    delivering,
    digests,
    email_events,
    notices,
    preferences,
    tracking,
)
from statewright.notifications.account_models import Limits
from statewright.notifications.backoff import MAX_ATTEMPTS
from statewright.notifications.people_models import Preferences
from statewright.notifications.providers.base import (
    Account,
    Outgoing,
    PermanentError,
    Taken,
    TransientError,
)
from tests.e2e.notifications.rig import USER, WORKSPACE, CrashError, Rig, opened


@pytest.fixture
def rig(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    with opened(database, monkeypatch) as made:
        yield made


def test_every_message_twice_is_one_call(rig: Rig) -> None:
    sent = rig.send(to=[f"u{i}@example.com" for i in range(20)])
    rig.queue += rig.queue
    rig.drain(times=2)
    assert len(rig.calls) == 20
    assert set(rig.statuses(sent)) == {"sent"}
    assert rig.sql("SELECT FROM notification_outbox") == []


@pytest.mark.parametrize(
    "place", ["before publishing", "after publishing", "before the provider", "after the provider"]
)
def test_a_crash_between_two_steps_loses_and_doubles_nothing(rig: Rig, place: str) -> None:
    """The provider is one that can be asked what it has, as Twilio can."""
    has: dict[str, str] = {}

    def provider(message: Outgoing) -> Taken:
        if not (message.interrupted and message.id in has):
            assert message.id not in has, "sent twice"
            has[message.id] = message.body.text
        return Taken("test", message.id)

    rig.provider, rig.crash_at = provider, place
    with pytest.raises(CrashError):
        rig.drain_after(lambda: rig.send(dedup_key="k"))
    sent = rig.send(dedup_key="k")  # the client asks again, as it has no answer
    for _ in range(5):
        rig.later(minutes=5)
        rig.drain()
    assert rig.statuses(sent) == ["sent"]
    assert len(has) == 1
    assert rig.sql("SELECT count(*) FROM notification_deliveries") == [(1,)]


@pytest.mark.parametrize("place", ["before the provider", "after the provider", "before noting"])
def test_a_crash_within_a_batch_loses_and_doubles_nothing(rig: Rig, place: str) -> None:
    """The provider is one that can be asked what it has."""
    has: list[str] = []

    def provider(message: Outgoing) -> Taken:
        if not (message.interrupted and message.id in has):
            has.append(message.id)
        return Taken("test", message.id)

    rig.provider = provider
    sent = rig.send(to=[f"u{i}@example.com" for i in range(5)])
    rig.queue += [rig.queue[0], "no JSON", '{"delivery_id": 1}']
    broken, rig.queue = rig.queue[-2:], rig.queue[:-2]
    assert delivering.Batch(broken)._told == []
    rig.crash_at = place
    with pytest.raises(CrashError):
        rig.drain_together()
    assert rig.statuses(sent) == ["sending"] * 5
    rig.later(minutes=5)
    rig.drain_together()
    assert rig.statuses(sent) == ["sent"] * 5
    assert len(has) == len(set(has)) == 5


def test_a_batch_keeps_caps_and_notes_what_a_server_may_show_twice_at_once(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {"limits": [{"channel": "email", "daily_cap": 2}]}
    accounts.put_limits(Caller(WORKSPACE, USER, "owner"), Limits.model_validate(limits))
    sent = [rig.send() for _ in range(3)]
    rig.drain_together()
    assert sorted(rig.statuses(one)[0] for one in sent) == ["sent", "sent", "suppressed"]
    smtp = Account("smtp", {})
    monkeypatch.setattr(claiming, "_account", lambda session, row, name: smtp)
    others = rig.send(to=["b@example.com", "c@example.com"])
    rig.crash_at = "before noting"
    with pytest.raises(CrashError):
        rig.drain_together()
    assert rig.statuses(others) == ["sent", "sent"]


def test_a_slow_batch_keeps_its_claims_or_leaves_what_it_lost(rig: Rig) -> None:
    first = rig.send(to=["a@example.com", "b@example.com"])
    batch = delivering.Batch(rig.queue, rig.call)
    rig.now += timedelta(seconds=90)
    batch.deliver(rig.queue[0])
    assert sorted(rig.statuses(first)) == ["sending", "sent"], "noted, as it took so long"
    rig.now += timedelta(seconds=40)  # the second's claim has ended: another sender takes it
    rig.drain()
    batch.deliver(rig.queue[1] if rig.queue else f'{{"delivery_id": "{rig.calls[-1].id}", "workspace_id": "{WORKSPACE}"}}')  # fmt: skip
    batch.note()
    assert rig.statuses(first) == ["sent", "sent"]
    assert len(rig.calls) == 2


def test_events_of_many_e_mails_are_applied_together_and_a_bad_one_alone_fails(rig: Rig) -> None:
    sent = rig.send(to=["a@example.com", "b@example.com"])
    rig.drain()
    good = [ses_event("Delivery", call.id, delivery={"timestamp": "1"}) for call in rig.calls]
    opened = ses_event("Open", rig.calls[0].id, open={"timestamp": "2"})
    records = [
        {"messageId": str(number), "body": body}
        for number, body in enumerate([*good, opened, good[0], "no JSON"])
    ]
    answer = on_email_event.handler({"Records": records}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "4"}]}
    assert sorted(rig.statuses(sent)) == ["delivered", "opened"]
    assert on_email_event.handler({"Records": records[:4]}, None) == {"batchItemFailures": []}
    timeline = [event.status for event in tracking.delivery(WORKSPACE, rig.calls[0].id).timeline]
    assert timeline == ["queued", "sent", "delivered", "opened"]


def test_the_event_of_ses_settles_an_attempt_whose_answer_was_lost(rig: Rig) -> None:
    rig.crash_at = "after the provider"
    sent = rig.send()
    with pytest.raises(CrashError):
        rig.drain()
    (call,) = rig.calls
    event = f'{{"eventType": "Send", "send": {{}}, "mail": {{"messageId": "m-1", "tags": {{"delivery_id": ["{call.id}"], "workspace_id": ["{WORKSPACE}"]}}}}}}'
    email_events.note(event)
    rig.later(minutes=10)
    rig.drain()
    assert rig.statuses(sent) == ["sent"]
    assert len(rig.calls) == 1


def test_late_news_of_a_first_sending_does_not_settle_the_second(rig: Rig) -> None:
    sent = rig.send()
    rig.drain()
    (first,) = rig.calls
    email_events.note(ses_event("Bounce", first.id, bounce={"bounceType": "Transient"}))
    assert rig.statuses(sent) == ["bounced"]
    tracking.resend(WORKSPACE, first.id, "user:test")
    assert rig.statuses(sent) == ["queued"]
    email_events.note(ses_event("Open", first.id, open={"timestamp": "1"}))
    email_events.note(ses_event("Delivery", first.id, delivery={"timestamp": "2"}))
    assert rig.statuses(sent) == ["queued"], "it still waits for its second sending"
    rig.drain()
    assert [(call.id, call.round) for call in rig.calls] == [(first.id, 0), (first.id, 1)]
    email_events.note(ses_event("Delivery", first.id, 1, delivery={"timestamp": "3"}))
    assert rig.statuses(sent) == ["delivered"]
    timeline = [event.status for event in tracking.delivery(WORKSPACE, first.id).timeline]
    assert timeline.count("opened") == 1, "what was told is told"


def ses_event(kind: str, delivery_id: str, told_round: int = 0, **more: Any) -> str:
    """What SES says of an e-mail, with the tags that it was sent with."""
    tags = {
        "delivery_id": [delivery_id],
        "workspace_id": [WORKSPACE],
        "round": [str(told_round)],
    }
    return json.dumps({"eventType": kind, "mail": {"messageId": "m", "tags": tags}, **more})


def test_deliveries_are_counted_by_channel_and_template(
    rig: Rig, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "false")  # a local cloud may have set it
    rig.send()
    rig.drain()
    email_events.note(ses_event("Delivery", rig.calls[0].id, delivery={"timestamp": "1"}))
    lines = [line for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    metrics = [json.loads(line) for line in lines]
    assert [(m["channel"], m["template"]) for m in metrics] == [("email", "none")] * 2
    assert [m["Sent"] for m in metrics if "Sent" in m] == [[1.0]]
    assert [m["Delivered"] for m in metrics if "Delivered" in m] == [[1.0]]
    (described,) = metrics[0]["_aws"]["CloudWatchMetrics"]
    assert described["Namespace"] == "Statewright/Notifications"
    assert described["Dimensions"] == [["channel", "template"]]


def test_when_the_topic_does_not_answer_the_request_is_accepted_all_the_same(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    from statewright.aws import topics

    def down(topic: str, messages: Any) -> None:
        raise UnavailableError("SNS does not answer.")

    with monkeypatch.context() as patch:
        patch.setattr(topics, "publish", down)
        sent = rig.send()
    assert rig.queue == []
    rig.later(minutes=3)
    rig.drain()
    assert rig.statuses(sent) == ["sent"]


def test_a_claim_is_one_senders_until_it_ends(rig: Rig) -> None:
    sent = rig.send()
    rig.queue *= 2
    rig.crash_at = "before the provider"
    with pytest.raises(CrashError):
        rig.drain()
    rig.drain()
    assert (rig.calls, rig.statuses(sent)) == ([], ["sending"])


def test_transient_errors_back_off_and_give_up_in_the_end(rig: Rig) -> None:
    def fails(message: Outgoing) -> Taken:
        rig.calls.append(message)
        raise TransientError("busy")

    rig.provider = fails
    sent = rig.send()
    rig.drain()
    while rig.statuses(sent) == ["queued"]:
        rig.later(hours=2)
        rig.drain()
    assert rig.statuses(sent) == ["failed"]
    assert len(rig.calls) == MAX_ATTEMPTS
    assert [delay for _, delay in rig.delayed] == [3, 9, 33, 129, 513]


def test_retry_after_is_respected(rig: Rig) -> None:
    answers: list[Exception] = [TransientError("429", retry_after=300)]

    def provider(message: Outgoing) -> Taken:
        if answers:
            raise answers.pop()
        return Taken("test", "x")

    rig.provider = provider
    sent = rig.send()
    rig.drain()
    text, delay = rig.delayed[0]
    assert delay == 301
    rig.now += timedelta(seconds=299)
    rig.queue.append(text)  # too early: nobody calls
    rig.drain()
    assert rig.calls == []
    rig.now += timedelta(seconds=2)
    rig.queue.append(text)
    rig.drain()
    assert rig.statuses(sent) == ["sent"]


def test_permanent_errors_stop_and_the_fallback_goes_on(rig: Rig) -> None:
    def provider(message: Outgoing) -> Taken:
        if "@" in message.address:
            raise PermanentError("no such mailbox", status="bounced", dead="bounce")
        return Taken("test", "x")

    rig.provider = provider
    sent = rig.send(to=[f"user:{USER}"], channels=["email", "in_app"], strategy="fallback")
    rig.drain()
    assert sorted(rig.statuses(sent)) == ["bounced", "sent"]
    again = rig.send(to=["owner@example.com"])
    rig.drain()
    assert rig.statuses(again) == ["suppressed"]


def test_news_in_any_order_and_told_twice(rig: Rig) -> None:
    sent = rig.send()
    rig.drain()
    (call,) = rig.calls
    tags = f'"mail": {{"tags": {{"delivery_id": ["{call.id}"], "workspace_id": ["{WORKSPACE}"]}}}}'
    click = f'{{"eventType": "Click", "click": {{"link": "https://x", "timestamp": "2"}}, {tags}}}'
    done = f'{{"eventType": "Delivery", "delivery": {{"timestamp": "1"}}, {tags}}}'
    for event in (click, done, click, done):
        email_events.note(event)
    assert rig.statuses(sent) == ["clicked"]
    assert rig.sql(
        "SELECT count(*) FROM notification_events WHERE status IN ('clicked', 'delivered')"
    ) == [(2,)]
    greeting = "Successfully validated SNS topic for Amazon SES event publishing."
    for odd in (greeting, "{}", '{"eventType": "Send"}', f'{{"eventType": "New", {tags}}}'):
        email_events.note(odd)


def test_scheduled_ones_start_once_and_expired_ones_never_go_out(rig: Rig) -> None:
    late = rig.send(send_at=rig.now + timedelta(hours=1), expires_at=rig.now + timedelta(hours=2))
    rig.later(minutes=30)
    assert rig.statuses(late) == []
    assert rig.later(minutes=31)["started"] == 1
    assert rig.later(minutes=1)["started"] == 0
    rig.now += timedelta(hours=2)
    rig.drain()
    assert (rig.statuses(late), rig.calls) == (["expired"], [])


def test_a_cancelled_one_does_not_go_out(rig: Rig) -> None:
    from statewright.notifications import tracking

    sent = rig.send()
    tracking.cancel(WORKSPACE, sent.id, "user:test")
    rig.drain()
    rig.later(hours=1)
    rig.drain()
    assert (rig.statuses(sent), rig.calls) == (["cancelled"], [])


def test_quiet_hours_postpone_and_critical_ones_pass(rig: Rig) -> None:
    wanted = Preferences.model_validate({"profile": {"time_zone": "Europe/Vienna", "quiet_from": "12:00", "quiet_to": "14:30"}})  # fmt: skip
    preferences.put(Caller(WORKSPACE, USER, "owner"), wanted)
    calm = rig.send(to=[f"user:{USER}"])
    critical = rig.send(to=[f"user:{USER}"], priority="critical")
    rig.drain()
    assert (rig.statuses(calm), rig.statuses(critical)) == (["queued"], ["sent"])
    rig.later(minutes=89)
    rig.drain()
    assert rig.statuses(calm) == ["queued"]
    rig.later(minutes=2)
    rig.drain()
    assert rig.statuses(calm) == ["sent"]


def test_the_waiting_step_goes_on_once_and_after_a_crash_too(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, dict[str, Any]]] = []
    waits = {"token-1"}

    def succeed(token: str, output: dict[str, Any]) -> None:
        rig.here("telling")
        if token not in waits:
            raise GoneError("It does not wait any more.")
        waits.discard(token)
        told.append((token, output))

    monkeypatch.setattr(states, "succeed_task", succeed)
    rig.send(to=["a@example.com", "b@example.com"], task_token="token-1")
    rig.crash_at = "telling"
    with pytest.raises(CrashError):
        rig.drain()
    assert told == []
    rig.later(minutes=1)
    rig.later(minutes=1)
    assert [(token, output["reached"]) for token, output in told] == [("token-1", 2)]
    assert rig.sql("SELECT task_token FROM notifications") == [(None,)], "it is forgotten"


def test_a_digest_gathers_what_was_held_and_each_is_in_one_only(rig: Rig) -> None:
    wanted = Preferences.model_validate({"preferences": [{"category": "orders", "channel": "email", "mode": "hourly"}]})  # fmt: skip
    preferences.put(Caller(WORKSPACE, USER, "owner"), wanted)
    sent = [
        rig.send(
            to=[f"user:{USER}"], category="orders", content={"subject": f"No {i}", "text": "T"}
        )
        for i in range(3)
    ]
    other = rig.send(to=[f"user:{USER}"], category="alerts")
    rig.drain()
    assert [rig.statuses(one) for one in (*sent, other)] == [["held"]] * 3 + [["sent"]]
    assert digests.send_due(lambda: True) == 0
    rig.now += timedelta(hours=1)
    assert digests.send_due(lambda: True) == 1
    assert digests.send_due(lambda: True) == 0
    rig.drain()
    assert [rig.statuses(one) for one in sent] == [["digested"]] * 3
    digest = rig.calls[-1]
    assert digest.category == "digest"
    assert digest.body.subject == "3 messages for you"
    assert [f"No {i}" in digest.body.text for i in range(3)] == [True] * 3
    assert len(rig.calls) == 2


def test_caps_count_what_went_out_in_a_day(rig: Rig) -> None:
    limits = {"limits": [{"channel": "email", "daily_cap": 2}]}
    accounts.put_limits(Caller(WORKSPACE, USER, "owner"), Limits.model_validate(limits))
    sent = [rig.send() for _ in range(3)]
    critical = rig.send(priority="critical")
    rig.drain()
    found = [rig.statuses(one)[0] for one in (*sent, critical)]
    assert found == ["sent", "sent", "suppressed", "sent"]
    rig.now += timedelta(days=1, seconds=1)
    later = rig.send()
    rig.drain()
    assert rig.statuses(later) == ["sent"]


def test_the_weekly_summary_goes_out_once(rig: Rig) -> None:
    rig.sql(
        f"INSERT INTO workflows VALUES ('{USER}', '{WORKSPACE}', 'Bad', '{{}}', 1, NULL, true, now(), now())"
    )
    rig.sql(
        "INSERT INTO executions (id, workspace_id, workflow_id, version, arn, status, trigger, started_at)"
        f" SELECT 'e' || s, '{WORKSPACE}', '{USER}', 1, '', s, 'manual', '2029-12-30'::timestamptz"
        " FROM unnest(ARRAY['succeeded', 'failed', 'running']) s"
    )
    assert notices.weekly_summary() == 1
    assert notices.weekly_summary() == 1
    rig.drain()
    (summary,) = rig.calls
    assert summary.body.subject == "Your week: 3 executions"
    assert "1 succeeded, 1 failed, 1 run. Most failures: 'Bad'." in summary.body.text
    rig.later(days=8)
    assert notices.weekly_summary() == 0  # nothing ran
