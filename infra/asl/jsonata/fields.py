"""Fields of JSONata states: ``Arguments``, ``Output``, ``Assign``, and expressions elsewhere."""

from __future__ import annotations

import re
from typing import Any

from asl.fields import (
    CATCHING,
    COMMON,
    DISTRIBUTED,
    FLOW,
    Say,
    check_credentials,
    exactly_one,
    limit_fault,
    number_fault,
)
from asl.jsonata.dataflow import Dataflow
from asl.jsonata.template import Template, TemplateError, is_expression
from asl.machine import ChoiceRule, Expression, Flow, Limit
from asl.timestamps import is_timestamp

INVALID_JSONATA = "INVALID_JSONATA_EXPRESSION"
_VARIABLE_NAME = re.compile(r"[A-Za-z_]\w{0,79}")
_OUT = FLOW | {"Output", "Assign"}


class JsonataFields:
    """Implements :class:`asl.fields.Fields`."""

    language = "JSONata"
    arguments = "Arguments"
    needed: tuple[str, ...] = ("Condition",)
    known = {
        "Pass": COMMON | _OUT,
        "Task": COMMON
        | _OUT
        | CATCHING
        | {"Resource", "Arguments", "TimeoutSeconds", "HeartbeatSeconds", "Credentials"},
        "Choice": COMMON | {"Choices", "Default", "Output", "Assign"},
        "Wait": COMMON | _OUT | {"Seconds", "Timestamp"},
        "Succeed": COMMON | {"Output"},
        "Fail": COMMON | {"Error", "Cause"},
        "Parallel": COMMON | _OUT | CATCHING | {"Branches", "Arguments"},
        "Map": COMMON
        | _OUT
        | CATCHING
        | {"Items", "ItemSelector", "ItemProcessor", "MaxConcurrency", "Label"}
        | {"ToleratedFailureCount", "ToleratedFailurePercentage"}
        | DISTRIBUTED,
    }
    catcher = frozenset({"ErrorEquals", "Next", "Output", "Assign", "Comment"})
    rule = frozenset({"Condition", "Next", "Output", "Assign", "Comment"})

    def __init__(self, say: Say):
        self._say = say

    def flow(self, body: dict[str, Any], at: str) -> Flow:
        """See :class:`asl.fields.Fields`."""
        assign = body.get("Assign")
        if assign is not None and not isinstance(assign, dict):
            self._say("Assign must be an object", f"{at}/Assign")
            return Dataflow()
        for name in assign or {}:
            if not _VARIABLE_NAME.fullmatch(name) or name == "states":
                self._say(f"Not a variable name: {name}", f"{at}/Assign/{name}")
        return Dataflow(
            self._template(body, "Arguments", at),
            self._template(body, "Output", at),
            self._template(body, "Assign", at),
        )

    def choice_rule(
        self, body: dict[str, Any], at: str, index: int, state: Flow
    ) -> ChoiceRule | None:
        """See :class:`asl.fields.Fields`."""
        condition = body.get("Condition")
        if not isinstance(condition, bool) and not _is_expression(condition):
            self._say("Condition must be a JSONata expression or a boolean", f"{at}/Condition")
            return None
        template = self._template(body, "Condition", at, f"Choices[{index}]/Condition")
        if template is None:
            return None
        return ChoiceRule(template, str(body.get("Next")), self.flow(body, at))

    def limit(
        self, body: dict[str, Any], name: str, at: str, flow: Flow, least: int = 1
    ) -> Limit | None:
        """See :class:`asl.fields.Fields`."""
        if name not in body:
            return None
        fault = None if _is_expression(body[name]) else limit_fault(body[name], name, least)
        if fault is not None:
            self._say(fault, f"{at}/{name}")
        template = self._template(body, name, at)
        return Limit(template, name) if template is not None else None

    def wait(
        self, body: dict[str, Any], at: str, flow: Flow
    ) -> tuple[Expression | None, Expression | None]:
        """See :class:`asl.fields.Fields`."""
        exactly_one(self._say, body, ("Seconds", "Timestamp"), at)
        seconds, moment = body.get("Seconds", 0), body.get("Timestamp", "{%%}")
        fault = None if _is_expression(seconds) else number_fault(seconds, 0)
        if fault is not None:
            self._say(fault, f"{at}/Seconds")
        if not _is_expression(moment) and not is_timestamp(moment):
            self._say("String does not match RFC3339 timestamp", f"{at}/Timestamp")
        return self._template(body, "Seconds", at), self._template(body, "Timestamp", at)

    def text(self, body: dict[str, Any], name: str, at: str, flow: Flow) -> Expression | None:
        """See :class:`asl.fields.Fields`."""
        if name in body and not isinstance(body[name], str):
            self._say(f"{name} must be a string", f"{at}/{name}")
        return self._template(body, name, at)

    def credentials(self, body: dict[str, Any], at: str, flow: Flow) -> Expression | None:
        """See :class:`asl.fields.Fields`."""
        check_credentials(self._say, body, at, {"RoleArn"})
        return self._template(body, "Credentials", at)

    def items(
        self, body: dict[str, Any], at: str, flow: Flow
    ) -> tuple[Expression | None, Expression | None]:
        """See :class:`asl.fields.Fields`."""
        items = body.get("Items")
        if "Items" in body and not isinstance(items, list | dict) and not _is_expression(items):
            self._say("Items must be an array or a JSONata expression", f"{at}/Items")
        return self._template(body, "Items", at), self._template(body, "ItemSelector", at)

    def template(self, body: dict[str, Any], name: str, at: str, flow: Flow) -> Expression | None:
        """See :class:`asl.fields.Fields`."""
        return self._template(body, name, at, f"{at.rsplit('/', 1)[1]}/{name}")

    def _template(
        self, body: dict[str, Any], field: str, at: str, shown: str | None = None
    ) -> Template | None:
        if field not in body:
            return None
        try:
            return Template(body[field], shown or field)
        except TemplateError as error:
            self._say(str(error), f"{at}/{field}{error.pointer}", INVALID_JSONATA)
            return None


def _is_expression(value: Any) -> bool:
    return isinstance(value, str) and is_expression(value)
