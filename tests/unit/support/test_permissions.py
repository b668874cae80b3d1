"""The comparison of policies with calls finds what lacks, by function, action and resource."""

from __future__ import annotations

import fnmatch
import json
import re
from pathlib import Path

import pytest

from tests.support import permissions
from tests.support.permissions import KEY, Need
from tests.support.server import ROOT

WORK = "statewright-ai-work-task"
SCHEDULER = next(
    grant.resource
    for grant in permissions.granted()
    if ("iam:PassedToService", "scheduler.amazonaws.com") in grant.conditions
)
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:statewright-test-1"


@pytest.mark.parametrize(
    ("need", "lacks"),
    [
        (Need(WORK, "states:StartExecution", MACHINE), False),
        (Need(WORK, "states:StartExecution", MACHINE.replace("statewright-", "other-")), True),
        (Need(WORK, "states:UpdateStateMachine", MACHINE), True),
        (Need(WORK, "kms:Decrypt", KEY), False),
        (Need("statewright-ai-get-ai-usage", "kms:Decrypt", KEY), True),
        (Need("statewright-workflows-publish-workflow", "events:PutEvents", "arn:aws:events:us-east-1:000000000000:event-bus/default"), False),
    ],
)  # fmt: skip
def test_what_lacks(need: Need, lacks: bool) -> None:
    assert permissions.missing({need}) == ([need] if lacks else [])


ROTATE = "statewright-auth-rotate-signing-keys"
PUBLISH = "statewright-workflows-publish-workflow"
TAG = "aws:RequestTag/statewright:signs-for"


@pytest.mark.parametrize(
    ("need", "lacks"),
    [
        (Need(ROTATE, "kms:CreateKey", "*", ((TAG, "statewright"),)), False),
        (Need(ROTATE, "kms:CreateKey", "*", ((TAG, "another"),)), True),
        (Need(ROTATE, "kms:CreateKey", "*"), True),
        (Need(ROTATE, "kms:GetPublicKey", "any-key"), False),
        (Need(PUBLISH, "iam:PassRole", SCHEDULER, (("iam:PassedToService", "scheduler.amazonaws.com"),)), False),
        (Need(PUBLISH, "iam:PassRole", SCHEDULER, (("iam:PassedToService", "lambda.amazonaws.com"),)), True),
        (Need(PUBLISH, "iam:PassRole", SCHEDULER), True),
    ],
)  # fmt: skip
def test_a_statements_conditions_hold(need: Need, lacks: bool) -> None:
    assert permissions.missing({need}) == ([need] if lacks else [])


def test_a_tag_that_somebody_may_leave_out_is_no_condition_met(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    need = Need(ROTATE, "kms:GetPublicKey", "any-key")
    loose = permissions.Grant("another", "kms:CreateKey", "*")
    grants = (*permissions.granted(), loose)
    monkeypatch.setattr(permissions, "granted", lambda: grants)
    assert permissions.missing({need}) == [need]


def test_functions_may_read_their_encrypted_queues() -> None:
    needs = permissions.implied()
    assert len(needs) >= 15
    assert permissions.missing(needs) == []


def test_every_explained_permission_is_still_there() -> None:
    """docs/iam.md explains grants that no test uses; one that is gone needs no explanation."""
    granted = {
        (grant.function.removeprefix("statewright-"), grant.action)
        for grant in permissions.granted()
    }
    for function, action in permissions.explained(ROOT / "docs" / "iam.md"):
        wanted = re.compile(function.replace("*", ".*"))
        assert any(
            wanted.fullmatch(one) and fnmatch.fnmatchcase(has, action) for one, has in granted
        ), function


def test_what_a_run_finds(tmp_path: Path) -> None:
    """A call that nothing allows, and a permission that nothing used or explains."""
    calls, page = tmp_path / "calls", tmp_path / "page"
    assert "no end-to-end test has run" in permissions.findings(calls, page)[0]
    denied = {"function": WORK, "action": "ses:SendEmail", "resource": "*"}
    calls.write_text(json.dumps(denied) + "\n")
    page.write_text("| `*` | `*` | some reason |\n")
    assert permissions.findings(calls, page) == [
        f"{WORK} asked for ses:SendEmail on *: no statement of its policies in infra/stacks allows it."
    ]
    page.write_text("| `ai-*` | `states:*` | some reason |\n")
    found = permissions.findings(calls, page)
    assert any(
        one.startswith("ai-work-task may kms:Decrypt and no test had it do so") for one in found
    )
    assert not any("ai-work-task may states:" in one for one in found)
