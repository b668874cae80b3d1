"""Lines that belong together say so, also where threads serve different executions."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from statewright import logs
from tests.support.server import ROOT

STEPS = sorted(
    file for file in (ROOT / "functions" / "steps").glob("*.py") if file.stem != "__init__"
)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is logged here."""
    stream, handler = io.StringIO(), logs.logger.registered_handler
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)


def test_lines_of_two_threads_do_not_mix(written: io.StringIO) -> None:
    together = threading.Barrier(2, timeout=10)

    @logs.step
    def handler(event: dict[str, Any], context: Any) -> None:
        together.wait()
        logs.logger.info("inside")
        together.wait()
        if event["step"] == "b":
            raise TimeoutError

    def run(name: str) -> None:
        try:
            handler({"execution_id": f"of {name}", "step": name}, None)
        except TimeoutError:
            assert name == "b"

    threads = [threading.Thread(target=run, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    logs.logger.info("after")
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    told = {(line["message"], line.get("step"), line.get("correlation_id"), line.get("outcome")) for line in lines}  # fmt: skip
    assert told == {
        ("inside", "a", "of a", None),
        ("inside", "b", "of b", None),
        ("step ended", "a", "of a", "succeeded"),
        ("step ended", "b", "of b", "TimeoutError"),
        ("after", None, None, None),
    }


@pytest.mark.parametrize("file", STEPS, ids=lambda file: file.stem)
def test_every_step_logs_its_end(file: Any) -> None:
    text = file.read_text()
    assert "@step\ndef handler" in text or "@logs.step\ndef handler" in text
