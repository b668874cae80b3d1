"""What can be watched, and who may watch it.

executions                      the ends and beginnings of all executions
executions/<id>                 those of one
workflows/<id>/executions       those of one workflow
inbox                           one's own in-app messages
analytics                       that figures have changed
assistant                       how far one's own tasks of the AI assistant are
"""

from __future__ import annotations

import re

from statewright.db import load_queries, narrowed, tenant
from statewright.errors import ForbiddenError, InvalidError, Issue, NotFoundError
from statewright.http import Caller
from statewright.http.scopes import scopes_of

MAX_TOPIC = 200
_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
_sql = load_queries(__package__, "live.sql")


def watchable(caller: Caller, topic: str) -> str:
    """The topic's full name, if the caller may watch it.

    Raises:
        InvalidError: there is no such kind of topic.
        ForbiddenError: the caller lacks the permission.
        NotFoundError: the caller's grants cover parts of the workspace, and this is in none.
    """
    match topic.split("/"):
        case ["executions"]:
            if not caller.require("executions:read"):
                raise ForbiddenError("Your grants cover parts of the workspace. Watch a workflow.")
            return topic
        case ["executions", name] if _NAME.fullmatch(name):
            _see(caller, _sql.sees_execution, name)
            return topic
        case ["workflows", name, "executions"] if _NAME.fullmatch(name):
            _see(caller, _sql.sees_workflow, name)
            return topic
        case ["inbox"]:
            caller.require("account:read")
            return f"inbox/{caller.user_id}"
        case ["assistant"]:
            caller.require("ai:use")
            return f"assistant/{caller.user_id}"
        case ["analytics"]:  # it tells no figure, so whoever sees a single report may watch it
            caller.require("reports:read")
            return topic
    detail = "is no topic that can be watched"
    raise InvalidError(f"'{topic[:MAX_TOPIC]}' {detail}.", (Issue("/topics", detail),))


def _see(caller: Caller, query: bytes, name: str) -> None:
    """Who may see everything may watch what is not recorded yet; topics end at the workspace."""
    if caller.require("executions:read"):
        return
    with narrowed(scopes_of(caller, "executions:read")), tenant(caller.workspace_id) as session:
        row = session.one(query, id=name)
    if row is None or not row["seen"]:
        raise NotFoundError("There is no such thing to watch.")
