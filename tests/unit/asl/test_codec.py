"""Snapshots: what is written is what is read, and earlier versions can be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from asl import codec
from asl.execution import Status
from tests.support.engine import TASK, Run, machine_of

GOLDEN = Path(__file__).parent / "golden"


def machine() -> Any:
    inner = {"StartAt": "T", "States": {"T": {**TASK, "TimeoutSeconds": 9, "End": True}}}
    wait = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": True}}}
    return machine_of(
        {
            "A": {"Type": "Pass", "Assign": {"x": [1, "ü", None]}, "Next": "P"},
            "P": {
                "Type": "Parallel",
                "Branches": [
                    wait,
                    {
                        "StartAt": "M",
                        "States": {
                            "M": {
                                "Type": "Map",
                                "Items": [1, 2, 3],
                                "MaxConcurrency": 2,
                                "ItemProcessor": inner,
                                "End": True,
                            }
                        },
                    },
                ],
                "End": True,
            },
        }
    )


def test_a_snapshot_reads_back_as_it_was() -> None:
    execution = Run(machine(), {"in": 1}).execution
    assert execution.status is Status.RUNNING
    assert codec.load_root(codec.dump_root(execution)) == execution.root


def test_an_execution_goes_on_from_its_snapshot_at_every_step() -> None:
    from dataclasses import replace

    running = Run(machine(), {"in": 1}, lambda dispatch: list(dispatch.path))
    while running.execution.status is Status.RUNNING:
        root = codec.load_root(codec.dump_root(running.execution))
        running.execution = replace(running.execution, root=root)
        assert running.once()
    assert running.output == [{"in": 1}, [[1, 0], [1, 1], [1, 2]]]


def test_entries_read_back_with_payloads_written_once() -> None:
    running = Run(machine(), {"long": "x" * 1000})
    text = codec.dump_entries(running.entries)
    assert text.count(b"x" * 1000) == 1
    loaded = codec.load_entries(text)
    assert [entry[:4] for entry in loaded] == [tuple(entry[:4]) for entry in running.entries]
    assert loaded[0][4]["input"] == {"long": "x" * 1000}


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.json")), ids=lambda file: file.stem)
def test_snapshots_of_earlier_versions_can_be_read(file: Path) -> None:
    from dataclasses import replace

    running = Run(machine(), {"in": 1}, lambda dispatch: list(dispatch.path))
    running.execution = replace(running.execution, root=codec.load_root(file.read_bytes()))
    running.to_end()
    assert running.output == [{"in": 1}, [[1, 0], [1, 1], [1, 2]]]
