"""A JSON value with its text, so that it is serialised once however far it travels."""

from __future__ import annotations

from typing import Any

import orjson

from asl.errors import DATA_LIMIT, RUNTIME, StateFailedError

LIMIT = 262_144
"""The most bytes that one input, output or result may have (AWS quota)."""


MAX_DEPTH = 200
"""How deep a value may be nested: what is read must be writable again."""


class Payload:
    """A JSON value that knows its UTF-8 text. Treated as immutable."""

    __slots__ = ("_text", "value")

    def __init__(self, value: Any, text: bytes | None = None):
        self.value = value
        self._text = text

    @classmethod
    def parse(cls, text: str | bytes) -> Payload:
        """Reads JSON text.

        Raises:
            ValueError: the text is not JSON (NaN and Infinity are not), or is nested too deeply.
        """
        raw = text.encode() if isinstance(text, str) else text
        value = orjson.loads(raw)
        if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _depth_exceeds(value, MAX_DEPTH):
            raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
        return cls(value, raw)

    @property
    def text(self) -> bytes:
        """The value as compact UTF-8 JSON."""
        if self._text is None:
            try:
                self._text = orjson.dumps(self.value)
            except TypeError as error:  # deeper than it can be written
                raise StateFailedError(RUNTIME, f"The data cannot be written: {error}") from None
        return self._text

    @property
    def fragment(self) -> orjson.Fragment:
        """The text, ready to be embedded in a larger document without being parsed again."""
        return orjson.Fragment(self.text)

    def check_size(self, what: str) -> Payload:
        """Returns itself, or raises States.DataLimitExceeded naming ``what`` produced it."""
        if len(self.text) > LIMIT:
            raise StateFailedError(
                DATA_LIMIT,
                f"The state/task '{what}' returned a result with a size exceeding the maximum "
                "number of bytes service limit.",
            )
        return self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Payload) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Payload({self.value!r})"


def _depth_exceeds(value: Any, levels: int) -> bool:
    rest = [value]
    for _ in range(levels):
        rest = [
            child
            for item in rest
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        if not rest:
            return False
    return True
