"""Bodies within a limit, and blocking calls from an event loop."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from asl.asgi import Threads, read_body


def receiver(*messages: dict[str, Any]) -> Any:
    waiting = list(messages)

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    return receive


def part(body: bytes, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_bodies() -> None:
    def read(*messages: dict[str, Any]) -> bytes | None:
        return asyncio.run(read_body(receiver(*messages), 4))

    assert read(part(b"ab", True), part(b"cd", False)) == b"abcd"
    assert read(part(b"ab", True), part(b"cde", False)) is None
    assert read(part(b"ab", True), {"type": "http.disconnect"}) is None


def test_calls_run_at_once_and_give_results_and_errors() -> None:
    threads = Threads(4, "test")
    meeting = threading.Barrier(4)

    def work(number: int) -> int:
        meeting.wait(10)
        if number == 3:
            raise KeyError(number)
        return number * 2

    async def main() -> list[Any]:
        calls = [threads.call(work, number) for number in range(4)]
        return await asyncio.gather(*calls, return_exceptions=True)

    *results, error = asyncio.run(main())
    assert results == [0, 2, 4]
    assert isinstance(error, KeyError)
    threads.close()


def test_a_late_answer_is_dropped() -> None:
    threads, gate = Threads(1, "test"), threading.Event()

    async def main() -> int:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await threads.call(gate.wait, 10)
        gate.set()
        return int(await threads.call(lambda: 7))

    assert asyncio.run(main()) == 7
    threads.close()
