"""What the recording did to values, done to the engine's side; and wildcards made into values."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{60,}={0,2}")
SOME_DATE = "2026-01-31T12:00:00.000Z"
LONGEST = 300


def recorded(value: Any) -> Any:
    """The engine's answer as the recording would show it.

    Text that holds a JSON object becomes that object (its own texts stay), datetimes become text,
    and ``ResponseMetadata`` goes. Dates are left: the comparer knows them. So is the template of
    a recorded text.
    """
    if isinstance(value, dict) and "$tmpl" in value:
        return value
    if isinstance(value, dict):
        return {key: recorded(item) for key, item in value.items() if key != "ResponseMetadata"}
    if isinstance(value, list):
        return [recorded(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and value.startswith("{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def concrete(value: Any, known: dict[str, Any] | None = None) -> Any:
    """A recorded value with every wildcard replaced by one plausible value, always the same.

    Args:
        value: as recorded.
        known: values that wildcards stand for already, by name (``<task_token:1>``).
    """
    known = known or {}
    if isinstance(value, dict):
        if set(value) == {"$any"}:
            return known.get(value["$any"], _stand_in(value["$any"]))
        if "$tmpl" in value:
            text = value["$tmpl"]
            for wild in value["wild"]:
                text = text.replace(wild, str(known.get(wild, _stand_in(wild))))
            return text
        return {key: concrete(item, known) for key, item in value.items()}
    if isinstance(value, list):
        return [concrete(item, known) for item in value]
    return value


def wildcards(expected: Any, actual: Any) -> dict[str, Any]:
    """What each wildcard of a recorded value stands for in the engine's value."""
    if isinstance(actual, str) and isinstance(expected, dict | list) and "$any" not in expected:
        actual = as_json(actual)
    found: dict[str, Any] = {}
    if isinstance(expected, dict) and "$any" in expected:
        found[expected["$any"]] = actual
    elif isinstance(expected, dict) and isinstance(actual, dict):
        for key in expected.keys() & actual.keys():
            found |= wildcards(expected[key], actual[key])
    elif isinstance(expected, list) and isinstance(actual, list):
        for one, other in zip(expected, actual, strict=False):
            found |= wildcards(one, other)
    return found


def _stand_in(name: str) -> str:
    if "date" in name.lower() or "time" in name.lower():
        return SOME_DATE
    if name.startswith("<uuid:"):
        return f"00000000-0000-4000-9000-{int(name[6:-1]):012d}"
    return name.strip("<>").replace(":", "-")


def as_text(value: Any, *, spaced: bool = False) -> str | None:
    """A recorded cause as the text that it was before the recording parsed it.

    Args:
        value: the cause, parsed where it was a JSON object.
        spaced: whether the text had a space after each colon and comma, as Lambda's older
            runtimes wrote it.
    """
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, separators=None if spaced else (",", ":"))


def is_spaced(expected: Any) -> bool:
    """Whether a case still shows, in a text that stayed text, that Lambda's causes had spaces."""
    return r"{\\\"errorMessage\\\": " in json.dumps(json.dumps(expected))


def as_json(value: Any) -> Any:
    """A recorded output as a value: objects were parsed by the recording, other texts were not."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def shortened(reason: str) -> str:
    """A reason on one line, the same in every run."""
    line = " ".join(reason.split())
    line = _MOMENT.sub("<date>", _UUID.sub("<uuid>", _TOKEN.sub("<token>", line)))
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
