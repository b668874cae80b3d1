"""Workflows that notify, and what the platform itself tells people."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.notifications.test_sending import letters
from tests.support.server import Client, Server, until


@pytest.fixture(scope="module")
def linus(server: Server) -> Client:
    return Client(server, "linus@steps.example").register()


def run(client: Client, name: str, **step: Any) -> dict[str, Any]:
    """An execution of one step, once it has ended."""
    definition = {
        "name": name,
        "triggers": [{"id": "h", "type": "webhook"}],
        "steps": [{"id": "tell", **step}],
        "output": "{% $tell %}",
    }
    workflow = client.publish(definition)
    return client.ended(client.call_webhook(workflow, {}).json()["execution_id"])


def inbox(client: Client, category: str) -> list[dict[str, Any]]:
    return [i for i in client.ok("GET", "/v1/inbox")["items"] if i["category"] == category]


def test_a_step_notifies_and_goes_on_at_once(linus: Client) -> None:
    done = run(linus, "At once", use="inapp.send", **{"with": {"to": "role:owner", "subject": "S", "text": "T", "category": "steps"}})  # fmt: skip
    assert done["status"] == "succeeded", done
    output = linus.ok("GET", f"/v1/executions/{done['id']}")["output"]
    sent = linus.ok("GET", f"/v1/notifications/{output['notification_id']}")
    assert sent["created_by"] == f"execution:{done['id']}"
    assert until(lambda: inbox(linus, "steps"), "the message")[0]["subject"] == "S"


def test_a_step_waits_for_the_result(linus: Client) -> None:
    inputs = {"to": ["role:owner", "x@buyer.example"], "channels": ["email"], "text": "T", "wait": True}  # fmt: skip
    done = run(linus, "Waits", use="notify.send", **{"with": inputs})
    assert done["status"] == "succeeded", done
    output = linus.ok("GET", f"/v1/executions/{done['id']}")["output"]
    assert (output["reached"], output["deliveries"]) == (2, 2)


def test_a_step_that_reaches_nobody_fails_by_name(linus: Client) -> None:
    gone = {"channel": "email", "address": "gone@buyer.example"}
    linus.ok("POST", "/v1/notification-suppressions", gone)
    inputs = {"to": "gone@buyer.example", "channels": ["email"], "text": "T", "wait": True}
    done = run(linus, "Nobody", use="notify.send", **{"with": inputs})
    assert (done["status"], done["error"]) == ("failed", "Notification.NotReached")


@pytest.mark.parametrize(
    "inputs",
    [
        {"to": "nobody at all", "text": "T"},
        {"to": "role:emperor", "text": "T"},
        {"to": "role:owner"},
        {"to": "role:owner", "template": "missing"},
        {"to": "role:owner", "subject": "a\nb", "text": "T"},
    ],
    ids=str,
)
def test_bad_inputs_fail_the_step_by_name(linus: Client, inputs: dict[str, Any]) -> None:
    done = run(linus, f"Bad {inputs}"[:90], use="inapp.send", **{"with": inputs})
    assert (done["status"], done["error"]) == ("failed", "Notification.Invalid"), done


def test_email_send_goes_the_same_way(linus: Client) -> None:
    inputs = {"to": "step@buyer.example", "subject": "S", "text": "T"}
    done = run(linus, "Mail", use="email.send", **{"with": inputs})
    sent = linus.ok("GET", f"/v1/executions/{done['id']}")["output"]["message_id"]
    assert linus.ok("GET", f"/v1/notifications/{sent}")["channels"] == ["email"]
    assert until(lambda: letters(linus, "step@buyer.example"), "the mail")[0]["Subject"] == "S"
    waited = run(linus, "Waiting mail", use="email.send", **{"with": {**inputs, "wait": True}})
    output = linus.ok("GET", f"/v1/executions/{waited['id']}")["output"]
    assert (output["reached"], output["deliveries"]) == (1, 1)
    status = linus.ok("GET", f"/v1/notifications/{output['message_id']}")["progress"]
    assert not status.keys() & {"queued", "sending"}, "it went on when that was known"
    bad = run(linus, "Bad mail", use="email.send", **{"with": {**inputs, "to": "nobody"}})
    assert bad["error"] == "Email.Rejected"


def test_failures_of_a_workflow_are_told_once_an_hour(server: Server) -> None:
    ken = Client(server, "ken@steps.example").register()
    definition = {
        "name": "Breaks",
        "triggers": [{"id": "h", "type": "webhook"}],
        "steps": [{"id": "a", "use": "inapp.send", "with": {"to": "role:emperor", "text": "T"}}],
    }
    workflow = ken.publish(definition)
    for _ in range(3):
        ken.ended(ken.call_webhook(workflow, {}).json()["execution_id"])
    until(lambda: inbox(ken, "workflow-failed"), "the notice")

    def told() -> Any:
        page = ken.ok("GET", "/v1/notifications?category=workflow-failed")["items"]
        return page if all(not {"queued", "sending"} & n["progress"].keys() for n in page) else None

    notices = until(told, "the notices")
    assert 1 <= len(notices) <= 2  # two where the hour has just turned
    assert notices[0]["created_by"] == "system:notices"


def test_a_waiting_approval_is_in_the_members_inbox(server: Server) -> None:
    edsger = Client(server, "edsger@steps.example").register()
    ask = {"assignees": ["role:owner", "someone@else.example"], "title": "Pay it?"}
    definition = {
        "name": "Asks",
        "triggers": [{"id": "h", "type": "webhook"}],
        "steps": [{"id": "q", "use": "human.approval", "with": ask}],
    }
    edsger.call_webhook(edsger.publish(definition), {})
    (notice,) = until(lambda: inbox(edsger, "approval-waiting"), "the notice")
    assert notice["subject"] == "Pay it?"
    assert "/approvals/" in notice["url"]
