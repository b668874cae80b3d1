"""Reads Amazon States Language into :class:`asl.machine.Machine`, or says what is wrong with it.

Specification: https://states-language.net/. Every finding has a code as AWS's
ValidateStateMachineDefinition uses, a sentence, and a JSON pointer. What the engine does not do is
refused here, by name; it never runs differently from AWS.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container
from typing import Any

from asl.dataflow import Dataflow
from asl.errors import Finding, InvalidDefinitionError
from asl.machine import (
    Catcher,
    ChoiceRule,
    ChoiceState,
    FailState,
    Limit,
    Machine,
    MapState,
    ParallelState,
    PassState,
    Resource,
    Retrier,
    State,
    SucceedState,
    TaskState,
    WaitState,
)
from asl.resources import UnsupportedResourceError, parse_resource
from asl.template import Template, TemplateError, is_expression

MAX_BYTES = 1_048_576
MAX_NAME = 80
SCHEMA = "SCHEMA_VALIDATION_FAILED"
MISSING_TARGET = "MISSING_TRANSITION_TARGET"
UNSUPPORTED = "UNSUPPORTED"

_COMMON = {"Type", "Comment", "QueryLanguage"}
_FLOW = {"Next", "End", "Output", "Assign"}
_CATCHING = {"Retry", "Catch"}
_FIELDS: dict[str, set[str]] = {
    "Pass": _COMMON | _FLOW,
    "Task": _COMMON
    | _FLOW
    | _CATCHING
    | {"Resource", "Arguments", "TimeoutSeconds", "HeartbeatSeconds"},
    "Choice": _COMMON | {"Choices", "Default", "Output", "Assign"},
    "Wait": _COMMON | _FLOW | {"Seconds", "Timestamp"},
    "Succeed": _COMMON | {"Output"},
    "Fail": _COMMON | {"Error", "Cause"},
    "Parallel": _COMMON | _FLOW | _CATCHING | {"Branches", "Arguments"},
    "Map": _COMMON
    | _FLOW
    | _CATCHING
    | {"Items", "ItemSelector", "ItemProcessor", "MaxConcurrency"},
}
_VARIABLE_NAME = re.compile(r"[A-Za-z_]\w{0,79}")


def parse_definition(text: str) -> Machine:
    """Parses and validates a definition.

    Raises:
        InvalidDefinitionError: with every finding.
    """
    machine, findings = check_definition(text)
    if machine is None:
        raise InvalidDefinitionError(findings)
    return machine


def check_definition(text: str) -> tuple[Machine | None, list[Finding]]:
    """The machine, or None with what is wrong."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        return None, [Finding(SCHEMA, "The definition is larger than 1 MB", "/")]
    try:
        source = json.loads(text)
    except (ValueError, RecursionError) as error:
        return None, [Finding("INVALID_JSON_DESCRIPTION", f"Not valid JSON: {error}", "/")]
    parser = _Parser()
    try:
        machine = parser.machine(source, "")
    except RecursionError:
        return None, [Finding(SCHEMA, "The definition is nested too deeply", "/")]
    return (None if parser.findings else machine), parser.findings


