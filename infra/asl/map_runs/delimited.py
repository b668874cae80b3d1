"""Text files of delimited fields, by the rules that Step Functions reads them by.

Fast where a line has neither quotes nor backslashes, exact where it has.
https://docs.aws.amazon.com/step-functions/latest/dg/example-csv-parse-dist-map.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

QUOTE, ESCAPE = '"', "\\"


def rows(lines: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    """The fields of each record; empty lines are none. A quoted field may span lines."""
    for line in lines:
        text = line.rstrip("\r\n")
        if QUOTE not in line and ESCAPE not in line:
            if text:
                yield text.split(delimiter)
            continue
        record = _Record(delimiter)
        record.add(line)
        while record.open and (more := next(lines, None)) is not None:
            record.add(more)
        yield record.fields()


def records(
    lines: Iterator[str], delimiter: str, headers: Sequence[str] | None
) -> Iterator[dict[str, str]]:
    """Each record as an object. A missing field is empty, an additional one is skipped."""
    found = rows(lines, delimiter)
    names = list(headers) if headers is not None else next(found, [])
    count = len(names)
    for fields in found:
        missing = [""] * (count - len(fields))
        yield dict(zip(names, fields + missing if missing else fields, strict=False))


class _Record:
    """One record while its lines are read, character class by character class."""

    def __init__(self, delimiter: str):
        self._delimiter = delimiter
        self._plain = _plain(delimiter)
        self._fields: list[str] = []
        self._parts: list[str] = []
        self._at_start = True
        self.open = False
        """Whether a quoted field has not ended yet."""

    def add(self, line: str) -> None:
        """Takes a further line, with its line break."""
        text = line.rstrip("\r\n")
        position, end = 0, len(text)
        while position < end:
            match = self._plain.match(text, position)
            if match is not None:
                self._take(match[0])
                position = match.end()
            else:
                position = self._special(text, position)
        if self.open:
            self._parts.append(line[end:])

    def fields(self) -> list[str]:
        """The fields, once the record has ended."""
        return [*self._fields, "".join(self._parts)]

    def _take(self, text: str) -> None:
        self._parts.append(text)
        self._at_start = False

    def _special(self, text: str, position: int) -> int:
        """Takes a delimiter, a quote or a backslash; returns where to go on."""
        sign, following = text[position], text[position + 1 : position + 2]
        if sign == ESCAPE:
            # It keeps a following special character and vanishes before any other.
            self._take(following)
            return position + 2
        if sign == QUOTE:
            return self._quote(position, following)
        if self.open:
            self._take(sign)
        else:
            self._fields.append("".join(self._parts))
            self._parts, self._at_start = [], True
        return position + 1

    def _quote(self, position: int, following: str) -> int:
        if following == QUOTE and (self.open or not self._at_start):
            self._take(QUOTE)
            return position + 2
        if self.open or self._at_start:
            self.open, self._at_start = not self.open, False
        else:
            self._take(QUOTE)  # alone inside an unquoted field it is a character like any other
        return position + 1


@lru_cache(maxsize=16)
def _plain(delimiter: str) -> re.Pattern[str]:
    return re.compile(rf'[^"\\{re.escape(delimiter)}]+')
