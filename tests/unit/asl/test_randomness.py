"""Random ids."""

from __future__ import annotations

import os
import threading
import uuid

from asl.randomness import RandomBytes, random_hex, random_uuid


def test_ids_are_of_version_4_and_each_comes_once() -> None:
    found: list[str] = []

    def take() -> None:
        found.extend(random_uuid() for _ in range(2_000))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 8_000
    read = [uuid.UUID(text) for text in found]
    assert {(one.version, one.variant) for one in read} == {(4, uuid.RFC_4122)}
    assert [str(one) for one in read] == found
    assert len(random_hex(8)) == 16


def test_no_byte_is_handed_out_twice() -> None:
    pool = RandomBytes(at_once=64)
    taken = [pool.take(24) for _ in range(100)]
    assert {len(one) for one in taken} == {24}
    assert len(set(taken)) == 100


def test_a_child_of_fork_has_ids_of_its_own() -> None:
    random_uuid()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, random_uuid().encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 36).decode() != random_uuid()
