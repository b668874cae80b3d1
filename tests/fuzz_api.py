"""``make fuzz``: the whole API under many made-up requests, others each time.

    python -m tests.fuzz_api 20 [seed [service]]

Prints the seed, which makes the same requests again, and what is wrong; ends with 1 where something
is.
"""

from __future__ import annotations

import secrets
import sys
import tempfile
from pathlib import Path

from statewright_cli import openapi
from tests.support.fuzzing import Fuzzer, Tally, operations
from tests.support.planting import Planted, plant
from tests.support.server import Client, Server, until


def main(examples: int, seed: int, tag: str | None) -> int:
    """Asks every operation, or those of one service; the number of things that are wrong."""
    print(f"seed {seed}, {examples} requests of each kind", flush=True)
    with tempfile.TemporaryDirectory(prefix="statewright-fuzz-") as folder:
        Path(folder).chmod(0o755)
        server = Server(Path(folder) / "data").start()
        try:
            return _attack(server, examples, seed, tag)
        finally:
            server.stop()


def _attack(server: Server, examples: int, seed: int, tag: str | None) -> int:
    until(lambda: not openapi.is_stale(), "the description of this version of the code")
    mine = plant(Client(server, "owner@mine.example").register())
    stranger = Planted(Client(server, "owner@stranger.example").register(), {})
    tally = Tally()
    fuzzer = Fuzzer(server.url, mine, stranger, seed, examples, tally)
    asked = operations(mine.owner.ok("GET", "/openapi.json"), tag)
    for operation in asked:
        before = len(tally.wrong)
        fuzzer.attack(operation)
        for wrong in tally.wrong[before:]:
            print(wrong, flush=True)
    print(
        f"{tally.asked} requests to {len(asked)} operations, {len(tally.reached)} of them with "
        f"success: {len(tally.wrong)} wrong"
    )
    return len(tally.wrong)


if __name__ == "__main__":
    given = sys.argv[1:]
    wrong = main(
        int(given[0]) if given else 20,
        int(given[1]) if len(given) > 1 else secrets.randbelow(2**31),
        given[2] if len(given) > 2 else None,
    )
    raise SystemExit(min(wrong, 1))