class _Parser:
    """One pass over a definition. Goes on after a finding, so that all are reported at once."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.names: set[str] = set()

    def say(self, message: str, at: str, code: str = SCHEMA) -> None:
        self.findings.append(Finding(code, message, at or "/"))

    def machine(self, source: Any, at: str) -> Machine:
        if not isinstance(source, dict):
            self.say("Expected a JSON object", at)
            return Machine("", {})
        top = {"Comment", "StartAt", "States", "TimeoutSeconds", "Version", "QueryLanguage"}
        self._known_fields(source, top | {"ProcessorConfig"}, at)
        if at == "" or "QueryLanguage" in source:
            self._language(source, at, default="JSONPath")
        states = source.get("States")
        if not isinstance(states, dict) or not states:
            self.say("States must be an object with at least one state", f"{at}/States")
            return Machine("", {})
        for name in states:
            self._name(name, f"{at}/States/{name}")
        parsed = {
            name: self.state(name, body, f"{at}/States/{name}") for name, body in states.items()
        }
        start = source.get("StartAt")
        if not _is_one_of(start, parsed):
            self.say(f'Missing "StartAt" target: {start}', f"{at}/StartAt", MISSING_TARGET)
        complete = {name: state for name, state in parsed.items() if state is not None}
        self._transitions(states, at)
        timeout = source.get("TimeoutSeconds")
        if timeout is not None and not _is_integer(timeout, 1, 99_999_999):
            self.say("TimeoutSeconds must be a positive integer", f"{at}/TimeoutSeconds")
            timeout = None
        return Machine(str(start), complete, timeout, str(source.get("Comment", "")))

    def _language(self, source: dict[str, Any], at: str, default: str) -> None:
        language = source.get("QueryLanguage", default)
        if not _is_one_of(language, {"JSONPath", "JSONata"}):
            self.say(f"Unknown query language: {language}", f"{at}/QueryLanguage")
        elif language != "JSONata":
            self.say(
                f"The query language {language} is not supported by this engine yet",
                f"{at}/QueryLanguage",
                UNSUPPORTED,
            )

    def _known_fields(self, source: dict[str, Any], known: set[str], at: str) -> None:
        for field in source.keys() - known:
            self.say(f'Field "{field}" is not supported here', f"{at}/{field}")

    def _name(self, name: str, at: str) -> None:
        if not 1 <= len(name) <= MAX_NAME:
            self.say("A state name has 1 to 80 characters", at)
        if name in self.names:
            self.say(f'Duplicate state name: "{name}"', at, "DUPLICATE_STATE_NAME")
        self.names.add(name)

    def _transitions(self, states: dict[str, Any], at: str) -> None:
        for name, body in states.items():
            if not isinstance(body, dict):
                continue
            here = f"{at}/States/{name}"
            targets = [(body.get("Next"), f"{here}/Next"), (body.get("Default"), f"{here}/Default")]
            for field in ("Choices", "Catch"):
                rules = body.get(field)
                for index, rule in enumerate(rules if isinstance(rules, list) else []):
                    if isinstance(rule, dict):
                        targets.append((rule.get("Next"), f"{here}/{field}[{index}]/Next"))
            for target, pointer in targets:
                if target is not None and not _is_one_of(target, states):
                    self.say(f'Missing "Next" target: {target}', pointer, MISSING_TARGET)

    def state(self, name: str, body: Any, at: str) -> State | None:
        if not isinstance(body, dict):
            self.say("A state is a JSON object", at)
            return None
        kind = body.get("Type")
        if not isinstance(kind, str) or kind not in _FIELDS:
            self.say(f"Unknown state type: {kind}", f"{at}/Type")
            return None
        self._known_fields(body, _FIELDS[kind], at)
        if "QueryLanguage" in body:
            self._language(body, at, default="JSONata")
        if "Next" in _FIELDS[kind] and ("Next" in body) == (body.get("End") is True):
            self.say("A state has either Next or End: true", at)
        common: dict[str, Any] = {
            "name": name,
            "flow": self._flow(body, at),
            "next": body.get("Next"),
        }
        if "Retry" in _FIELDS[kind]:
            common["retry"] = self._retriers(body.get("Retry", []), f"{at}/Retry")
            common["catch"] = self._catchers(body.get("Catch", []), f"{at}/Catch")
        parse = getattr(self, f"_{kind.lower()}")
        state: State | None = parse(body, at, common)
        return state

    def _pass(self, body: dict[str, Any], at: str, common: dict[str, Any]) -> State:
        return PassState(**common)

    def _succeed(self, body: dict[str, Any], at: str, common: dict[str, Any]) -> State:
        return SucceedState(**common)

    def _fail(self, body: dict[str, Any], at: str, common: dict[str, Any]) -> State:
        for field in ("Error", "Cause"):
            if field in body and not isinstance(body[field], str):
                self.say(f"{field} must be a string", f"{at}/{field}")
        error, cause = self._template(body, "Error", at), self._template(body, "Cause", at)
        return FailState(**common, error=error, cause=cause)

    def _task(self, body: dict[str, Any], at: str, common: dict[str, Any]) -> State:
        return TaskState(
            **common,
            resource=self._resource(body.get("Resource"), f"{at}/Resource"),
            timeout=self._limit(body, "TimeoutSeconds", at),
            heartbeat=self._limit(body, "HeartbeatSeconds", at),
        )

    def _choice(self, body: dict[str, Any], at: str, common: dict[str, Any]) -> State:
        rules = body.get("Choices")
        if not isinstance(rules, list) or not rules:
            self.say("Choices must be a non-empty array", f"{at}/Choices")
            rules = []
        parsed = [self._rule(rule, f"{at}/Choices[{i}]", i) for i, rule in enumerate(rules)]
        complete = tuple(rule for rule in parsed if rule is not None)
        return ChoiceState(**common, rules=complete, default=body.get("Default"))

    def _rule(self, rule: Any, at: str, index: int) -> ChoiceRule | None:
        if not isinstance(rule, dict):
            self.say("A choice rule is a JSON object", at)
            return None
        self._known_fields(rule, {"Condition", "Next", "Output", "Assign", "Comment"}, at)
        condition = rule.get("Condition")
        if not isinstance(condition, bool) and not _is_expression(condition):
            self.say("Condition must be a JSONata expression or a boolean", f"{at}/Condition")
            return None
        template = self._template(rule, "Condition", at, f"Choices[{index}]/Condition")
        if not isinstance(rule.get("Next"), str):
            self.say("A choice rule needs Next", at)
        if template is None:
            return None
        return ChoiceRule(template, str(rule.get("Next")), self._flow(rule, at))

    def _wait(self, body: dict[str, Any], at: str, common: dict[str, Any]) -> State:
        if ("Seconds" in body) == ("Timestamp" in body):
            self.say("A Wait has exactly one of Seconds and Timestamp", at)
        seconds = body.get("Seconds")
        if "Seconds" in body and not (
            _is_integer(seconds, 0, 99_999_999) or _is_expression(seconds)
        ):
            self.say("Seconds must be a non-negative integer or an expression", f"{at}/Seconds")
        if "Timestamp" in body and not isinstance(body["Timestamp"], str):
            self.say("Timestamp must be a string", f"{at}/Timestamp")
        return WaitState(
            **common,
            seconds=self._template(body, "Seconds", at),
            timestamp=self._template(body, "Timestamp", at),
        )

    def _parallel(self, body: dict[str, Any], at: str, common: dict[str, Any]) -> State:
        branches = body.get("Branches")
        if not isinstance(branches, list) or not branches:
            self.say("Branches must be a non-empty array", f"{at}/Branches")
            branches = []
        machines = [self.machine(b, f"{at}/Branches[{i}]") for i, b in enumerate(branches)]
        return ParallelState(**common, branches=tuple(machines))

    def _map(self, body: dict[str, Any], at: str, common: dict[str, Any]) -> State:
        items = body.get("Items")
        if "Items" in body and not isinstance(items, list) and not _is_expression(items):
            self.say("Items must be an array or a JSONata expression", f"{at}/Items")
        processor = body.get("ItemProcessor")
        config = processor.get("ProcessorConfig", {}) if isinstance(processor, dict) else {}
        if isinstance(config, dict) and config.get("Mode", "INLINE") != "INLINE":
            self.say(
                "Distributed Map is not supported by this engine yet",
                f"{at}/ItemProcessor/ProcessorConfig/Mode",
                UNSUPPORTED,
            )
        return MapState(
            **common,
            processor=self.machine(processor, f"{at}/ItemProcessor"),
            items=self._template(body, "Items", at),
            selector=self._template(body, "ItemSelector", at),
            max_concurrency=self._limit(body, "MaxConcurrency", at, least=0),
        )

    def _flow(self, body: dict[str, Any], at: str) -> Dataflow:
        assign = body.get("Assign")
        if assign is not None and not isinstance(assign, dict):
            self.say("Assign must be an object", f"{at}/Assign")
            return Dataflow()
        for name in assign or {}:
            if not _VARIABLE_NAME.fullmatch(name) or name == "states":
                self.say(f"Not a variable name: {name}", f"{at}/Assign/{name}")
        return Dataflow(
            self._template(body, "Arguments", at),
            self._template(body, "Output", at),
            self._template(body, "Assign", at),
        )

    def _template(
        self, body: dict[str, Any], field: str, at: str, shown: str | None = None
    ) -> Template | None:
        if field not in body:
            return None
        try:
            return Template(body[field], shown or field)
        except TemplateError as error:
            self.say(f"Invalid JSONata: {error}", f"{at}/{field}{error.pointer}")
            return None

    def _limit(self, body: dict[str, Any], field: str, at: str, least: int = 1) -> Limit | None:
        if field not in body:
            return None
        if not _is_integer(body[field], least, 99_999_999) and not _is_expression(body[field]):
            self.say(f"{field} must be an integer of at least {least}", f"{at}/{field}")
        template = self._template(body, field, at)
        return Limit(template, field) if template is not None else None

    def _resource(self, arn: Any, at: str) -> Resource:
        try:
            if not isinstance(arn, str):
                raise UnsupportedResourceError("A Task needs a Resource, an ARN")
            return parse_resource(arn)
        except UnsupportedResourceError as error:
            self.say(str(error), at, SCHEMA)
            return Resource(str(arn), "", "")

    def _retriers(self, rules: Any, at: str) -> tuple[Retrier, ...]:
        found = []
        for index, rule in enumerate(self._rules(rules, at)):
            here = f"{at}[{index}]"
            known = {"ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate"}
            self._known_fields(rule, known | {"MaxDelaySeconds", "JitterStrategy", "Comment"}, here)
            interval, attempts = rule.get("IntervalSeconds", 1), rule.get("MaxAttempts", 3)
            backoff, delay = rule.get("BackoffRate", 2.0), rule.get("MaxDelaySeconds")
            jitter = rule.get("JitterStrategy", "NONE")
            valid = (
                _is_integer(interval, 1, 99_999_999)
                and _is_integer(attempts, 0, 99_999_999)
                and isinstance(backoff, int | float)
                and backoff >= 1
                and (delay is None or _is_integer(delay, 1, 31_622_400))
                and _is_one_of(jitter, {"NONE", "FULL"})
            )
            if not valid:
                self.say("A Retry rule has a number out of range", here)
                continue
            errors = self._error_names(rule, here)
            found.append(
                Retrier(errors, interval, attempts, float(backoff), delay, jitter == "FULL")
            )
        return tuple(found)

    def _catchers(self, rules: Any, at: str) -> tuple[Catcher, ...]:
        found = []
        for index, rule in enumerate(self._rules(rules, at)):
            here = f"{at}[{index}]"
            self._known_fields(rule, {"ErrorEquals", "Next", "Output", "Assign", "Comment"}, here)
            if not isinstance(rule.get("Next"), str):
                self.say("A Catch rule needs Next", here)
            errors = self._error_names(rule, here)
            found.append(Catcher(errors, str(rule.get("Next")), self._flow(rule, here)))
        return tuple(found)

    def _rules(self, rules: Any, at: str) -> list[dict[str, Any]]:
        if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
            self.say("Expected an array of objects", at)
            return []
        return rules

    def _error_names(self, rule: dict[str, Any], at: str) -> tuple[str, ...]:
        names = rule.get("ErrorEquals")
        if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
            self.say("ErrorEquals must be a non-empty array of strings", f"{at}/ErrorEquals")
            return ()
        return tuple(names)


def _is_one_of(value: Any, options: Container[str]) -> bool:
    """Whether it is one of some names: a definition may hold anything anywhere, lists too."""
    return isinstance(value, str) and value in options


def _is_integer(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_expression(value: Any) -> bool:
    return isinstance(value, str) and is_expression(value)
