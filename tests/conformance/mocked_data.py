"""Made-up inputs and task results in which a definition finds what its paths look for.

Every path in the definition is laid out in one document, with values that fit what is done with
them: a number where it is compared with one, an array where its items are taken. Where a Choice
compares with several values, each is tried in turn, so that loops come to an end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

Json = Any
_PATH = re.compile(r"(?<![\w$])\$((?:\.[A-Za-z_][\w-]*|\[\d+\]|\[\*\]|\['[^']+'\])+)")
_JSONATA = re.compile(r"\$states\.(?:input|result|errorOutput)((?:\.[A-Za-z_]\w*|\[-?\d+\])+)")
_CONTEXT = re.compile(r"\$\$\.(?:Execution\.Input|Map\.Item\.Value)((?:\.[A-Za-z_][\w-]*)+)")
_STEP = re.compile(r"\.([\w-]+)|\[(\d+|\*|-\d+)\]|\['([^']+)'\]")
_CALL = re.compile(r"States\.(\w+)\(\s*(\$[\w.\[\]*'-]+)(?:\s*,\s*(\$[\w.\[\]*'-]+))?")
_VARIABLES = re.compile(r"\$(?!states\b)([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*)+)")
_ARRAY = ("ArrayPartition", "ArrayContains", "ArrayGetItem", "ArrayLength", "ArrayUnique")
_COMPARED = re.compile(
    r"""((?:\.[A-Za-z_]\w*)+)\s*(?:!?=|[<>]=?)\s*('[^']*'|"[^"]*"|\d+|true|false)"""
)
TEXT = "value"
TURNS = 24
"""After so many results they come again."""
ABSENT = object()
"""Nothing at all, for what asks whether something is there."""
_BY_FIELD: dict[str, Json] = {
    "ItemsPath": [{}],
    "SecondsPath": 1,
    "TimeoutSecondsPath": 60,
    "HeartbeatSecondsPath": 30,
    "MaxConcurrencyPath": 2,
    "ToleratedFailureCountPath": 1,
    "ToleratedFailurePercentagePath": 5,
    "TimestampPath": "2026-01-01T00:00:10Z",
}
_BY_CALL: dict[str, Json] = {
    **{name: [TEXT] for name in _ARRAY},
    **dict.fromkeys(("MathAdd", "MathRandom", "ArrayRange"), 3),
    "StringToJson": '{"value": "value"}',
    "JsonMerge": {"value": "value"},
    "Base64Decode": "dmFsdWU=",
}


class MockedData:
    """The made-up data of one definition."""

    def __init__(self, definition: Json):
        self._definition = definition
        self._paths = _paths(definition)
        self._states = {name: body for each in _scopes(definition) for name, body in each.items()}
        self._made: dict[int, Json] = {}

    def document(self, turn: int) -> Json:
        """What serves as input and as every result.

        Args:
            turn: how often a result was asked for before.
        """
        turn %= TURNS
        if turn not in self._made:
            self._made[turn] = self._make(turn)
        return self._made[turn]

    def answer(self, state: str, turn: int) -> Json:
        """A task's result: an array where a Map takes it whole."""
        found = self.document(turn)
        following = self._states.get(self._states.get(state, {}).get("Next"), {})
        takes_all = following.get("Type") == "Map" and following.get("ItemsPath", "$") == "$"
        return [found] if takes_all and "Items" not in following else found

    def _make(self, turn: int) -> Json:
        found: Json = {}
        hints = list(_hints(self._definition, turn))
        for path, value in [*((path, TEXT) for path in self._paths), *hints]:
            for shortened in _suffixes(path):
                _lay(found, shortened, value)
        item = deepcopy(found)
        for path, value in hints:
            if isinstance(value, list):
                for shortened in _suffixes(path):
                    _lay(found, shortened, [item])
        return found


def _scopes(node: Json) -> Iterator[dict[str, Json]]:
    for each in _objects(node):
        if isinstance(each.get("States"), dict) and "StartAt" in each:
            yield each["States"]


def _suffixes(path: str) -> Iterator[str]:
    """The path, and what is left of it where ``ResultPath`` puts a result at its beginning."""
    steps = [match[0] for match in _STEP.finditer(path)]
    for number in range(len(steps)):
        yield "".join(steps[number:])


def _strings(node: Json, field: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _strings(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from _strings(value, field)
    elif isinstance(node, str):
        yield field, node


def _paths(definition: Json) -> list[str]:
    found = set()
    for field, text in _strings(definition):
        if field != "ResultPath":
            found |= set(_PATH.findall(text)) | set(_JSONATA.findall(text))
            found |= {path for _, path in _VARIABLES.findall(text)}
            found |= set(_CONTEXT.findall(text))
    return sorted(found)


def _hints(definition: Json, turn: int) -> Iterator[tuple[str, Json]]:
    compared: dict[str, list[Json]] = {}
    for node in _objects(definition):
        for field, value in node.items():
            if field in _BY_FIELD and isinstance(value, str) and value.startswith("$"):
                yield value[1:], _BY_FIELD[field]
        variable = node.get("Variable")
        if isinstance(variable, str):
            compared.setdefault(variable[1:], []).extend(_values(node))
    for _, text in _strings(definition):
        for name, first, second in _CALL.findall(text):
            if name in _BY_CALL:
                yield first[1:], _BY_CALL[name]
            if second and name in {"JsonMerge", "MathAdd", "MathRandom"}:
                yield second[1:], _BY_CALL[name]
        if text.startswith("{%"):
            for path, value in _COMPARED.findall(text):
                compared.setdefault(path, []).extend([json.loads(value.replace("'", '"')), TEXT])
    for path, values in compared.items():
        if values and path:
            yield path, values[turn % len(values)]


def _objects(node: Json) -> Iterator[dict[str, Json]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _objects(value)
    elif isinstance(node, list):
        for value in node:
            yield from _objects(value)


def _values(rule: dict[str, Json]) -> Iterator[Json]:
    """Values that a comparison holds for, and one that it does not hold for."""
    for name, value in rule.items():
        if name.endswith("Path") or name in {"Variable", "Next", "Comment"}:
            continue
        if name.startswith("Numeric"):
            yield from (value, value + 1, value - 1)
        elif name.startswith("Boolean"):
            yield from (value, not value)
        elif name.startswith(("String", "Timestamp")):
            yield from (value.replace("*", ""), TEXT)
        elif name == "IsNull" and value is True:
            yield from (None, TEXT)
        elif name == "IsPresent":
            yield from (TEXT, ABSENT)


def _lay(target: Json, path: str, value: Json) -> None:
    """Puts a value where the path leads, unless something deeper is there already."""
    steps = [name or quoted or index for name, index, quoted in _STEP.findall(path)]
    kinds = [bool(index) for _, index, _ in _STEP.findall(path)]
    node = target
    for number, step in enumerate(steps):
        last = number == len(steps) - 1
        following = value if last else [{}] if kinds[number + 1] else {}
        if kinds[number]:
            if not isinstance(node, list) or (last and value is ABSENT):
                return
            if last or not isinstance(node[0], type(following)):
                node[0] = following
            node = node[0]
            continue
        if not isinstance(node, dict):
            return
        known = node.get(step)
        if last and value is ABSENT:
            node.pop(step, None)
            return
        if last:
            if not (isinstance(known, dict | list) and known and not isinstance(value, list)):
                if isinstance(known, dict) and isinstance(value, list):
                    value = [known]
                node[step] = value
            return
        if isinstance(known, list) and known and not kinds[number + 1]:
            node = known[0]
            continue
        if not isinstance(known, type(following)):
            node[step] = following
        node = node[step]
