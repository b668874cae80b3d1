"""A JSON value with its text, so that it is serialised once however far it travels."""

from __future__ import annotations

from typing import Any

import orjson

from asl.errors import DATA_LIMIT, StateFailedError

LIMIT = 262_144
"""The most bytes that one input, output or result may have (AWS quota)."""


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
            orjson.JSONDecodeError: the text is not JSON (NaN and Infinity are not).
        """
        raw = text.encode() if isinstance(text, str) else text
        return cls(orjson.loads(raw), raw)

    @property
    def text(self) -> bytes:
        """The value as compact UTF-8 JSON."""
        if self._text is None:
            self._text = orjson.dumps(self.value)
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


EMPTY = Payload({}, b"{}")
