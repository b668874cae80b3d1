"""An execution after a step: what the step says is new, everything else stays."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from asl.errors import StateError
from asl.execution import Execution, ForMapRun, Frame, MapChild, Parent, Redrives, Status
from asl.payload import Payload

FRAME = Frame((), "A", Payload({}), 1, 2, 3, {}, ForMapRun(4, "arn"))
FULL = Execution(
    arn="a",
    machine_arn="m",
    role_arn="r",
    input=Payload({"a": 1}),
    started_at=1,
    secret="s",
    key=2,
    revision=3,
    seq=4,
    turn=5,
    status=Status.FAILED,
    root=FRAME,
    unfinished=FRAME,
    output=Payload(1),
    failure=StateError("E", "c"),
    stopped_at=6,
    due=7,
    parent=Parent("p", (1,), 2, "sync"),
    version=8,
    alias="live",
    trace_header="t",
    redrives=Redrives(1, 2, (("token", 3),)),
    map_child=MapChild("run", "state", 9),
)


def test_a_step_changes_what_it_says_and_nothing_else() -> None:
    plain = Execution("", "", "", Payload({}), 0, "")
    for field in fields(Execution):
        assert getattr(FULL, field.name) != getattr(plain, field.name), (
            "a field that proves nothing"
        )
    new: dict[str, Any] = {
        "root": None,
        "unfinished": replace(FRAME, state="B"),
        "output": Payload(2),
        "failure": StateError("F", None),
        "stopped_at": 10,
    }
    moved = FULL.moved(11, Status.ABORTED, **new)
    assert moved == replace(FULL, seq=11, turn=6, status=Status.ABORTED, **new)
    ended = dict.fromkeys(new)
    assert FULL.moved(11) == replace(FULL, seq=11, turn=6, status=Status.RUNNING, **ended)
