"""An execution's steps, visit by visit: pages of them, and the rounds of large loops."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from statewright.aws import states
from statewright.errors import InvalidError, Issue, NotFoundError
from statewright.http.paging import Page, decode_cursor, encode_cursor
from statewright.workflows import executions
from statewright.workflows.definition import PART
from statewright.workflows.execution_models import Item, MapRun, Visit
from statewright.workflows.executions import STATUS
from statewright.workflows.step_view import steps_of
from statewright.workflows.visits import History, Seen, status_of, value_of

_ITEM = re.compile(r"[A-Za-z0-9_:-]{1,300}")


@dataclass(frozen=True, slots=True)
class VisitFilter:
    """Which visits somebody looks for.

    Args:
        pointer: of one step of the definition.
        parent: id of the visit of the loop or branch around.
        item: a child execution of a Map run, whose visits are wanted.
    """

    pointer: str | None = None
    parent: int | None = None
    item: str | None = None


class _Selection:
    """The visits of a page: those of steps that the filter lets through, from a place on."""

    def __init__(self, steps: dict[str, Any], bindings: dict[str, str], wanted: VisitFilter):
        self._steps = steps
        self._bindings = bindings
        self._wanted = wanted
        self.after = 0
        self.limit = 0
        self.chosen: list[Seen] = []

    def keeps(self, visit: Seen) -> bool:
        """Whether a new visit is on the page, or the first of the next one."""
        if len(self.chosen) > self.limit or visit.id <= self.after or not self._fits(visit):
            return False
        self.chosen.append(visit)
        return len(self.chosen) <= self.limit

    def _fits(self, visit: Seen) -> bool:
        pointer, _, role = self._bindings.get(visit.state, "").partition("#")
        if pointer not in self._steps or not _is_told(role):
            return False
        return self._wanted.pointer in {None, pointer} and (
            self._wanted.parent is None or self._parent(visit) == self._wanted.parent
        )

    def _parent(self, visit: Seen) -> int | None:
        """The visit around one: states between that nobody is told of are passed by."""
        outer = visit.parent
        while outer is not None and not _is_told(self._role(outer)):
            outer = outer.parent
        return None if outer is None else outer.id

    def _role(self, visit: Seen) -> str:
        return self._bindings.get(visit.state, "").partition("#")[2]

    def shown(self, visit: Seen, history: History) -> Visit:
        """A visit as the API tells it."""
        pointer, _, role = self._bindings[visit.state].partition("#")
        step = self._steps[pointer]
        stopped = visit.stopped_at
        length = None if stopped is None else (stopped - visit.started_at).total_seconds() * 1000
        own = visit.assigned.get(step.id or "", visit.output)
        return Visit(
            id=visit.id,
            parent=self._parent(visit),
            pointer=pointer,
            step=step.id,
            name=step.name,
            kind=step.kind,
            undo=role == "undo",
            part=role.removeprefix(PART) if role.startswith(PART) else None,
            iterations=list(visit.iterations),
            status=status_of(visit, history.end),
            started_at=visit.started_at,
            stopped_at=stopped,
            duration_ms=None if length is None else round(length),
            attempts=visit.attempts,
            children=visit.children,
            map_run=None if visit.map_run is None else visit.map_run.rpartition(":")[2],
            input=value_of(visit.input),
            arguments=value_of(visit.arguments),
            output=value_of(own),
        )


def _is_told(role: str) -> bool:
    """Whether a state is a step's own, one that undoes it, or one that shows what an agent does."""
    return role in {"", "undo"} or role.startswith(PART)


def visits_page(
    workspace_id: str, execution_id: str, wanted: VisitFilter, cursor: str | None, limit: int
) -> Page[Visit]:
    """Visits of an execution's steps in the order in which they began."""
    row = executions.find(workspace_id, execution_id)
    steps = {step.pointer: step for step in steps_of(row["definition"])}
    chosen = _Selection(steps, row["bindings"], wanted)
    chosen.after = 0 if cursor is None else decode_cursor(cursor, int)[0]
    chosen.limit = limit
    arn = row["arn"] if wanted.item is None else _child_arn(row["arn"], wanted.item)
    history = History(chosen.keeps).take(states.history(arn))
    page = chosen.chosen[:limit]
    following = encode_cursor(str(page[-1].id)) if len(chosen.chosen) > limit else None
    return Page(items=[chosen.shown(visit, history) for visit in page], next=following)


def map_run(
    workspace_id: str, execution_id: str, run_id: str, cursor: str | None, limit: int
) -> MapRun:
    """A large loop's progress, with a page of its rounds' executions.

    Raises:
        NotFoundError: the execution has no such Map run.
    """
    row = executions.find(workspace_id, execution_id)
    token = None if cursor is None else decode_cursor(cursor, str)[0]
    run = states.find_map_run(row["arn"], run_id)
    if run is None:
        raise NotFoundError("The execution has no such Map run.")
    page = states.map_run_items(run["mapRunArn"], token, limit)
    following = page.get("nextToken")
    return MapRun(
        id=run_id,
        status=run["status"].lower(),
        counts={name: int(count) for name, count in run["itemCounts"].items()},
        items=[_item(child) for child in page["executions"]],
        next=None if following is None else encode_cursor(following),
    )


def _item(child: dict[str, Any]) -> Item:
    return Item(
        id=child["executionArn"].split("/", 1)[1],
        status=STATUS[child["status"]],
        started_at=child["startDate"],
        stopped_at=child.get("stopDate"),
        items=child.get("itemCount"),
    )


def _child_arn(execution_arn: str, item: str) -> str:
    """The ARN of a child execution: ``…:execution:<the same state machine>/<label>:<name>``."""
    if _ITEM.fullmatch(item) is None:
        raise InvalidError("This is no item.", (Issue("/query/item", "is no item's id"),))
    return f"{execution_arn.rpartition(':')[0]}/{item}"
