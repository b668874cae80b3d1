"""Personal data that can be told by its form. Checksums keep ordinary numbers out."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """Where something stands in a text."""

    start: int
    end: int
    kind: str


def _digits(text: str) -> list[int]:
    return [int(character) for character in text if character.isascii() and character.isdigit()]


def _is_card(text: str) -> bool:
    """The Luhn check (ISO/IEC 7812-1)."""
    digits = _digits(text)
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    total = sum(digits[-1::-2]) + sum(doubled)
    return 13 <= len(digits) <= 19 and total % 10 == 0 and len(set(digits)) > 1


def _is_iban(text: str) -> bool:
    """Modulo 97 (ISO 13616)."""
    packed = re.sub(r"\s", "", text).upper()
    number = "".join(str(int(character, 36)) for character in packed[4:] + packed[:4])
    return 15 <= len(packed) <= 34 and int(number) % 97 == 1


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_phone(text: str) -> bool:
    """Written as a phone number is: E.164 has 15 digits at the most. Dates and amounts are none."""
    count = len(_digits(text))
    if re.fullmatch(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}", text):
        return False
    return 7 <= count <= 15 and (text.startswith(("+", "(", "0")) or count >= 10)


def _is_ssn(text: str) -> bool:
    """Areas 000, 666 and from 900 on are never given out."""
    area, group, serial = text.split("-")
    return area not in {"000", "666"} and area[0] != "9" and group != "00" and serial != "0000"


_IPV4 = r"\d{1,3}(?:\.\d{1,3}){3}"
_IPV6 = r"[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}"
_ALWAYS: Callable[[str], bool] = lambda _: True  # noqa: E731
_FORMS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("email", re.compile(r"[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-zA-Z]{2,24}\b"), _ALWAYS),
    ("iban", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b"), _is_iban),
    ("card", re.compile(r"(?<![\d.])\d(?:[ -]?\d){12,18}(?![\d.]?\d)"), _is_card),
    ("ssn", re.compile(r"\b\d{3}-\d{2}-\d{4}\b"), _is_ssn),
    ("ip", re.compile(rf"(?<![\w.:])(?:{_IPV4}|{_IPV6})(?![\w:])"), _is_address),
    ("phone", re.compile(r"(?<![\w.])(?:\+|\()?\d(?:[\d ()./-]{5,20})\d(?![\w])"), _is_phone),
)  # fmt: skip
KINDS = tuple(kind for kind, _, _ in _FORMS)


def find(text: str, kinds: frozenset[str]) -> list[Found]:
    """What stands in a text, in order and without overlap; the first kind that fits has it."""
    taken: list[Found] = []
    for found in _candidates(text, kinds):
        if all(found.end <= other.start or found.start >= other.end for other in taken):
            taken.append(found)
    return sorted(taken, key=lambda found: found.start)


def _candidates(text: str, kinds: frozenset[str]) -> Iterator[Found]:
    for kind, pattern, is_one in _FORMS:
        if kind in kinds:
            for match in pattern.finditer(text):
                if is_one(match[0]):
                    yield Found(match.start(), match.end(), kind)


def find_literally(text: str, named: list[tuple[str, str]]) -> list[Found]:
    """Every place where one of these (kind, words) stands, longer ones first."""
    found: list[Found] = []
    for kind, words in sorted(named, key=lambda pair: -len(pair[1])):
        for match in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text) if words else ():
            if all(match.end() <= f.start or match.start() >= f.end for f in found):
                found.append(Found(match.start(), match.end(), kind))
    return found


def replaced(text: str, found: list[Found]) -> tuple[str, list[dict[str, object]]]:
    """The text with each find as ``[EMAIL_1]``: equal texts get equal marks."""
    marks: dict[tuple[str, str], str] = {}
    parts: list[str] = []
    at = 0
    for find_ in sorted(found, key=lambda f: f.start):
        key = (find_.kind, text[find_.start : find_.end])
        number = 1 + sum(kind == find_.kind for kind, _ in marks)
        mark = marks.setdefault(key, f"[{find_.kind.upper()}_{number}]")
        parts += [text[at : find_.start], mark]
        at = find_.end
    told: list[dict[str, object]] = [
        {"kind": kind, "mark": mark} for (kind, _), mark in marks.items()
    ]
    return "".join([*parts, text[at:]]), told
