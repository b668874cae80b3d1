"""What Twilio tells of SMS, and what people answer to them.

Anybody can call these addresses, so nothing is believed without Twilio's signature, which needs the
workspace's auth token (https://www.twilio.com/docs/usage/security#validating-requests).
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator

from statewright import world
from statewright.aws import kms
from statewright.db import load_queries, tenant
from statewright.errors import ForbiddenError
from statewright.ids import is_id, parse_id
from statewright.notifications import news
from statewright.notifications.news import News
from statewright.settings import settings

STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"})
START = frozenset({"START", "YES", "UNSTOP"})
_STATUS = {
    "queued": "sent",
    "accepted": "sent",
    "sending": "sent",
    "sent": "sent",
    "delivered": "delivered",
    "read": "opened",
    "undelivered": "failed",
    "failed": "failed",
}
_DEAD = {"30005": "bounce", "30006": "bounce", "21610": "stop"}
_sql = load_queries(__package__)
_accounts = load_queries(__package__, "accounts.sql")
_people = load_queries(__package__, "people.sql")


@dataclass(frozen=True, slots=True)
class Call:
    """A call to one of the addresses: path with query, body and signature, as they came."""

    workspace_id: str
    target: str
    body: str
    signature: str

    def fields(self) -> dict[str, str]:
        """The form that was sent."""
        return dict(parse_qsl(self.body, keep_blank_values=True))


def note_status(call: Call, delivery_id: str | None, told_round: str | None) -> None:
    """Applies what Twilio tells of a message.

    Raises:
        ForbiddenError: it is not signed by Twilio.
    """
    fields = _proven(call)
    status = _STATUS.get(fields.get("MessageStatus", ""))
    sid, code = fields.get("MessageSid", ""), fields.get("ErrorCode", "")
    if status is None or not sid:
        return
    told = News(
        status,
        f"error {code}" if code else fields["MessageStatus"],
        provider="twilio",
        provider_id=sid,
        key=f"{fields['MessageStatus']}:{sid}",
        dead=_DEAD.get(code),
        round=int(told_round) if told_round and told_round.isdecimal() else None,
    )
    with tenant(call.workspace_id) as session:
        found = delivery_id if delivery_id and is_id(delivery_id) else None
        if found is None:
            row = session.one(_sql.find_by_provider_id, provider_id=sid)
            found = None if row is None else row["id"]
        acts = [] if found is None else news.apply(session, found, told)
    for act in acts:
        act()


def note_answer(call: Call) -> None:
    """A person's own SMS: STOP and its like suppress the number, START lets it in again."""
    fields = _proven(call)
    word, number = fields.get("Body", "").strip().upper(), fields.get("From", "")
    if not number:
        return
    with tenant(call.workspace_id) as session:
        if word in STOP:
            session.run(
                _people.put_suppression,
                channel="sms",
                address=number,
                category="*",
                reason="stop",
                now=world.now(),
            )
        elif word in START:
            session.run(_people.delete_suppression, channel="sms", address=number, category="*")


def _proven(call: Call) -> dict[str, str]:
    """The call's form, once its signature has been checked."""
    workspace_id = parse_id(call.workspace_id, "workspace")
    with tenant(workspace_id) as session:
        row = session.one(_accounts.find_account, channel="sms", name="default")
    if row is None or row["kind"] != "twilio":
        raise ForbiddenError("This call is not signed by Twilio.")
    token = kms.unseal(row["secret"], f"notifications:{workspace_id}:sms")
    fields = call.fields()
    url = f"{settings().base_url}{call.target}"
    if not RequestValidator(token).validate(url, fields, call.signature):
        raise ForbiddenError("This call is not signed by Twilio.")
    return fields
