"""Executions and history entries as JSON, in the form in which the journal keeps them.

The format is read by later versions: fields are only ever added. ``VERSION`` is written into every
snapshot, and the golden files of the tests hold snapshots of each version.
"""

from __future__ import annotations

from typing import Any, assert_never

import orjson

from asl.execution import (
    Execution,
    ForChildren,
    ForMapRun,
    ForTask,
    ForTime,
    Frame,
    Redrives,
    Waiting,
)
from asl.payload import Payload
from asl.turn import Entry

VERSION = 1
PAYLOADS = frozenset({"input", "output", "parameters"})
"""The details of a history entry that are payloads."""


def dump_entries(entries: list[Entry]) -> bytes:
    """History entries as JSON: ``[payloads, [[id, previous, ms, type, details], …]]``.

    A payload that travels through many states is written once; details refer to it by position.
    """
    payloads: list[orjson.Fragment] = []
    positions: dict[int, int] = {}

    def position(payload: Any) -> int:
        known = positions.get(id(payload))
        if known is None:
            if not isinstance(payload, Payload):
                raise TypeError(f"not JSON: {type(payload).__name__}")
            known = positions[id(payload)] = len(payloads)
            payloads.append(payload.fragment)
        return known

    body = orjson.dumps(entries, default=position)
    return b"[" + orjson.dumps(payloads) + b"," + body + b"]"


def load_entries(text: bytes) -> list[Entry]:
    """Reads what :func:`dump_entries` wrote; payloads come back as plain values."""
    payloads, entries = orjson.loads(text)
    for entry in entries:
        details = entry[4]
        for name in PAYLOADS & details.keys():
            details[name] = payloads[details[name]]
    return [tuple(entry) for entry in entries]


def dump_root(execution: Execution) -> bytes | None:
    """Where an execution stands, or stood when it ended without success; None after success."""
    root = execution.root or execution.unfinished
    if root is None:
        return None
    return orjson.dumps({"v": VERSION, "root": _frame(root)}, default=_payload)


def dump_redrives(redrives: Redrives) -> str | None:
    """How an execution was redriven; None for one that never was."""
    if not redrives.count:
        return None
    return orjson.dumps([redrives.count, redrives.at, redrives.tokens]).decode()


def load_redrives(text: str | None) -> Redrives:
    """Reads what :func:`dump_redrives` wrote."""
    if text is None:
        return Redrives()
    count, at, tokens = orjson.loads(text)
    return Redrives(count, at, tuple((token, moment) for token, moment in tokens))


def load_root(text: bytes | None) -> Frame | None:
    """Reads what :func:`dump_root` wrote."""
    return None if text is None else _load_frame(orjson.loads(text)["root"])


def _payload(value: Any) -> Any:
    if isinstance(value, Payload):
        return value.fragment
    raise TypeError(f"not JSON: {type(value).__name__}")


def _frame(frame: Frame) -> dict[str, Any]:
    return {
        "path": frame.path,
        "state": frame.state,
        "input": frame.input,
        "entered": [frame.entered_at, frame.entered_id],
        "previous": frame.previous,
        "variables": frame.variables,
        "retries": frame.retries,
        "retry_count": frame.retry_count,
        "item": frame.item,
        "waiting": _waiting(frame.waiting),
    }


def _waiting(waiting: Waiting) -> dict[str, Any]:
    match waiting:
        case ForTime(due=due, then=then):
            return {"for": "time", "due": due, "then": then}
        case ForTask():
            return {
                "for": "task",
                "id": waiting.id,
                "parameters": waiting.parameters,
                "token": waiting.token,
                "submitted": waiting.submitted,
                "due": waiting.due,
                "timeout": waiting.timeout_seconds,
                "heartbeat": [waiting.heartbeat_seconds, waiting.heartbeat_due],
            }
        case ForMapRun(id=number, arn=arn, redrives=redrives):
            return {"for": "map_run", "id": number, "arn": arn, "redrives": redrives}
        case ForChildren():
            return {
                "for": "children",
                "frames": [[index, _frame(frame)] for index, frame in waiting.frames.items()],
                "results": list(waiting.results.items()),
                "items": waiting.items,
                "next_item": waiting.next_item,
                "concurrency": waiting.concurrency,
                "chain": waiting.chain,
                "last": waiting.last,
                "failed": waiting.failed,
                "tolerated": waiting.tolerated,
            }
        case _:
            assert_never(waiting)


def _load_frame(data: dict[str, Any]) -> Frame:
    return Frame(
        path=tuple(data["path"]),
        state=data["state"],
        input=Payload(data["input"]),
        entered_at=data["entered"][0],
        entered_id=data["entered"][1],
        previous=data["previous"],
        variables=data["variables"],
        waiting=_load_waiting(data["waiting"]),
        retries=tuple(data["retries"]),
        retry_count=data["retry_count"],
        item=None if data["item"] is None else (data["item"][0], data["item"][1]),
    )


def _load_waiting(data: dict[str, Any]) -> Waiting:
    match data["for"]:
        case "time":
            return ForTime(data["due"], data["then"])
        case "task":
            return ForTask(
                data["id"],
                Payload(data["parameters"]),
                data["token"],
                data["submitted"],
                data["due"],
                data.get("timeout"),
                *data["heartbeat"],
            )
        case "map_run":
            return ForMapRun(data["id"], data["arn"], data.get("redrives", 0))
        case "children":
            return ForChildren(
                {index: _load_frame(frame) for index, frame in data["frames"]},
                {index: Payload(value) for index, value in data["results"]},
                tuple(data["items"]),
                data["next_item"],
                data["concurrency"],
                data.get("chain", data.get("started_id", 0)),
                data.get("last", data.get("started_id", 0)),
                data.get("failed", 0),
                data.get("tolerated", 0),
            )
        case other:
            raise ValueError(f"a snapshot of an unknown kind: {other}")
