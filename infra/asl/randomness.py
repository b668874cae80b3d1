"""Random ids, from bytes that the operating system gives many at a time.

Each call of os.urandom lets go of the interpreter's lock. Where many threads serve requests,
getting it back takes longer than the bytes themselves.
"""

from __future__ import annotations

import os
import threading


class RandomBytes:
    """Bytes of the operating system's, each handed out once."""

    def __init__(self, at_once: int = 8_192):
        self._at_once = at_once
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Drops what was fetched."""
        self._fetched, self._used = b"", 0

    def take(self, count: int) -> bytes:
        """So many of them, which are no more than are fetched at once."""
        with self._lock:
            if self._used + count > len(self._fetched):
                self._fetched, self._used = os.urandom(self._at_once), 0
            taken = self._fetched[self._used : self._used + count]
            self._used += count
        return taken


_bytes = RandomBytes()
os.register_at_fork(after_in_child=_bytes.forget)  # parent and child would hand out the same


def random_hex(count: int) -> str:
    """So many random bytes, in hexadecimal."""
    return _bytes.take(count).hex()


def random_uuid() -> str:
    """A version 4 UUID as text (RFC 9562, section 5.4)."""
    value = bytearray(_bytes.take(16))
    value[6] = value[6] & 0x0F | 0x40
    value[8] = value[8] & 0x3F | 0x80
    text = value.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
