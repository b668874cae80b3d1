"""Fields of JSONPath states: paths, payload templates, comparison rules."""

from __future__ import annotations

import re
from typing import Any

from asl.fields import (
    CATCHING,
    COMMON,
    DISTRIBUTED,
    FLOW,
    Say,
    at_most_one,
    check_credentials,
    exactly_one,
    limit_fault,
    number_fault,
)
from asl.jsonata.template import Template
from asl.jsonpath.comparisons import NAMES, Condition, RuleError, compile_rule
from asl.jsonpath.path import JsonPath, JsonPathSyntaxError, compile_path
from asl.jsonpath.pathflow import (
    PLAIN,
    UNSET,
    OnSubject,
    PathFlow,
    PayloadTemplate,
    PayloadTemplateError,
    Reading,
)
from asl.machine import ChoiceRule, Expression, Flow, Limit
from asl.timestamps import is_timestamp

NO_PATH = "Value must be a valid JSONPath."
NO_TEXT = "Value must be a valid JSONPath or a valid intrinsic function call that returns a string"
_TEXTS = frozenset(
    {"States.ArrayGetItem", "States.Base64Encode", "States.Base64Decode", "States.Format"}
    | {"States.JsonToString", "States.Hash", "States.UUID"}
)
"""The intrinsic functions that ``ErrorPath`` and ``CausePath`` may call."""
NO_REFERENCE = "Value is not a Reference Path"
_VARIABLE_NAME = re.compile(r"[A-Za-z_]\w{0,79}")
_IN = frozenset({"InputPath", "OutputPath"})
_OUT = FLOW | _IN | {"Assign"}
_RESULT = frozenset({"ResultPath", "ResultSelector", "Parameters"})


class JsonPathFields:
    """Implements :class:`asl.fields.Fields`."""

    language = "JSONPath"
    arguments = "Parameters"
    needed: tuple[str, ...] = ()
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
        | {"ToleratedFailurePercentage", "ToleratedFailurePercentagePath"}
        | DISTRIBUTED,
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
            self._say(NO_REFERENCE, f"{at}/ResultPath")
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
        if not isinstance(body.get("Assign", {}), dict):
            self._say("Assign must be an object", f"{at}/Assign")
            return None
        for name in body.get("Assign", {}):
            if not _VARIABLE_NAME.fullmatch(name.removesuffix(".$")) or name == "states":
                self._say(f"Not a variable name: {name}", f"{at}/Assign/{name}")
        return self._template(body, "Assign", at)

    def choice_rule(
        self, body: dict[str, Any], at: str, index: int, state: Flow
    ) -> ChoiceRule | None:
        """See :class:`asl.fields.Fields`."""
        assert isinstance(state, PathFlow)
        try:
            condition = Condition(compile_rule(body, self._say, at), state)
        except RuleError as error:
            self._say(str(error), error.pointer)
            return None
        own = PathFlow(state.input_path, state.output_path, assign=self._assign(body, at))
        return ChoiceRule(condition, str(body.get("Next")), own)

    def limit(
        self, body: dict[str, Any], name: str, at: str, flow: Flow, least: int = 1
    ) -> Limit | None:
        """See :class:`asl.fields.Fields`."""
        path = f"{name}Path"
        at_most_one(self._say, body, (name, path), at)
        if path in body:
            reading = self._on_subject(body, path, at, flow)
            return Limit(reading, path) if reading is not None else None
        if name not in body:
            return None
        fault = limit_fault(body[name], name, least)
        if fault is not None:
            self._say(fault, f"{at}/{name}")
        return Limit(Template.constant(body[name]), name)

    def wait(
        self, body: dict[str, Any], at: str, flow: Flow
    ) -> tuple[Expression | None, Expression | None]:
        """See :class:`asl.fields.Fields`."""
        exactly_one(self._say, body, ("Seconds", "SecondsPath", "Timestamp", "TimestampPath"), at)
        fault = number_fault(body.get("Seconds", 0), 0)
        if fault is not None:
            self._say(fault, f"{at}/Seconds")
        if "Timestamp" in body and not is_timestamp(body["Timestamp"]):
            self._say("String does not match RFC3339 timestamp", f"{at}/Timestamp")
        return (
            self._constant(body, "Seconds") or self._on_subject(body, "SecondsPath", at, flow),
            self._constant(body, "Timestamp") or self._on_subject(body, "TimestampPath", at, flow),
        )

    def text(self, body: dict[str, Any], name: str, at: str, flow: Flow) -> Expression | None:
        """See :class:`asl.fields.Fields`."""
        path = f"{name}Path"
        at_most_one(self._say, body, (name, path), at)
        if name in body and not isinstance(body[name], str):
            self._say(f"{name} must be a string", f"{at}/{name}")
        call = str(body.get(path, "$"))
        if not call.startswith("$") and call.partition("(")[0].strip() not in _TEXTS:
            self._say(NO_TEXT, f"{at}/{path}")
            return None
        return self._constant(body, name) or self._on_subject(body, path, at, flow)

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
        at_most_one(self._say, body, ("ItemSelector", "Parameters"), at)
        at_most_one(self._say, body, ("ItemProcessor", "Iterator"), at)
        field = "ItemSelector" if "ItemSelector" in body else "Parameters"
        template = self._template(body, field, at)
        selector = None if template is None else OnSubject(template, flow)
        if "ItemsPath" in body:
            return self._on_subject(body, "ItemsPath", at, flow), selector
        return OnSubject(Reading("$"), flow), selector

    def template(self, body: dict[str, Any], name: str, at: str, flow: Flow) -> Expression | None:
        """See :class:`asl.fields.Fields`."""
        assert isinstance(flow, PathFlow)
        template = self._template(body, name, at)
        return None if template is None else OnSubject(template, flow)

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
            self._say(f"{NO_REFERENCE}: {error}", f"{at}/{name}")
            return None

    def _path(self, body: dict[str, Any], name: str, at: str) -> JsonPath | None:
        if name not in body:
            return PLAIN.input_path
        if body[name] is None:
            return None
        try:
            return compile_path(body[name])
        except (JsonPathSyntaxError, TypeError, AttributeError) as error:
            wrong = f"{NO_REFERENCE}: {error}" if name == "ResultPath" else NO_PATH
            self._say(wrong, f"{at}/{name}")
            return None

    def _template(self, body: dict[str, Any], name: str, at: str) -> PayloadTemplate | None:
        if name not in body:
            return None
        try:
            return PayloadTemplate(body[name])
        except PayloadTemplateError as error:
            self._say(str(error), f"{at}/{name}{error.pointer}")
            return None
