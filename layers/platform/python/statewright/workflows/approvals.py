"""Approvals: a workflow asks, a person answers through a link that opens this one thing only."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any

from psycopg.types.json import Jsonb

from statewright import world
from statewright.auth import tokens
from statewright.aws import mail, states
from statewright.db import Session, load_queries, tenant
from statewright.errors import ConflictError, NotFoundError
from statewright.notifications import notices
from statewright.settings import settings
from statewright.workflows.definition import seconds
from statewright.workflows.models import Approval, Decision

_USE = "approval"
_sql = load_queries(__package__)


def ask(request: dict[str, Any]) -> str:
    """Stores a decision to be made and mails its link to the assignees.

    Args:
        request: the step's payload: workspace_id, workflow_id, execution_id, step, task_token
            and the action's inputs, ``with``.

    Returns:
        The approval's id. Asking again for the same task token gives the same one.
    """
    inputs, now = request["with"], world.now()
    expires_at = now + timedelta(seconds=seconds(inputs["expires"]))
    with tenant(request["workspace_id"]) as session:
        row = session.one(
            _sql.insert_approval,
            id=world.new_id(),
            workspace_id=request["workspace_id"],
            workflow_id=request["workflow_id"],
            execution_id=request["execution_id"],
            step=request["step"],
            title=inputs["title"],
            body=inputs["text"],
            assignees=Jsonb(inputs["assignees"]),
            task_token=request["task_token"],
            now=now,
            expires_at=expires_at,
        )
        assert row is not None
        addresses = _addresses(session, inputs["assignees"])
    token = tokens.issue_link(_USE, row["id"], request["workspace_id"], expires_at)
    link = f"{settings().base_url}/approvals/{token}"
    until = f"The link works until {expires_at:%Y-%m-%d %H:%M} UTC."
    text = f"{inputs['text']}\n\nDecide here: {link}\n\n{until}"
    mail.send(addresses, inputs["title"], text.lstrip())
    notices.approval_waiting(
        request["workspace_id"], str(row["id"]), inputs["assignees"], inputs["title"], link
    )
    return str(row["id"])


def _addresses(session: Session, assignees: list[str]) -> list[str]:
    found: list[str] = []
    for assignee in assignees:
        kind, _, value = assignee.rpartition(":")
        if kind == "role":
            rows = session.all(_sql.find_emails_by_role, role=value)
            found += [row["email"] for row in rows]
        else:
            found.append(value)
    return list(dict.fromkeys(found))


def show(token: str) -> Approval:
    """The approval that a link opens.

    Raises:
        UnauthenticatedError: not one of our links.
        GoneError: its time is over.
    """
    claims = tokens.read_link(token, _USE)
    with tenant(claims["workspace"]) as session:
        row = session.one(_sql.find_approval, id=claims["sub"])
    if row is None:
        raise NotFoundError("There is no such approval.")
    return Approval.model_validate(row)


def decide(token: str, decision: Decision) -> Approval:
    """Records the answer and lets the workflow go on with it.

    Raises:
        ConflictError: somebody has answered already.
        GoneError: the workflow does not wait for it any more.
    """
    claims, now = tokens.read_link(token, _USE), world.now()
    with tenant(claims["workspace"]) as session:
        row = session.one(_sql.find_approval_for_update, id=claims["sub"])
        if row is None:
            raise NotFoundError("There is no such approval.")
        if row["status"] != "open":
            raise ConflictError(f"This was {row['status']} before.")
        session.run(
            _sql.decide_approval,
            id=row["id"],
            decision=decision.decision,
            comment=decision.comment,
            now=now,
        )
        # Inside the transaction: if the workflow cannot be told, the answer is not recorded.
        answer = {
            "decision": decision.decision,
            "comment": decision.comment,
            "decided_at": now.isoformat(),
        }
        states.succeed_task(row["task_token"], answer)
        row |= {"status": decision.decision, "comment": decision.comment}
    return Approval.model_validate(row)


def page(approval: Approval) -> str:
    """The approval as a page that works without scripts."""
    form = (
        """<form method="post"><label>Comment<br><textarea name="comment" rows="4" maxlength="2000">
</textarea></label><div><button name="decision" value="approved">Approve</button>
<button name="decision" value="rejected">Reject</button></div></form>"""
        if approval.status == "open"
        else f"<p>This was <strong>{approval.status}</strong>.</p>"
    )
    return _PAGE.format(
        title=html.escape(approval.title), body=html.escape(approval.body), form=form
    )


_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem}}
textarea{{width:100%;font:inherit}}button{{font:inherit;padding:.5rem 1.2rem;margin-right:.5rem}}
div{{margin-top:1rem}}p{{white-space:pre-line}}</style></head><body><h1>{title}</h1><p>{body}</p>{form}</body></html>"""
