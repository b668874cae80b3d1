"""Fields of JSONPath states: paths, payload templates, comparison rules."""

from __future__ import annotations

import re
from typing import Any

from asl.fields import CATCHING, COMMON, FLOW, Say, check_credentials, is_integer, is_limit
from asl.jsonata.template import Template
from asl.jsonpath.comparisons import NAMES, Condition, compile_rule
from asl.jsonpath.path import JsonPath, JsonPathSyntaxError, compile_path
from asl.jsonpath.pathflow import PLAIN, UNSET, OnSubject, PathFlow, PayloadTemplate, Reading
from asl.machine import ChoiceRule, Expression, Flow, Limit
from asl.timestamps import parse_timestamp

_VARIABLE_NAME = re.compile(r"[A-Za-z_]\w{0,79}")
_IN = frozenset({"InputPath", "OutputPath"})
_OUT = FLOW | _IN | {"Assign"}
_RESULT = frozenset({"ResultPath", "ResultSelector", "Parameters"})


class JsonPathFields:
    """Implements :class:`asl.fields.Fields`."""

    known = {
        "Pass": COMMON | _OUT | {"Result", "ResultPath", "Parameters"},
        "Task": COMMON
        | _OUT
        | _RESULT
        | CATCHING
        | {"Resource", "TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds"}
        | {"HeartbeatSecondsPath", "Credentials"},
        "Choice": COMMON | _IN | {"Choices", "Default", "Assign"},
        "Wait": COMMON | _OUT | {"Seconds", "Timestamp", "SecondsPath", "TimestampPath"},
        "Succeed": COMMON | _IN,
        "Fail": COMMON | {"Error", "Cause", "ErrorPath", "CausePath"},
        "Parallel": COMMON | _OUT | _RESULT | CATCHING | {"Branches"},
        "Map": COMMON
        | _OUT
        | _RESULT
        | CATCHING
        | {"ItemsPath", "ItemSelector", "ItemProcessor", "Iterator", "MaxConcurrency"}
        | {"MaxConcurrencyPath", "Label", "ToleratedFailureCount", "ToleratedFailureCountPath"}
        | {"ToleratedFailurePercentage", "ToleratedFailurePercentagePath"},
    }
    catcher = frozenset({"ErrorEquals", "Next", "ResultPath", "Assign", "Comment"})
    rule = NAMES | {"Variable", "And", "Or", "Not", "Next", "Assign", "Comment"}

    def __init__(self, say: Say):
        self._say = say

    def flow(self, body: dict[str, Any], at: str) -> Flow:
        """See :class:`asl.fields.Fields`."""
        is_map = body.get("Type") == "Map"
        result_path = self._path(body, "ResultPath", at)
        if result_path is not None and not result_path.is_reference:
            self._say("ResultPath must be a reference path", f"{at}/ResultPath")
        return PathFlow(
            input_path=self._path(body, "InputPath", at),
            output_path=self._path(body, "OutputPath", at),
            result_path=result_path,
            parameters=None if is_map else self._template(body, "Parameters", at),
            result_selector=self._template(body, "ResultSelector", at),
            assign=self._assign(body, at),
            result=body.get("Result", UNSET) if body.get("Type") == "Pass" else UNSET,
        )

    def _assign(self, body: dict[str, Any], at: str) -> PayloadTemplate | None:
        for name in body.get("Assign") or {}:
            if not _VARIABLE_NAME.fullmatch(name.removesuffix(".$")) or name == "states":
                self._say(f"Not a variable name: {name}", f"{at}/Assign/{name}")
        return self._template(body, "Assign", at)

    def choice_rule(
        self, body: dict[str, Any], at: str, index: int, state: Flow
    ) -> ChoiceRule | None:
        """See :class:`asl.fields.Fields`."""
        assert isinstance(state, PathFlow)
        try:
            condition = Condition(compile_rule(body), state)
        except (ValueError, TypeError, AttributeError) as error:
            self._say(str(error), at)
            return None
        own = PathFlow(state.input_path, state.output_path, assign=self._assign(body, at))
        return ChoiceRule(condition, str(body.get("Next")), own)

    def limit(
        self, body: dict[str, Any], name: str, at: str, flow: Flow, least: int = 1
    ) -> Limit | None:
        """See :class:`asl.fields.Fields`."""
        path = f"{name}Path"
        if name in body and path in body:
            self._say(f"A state has {name} or {path}, not both", at)
        if path in body:
            reading = self._on_subject(body, path, at, flow)
            return Limit(reading, path) if reading is not None else None
        if name not in body:
            return None
        if not is_limit(body[name], name, least):
            self._say(f"{name} must be a number of at least {least}", f"{at}/{name}")
        return Limit(Template.constant(body[name]), name)

    def wait(
        self, body: dict[str, Any], at: str, flow: Flow
    ) -> tuple[Expression | None, Expression | None]:
        """See :class:`asl.fields.Fields`."""
        given = {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"} & body.keys()
        if len(given) != 1:
            self._say("A Wait has exactly one of Seconds, Timestamp and their paths", at)
        if "Seconds" in body and not is_integer(body["Seconds"], 0):
            self._say("Seconds must be a non-negative integer", f"{at}/Seconds")
        moment = body.get("Timestamp")
        if "Timestamp" in body and not (isinstance(moment, str) and parse_timestamp(moment)):
            self._say("String does not match RFC3339 timestamp", f"{at}/Timestamp")
        return (
            self._constant(body, "Seconds") or self._on_subject(body, "SecondsPath", at, flow),
            self._constant(body, "Timestamp") or self._on_subject(body, "TimestampPath", at, flow),
        )

    def text(self, body: dict[str, Any], name: str, at: str, flow: Flow) -> Expression | None:
        """See :class:`asl.fields.Fields`."""
        if name in body and not isinstance(body[name], str):
            self._say(f"{name} must be a string", f"{at}/{name}")
        return self._constant(body, name) or self._on_subject(body, f"{name}Path", at, flow)

    def credentials(self, body: dict[str, Any], at: str, flow: Flow) -> Expression | None:
        """See :class:`asl.fields.Fields`."""
        assert isinstance(flow, PathFlow)
        check_credentials(self._say, body, at, {"RoleArn", "RoleArn.$"})
        template = self._template(body, "Credentials", at)
        return None if template is None else OnSubject(template, flow)

    def items(
        self, body: dict[str, Any], at: str, flow: Flow
    ) -> tuple[Expression | None, Expression | None]:
        """See :class:`asl.fields.Fields`."""
        assert isinstance(flow, PathFlow)
        field = "ItemSelector" if "ItemSelector" in body else "Parameters"
        template = self._template(body, field, at)
        selector = None if template is None else OnSubject(template, flow)
        if "ItemsPath" in body:
            return self._on_subject(body, "ItemsPath", at, flow), selector
        return OnSubject(Reading("$"), flow), selector

    def _constant(self, body: dict[str, Any], name: str) -> Template | None:
        # A constant needs no evaluation, whatever it looks like: "{% … %}" is plain text here.
        return Template.constant(body[name]) if name in body else None

    def _on_subject(self, body: dict[str, Any], name: str, at: str, flow: Flow) -> OnSubject | None:
        if name not in body:
            return None
        assert isinstance(flow, PathFlow)
        try:
            return OnSubject(Reading(body[name]), flow)
        except (ValueError, TypeError, AttributeError) as error:
            self._say(f"{name}: {error}", f"{at}/{name}")
            return None

    def _path(self, body: dict[str, Any], name: str, at: str) -> JsonPath | None:
        if name not in body:
            return PLAIN.input_path
        if body[name] is None:
            return None
        try:
            return compile_path(body[name])
        except (JsonPathSyntaxError, TypeError) as error:
            self._say(f"{name}: {error}", f"{at}/{name}")
            return None

    def _template(self, body: dict[str, Any], name: str, at: str) -> PayloadTemplate | None:
        if name not in body:
            return None
        try:
            return PayloadTemplate(body[name])
        except ValueError as error:
            self._say(f"{name}: {error}", f"{at}/{name}")
            return None
