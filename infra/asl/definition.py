"""Reads Amazon States Language into :class:`asl.machine.Machine`, or says what is wrong with it.

Specification: https://states-language.net/. Every finding has a code as AWS's
ValidateStateMachineDefinition uses, a sentence, and a JSON pointer. What the engine does not do is
refused here, by name; it never runs differently from AWS.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Container
from dataclasses import dataclass
from typing import Any

from asl.errors import Finding, InvalidDefinitionError
from asl.fields import SCHEMA, Fields, is_integer
from asl.jsonata.fields import JsonataFields
from asl.jsonpath.fields import JsonPathFields
from asl.machine import (
    Catcher,
    ChoiceRule,
    ChoiceState,
    FailState,
    Flow,
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

MAX_BYTES = 1_048_576
MAX_NAME = 80
MISSING_TARGET = "MISSING_TRANSITION_TARGET"
UNSUPPORTED = "UNSUPPORTED"
STATE_TYPES = ("Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map")


def parse_definition(text: str, kind: str = "STANDARD") -> Machine:
    """Parses and validates a definition.

    Raises:
        InvalidDefinitionError: with every finding.
    """
    machine, findings = check_definition(text, kind)
    if machine is None:
        raise InvalidDefinitionError(findings)
    return machine


def check_definition(text: str, kind: str = "STANDARD") -> tuple[Machine | None, list[Finding]]:
    """The machine, or None with what is wrong."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        return None, [Finding(SCHEMA, "The definition is larger than 1 MB", "/")]
    try:
        source = json.loads(text) if text.strip() else None
    except (ValueError, RecursionError) as error:
        return None, [_not_json(text, error)]
    if not isinstance(source, dict):
        return None, [Finding(SCHEMA, "Definition must be a valid JSON object", "")]
    parser = _Parser(express=kind == "EXPRESS")
    try:
        machine = parser.machine(source, "")
    except RecursionError:
        return None, [Finding(SCHEMA, "The definition is nested too deeply", "/")]
    return (None if parser.findings else machine), parser.findings


def _not_json(text: str, error: Exception) -> Finding:
    """AWS's words for a word that is no JSON; the parser's own for anything else."""
    word = re.match(r"[A-Za-z_$][\w$]*", text)
    if word is None or word[0] in {"true", "false", "null"}:
        return Finding("INVALID_JSON_DESCRIPTION", f"Not valid JSON: {error}", "/")
    where = f'[Source: (String)"{text[:500]}"; line: 1, column: {len(word[0]) + 1}]'
    message = (
        f"Unrecognized token '{word[0]}': was expecting (JSON String, Number, Array, Object or "
        f"token 'null', 'true' or 'false')\n at {where}"
    )
    return Finding("INVALID_JSON_DESCRIPTION", message, where)


@dataclass(frozen=True, slots=True)
class _Body:
    """A state while it is read."""

    source: dict[str, Any]
    at: str
    common: dict[str, Any]
    fields: Fields
    language: str
    """The machine's query language: what states below it speak unless they say otherwise."""

    @property
    def flow(self) -> Flow:
        flow: Flow = self.common["flow"]
        return flow

    def limit(self, name: str, least: int = 1) -> Limit | None:
        return self.fields.limit(self.source, name, self.at, self.flow, least)


class _Parser:
    """One pass over a definition. Goes on after a finding, so that all are reported at once."""

    def __init__(self, *, express: bool = False) -> None:
        self.express = express
        self.findings: list[Finding] = []
        self.names: set[str] = set()
        self._by_language: dict[str, Fields] = {
            "JSONata": JsonataFields(self.say),
            "JSONPath": JsonPathFields(self.say),
        }

    def say(self, message: str, at: str, code: str = SCHEMA) -> None:
        self.findings.append(Finding(code, message, at or "/"))

    def machine(self, source: Any, at: str, language: str = "JSONPath") -> Machine:
        if not isinstance(source, dict):
            self.say("Expected a JSON object", at)
            return Machine("", {})
        top = {"Comment", "StartAt", "States", "TimeoutSeconds", "Version", "QueryLanguage"}
        self._known_fields(source, top | {"ProcessorConfig"}, at)
        language = self._language(source, at, language)
        missing = [field for field in ("States", "StartAt") if field not in source]
        if missing:
            self.say(f"These fields are required: [{', '.join(missing)}]", at)
            return Machine("", {})
        states = source["States"]
        if not isinstance(states, dict) or not states:
            self.say("States must be an object with at least one state", f"{at}/States")
            return Machine("", {})
        for name in states:
            self._name(name, f"{at}/States/{name}")
        parsed = {
            name: self.state(name, body, f"{at}/States/{name}", language)
            for name, body in states.items()
        }
        start = source.get("StartAt")
        if not _is_one_of(start, parsed):
            self.say(f'Missing "StartAt" target: {start}', f"{at}/StartAt", MISSING_TARGET)
        complete = {name: state for name, state in parsed.items() if state is not None}
        self._transitions(states, at)
        timeout = source.get("TimeoutSeconds")
        if timeout is not None and not is_integer(timeout, 1):
            self.say("TimeoutSeconds must be a positive integer", f"{at}/TimeoutSeconds")
            timeout = None
        return Machine(str(start), complete, timeout, str(source.get("Comment", "")))

    def _language(self, source: dict[str, Any], at: str, inherited: str) -> str:
        language = source.get("QueryLanguage", inherited)
        if not _is_one_of(language, self._by_language):
            self.say(f"Unknown query language: {language}", f"{at}/QueryLanguage")
            return inherited
        if (inherited, language) == ("JSONata", "JSONPath"):
            self.say(
                "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
                at,
            )
        return str(language)

    def _known_fields(self, source: dict[str, Any], known: Collection[str], at: str) -> None:
        for field in source:
            if field not in known:
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

    def state(self, name: str, body: Any, at: str, inherited: str) -> State | None:
        if not isinstance(body, dict):
            self.say("A state is a JSON object", at)
            return None
        language = self._language(body, at, inherited)
        fields = self._by_language[language]
        kind = body.get("Type")
        if not _is_one_of(kind, fields.known):
            types = ", ".join(STATE_TYPES)
            self.say(f"The field 'Type' should have one of these values: [{types}]", f"{at}/Type")
            return None
        known = fields.known[str(kind)]
        self._known_fields(body, known, at)
        if "Next" in known and ("Next" in body) == (body.get("End") is True):
            self.say("A state has either Next or End: true", at)
        common: dict[str, Any] = {
            "name": name,
            "flow": fields.flow(body, at),
            "next": body.get("Next"),
        }
        if "Retry" in known:
            common["retry"] = self._retriers(body.get("Retry", []), f"{at}/Retry")
            common["catch"] = self._catchers(body.get("Catch", []), f"{at}/Catch", fields)
        return self._body(_Body(body, at, common, fields, inherited), str(kind))

    def _body(self, it: _Body, kind: str) -> State:
        match kind:
            case "Pass":
                return PassState(**it.common)
            case "Succeed":
                return SucceedState(**it.common)
            case "Fail":
                error = it.fields.text(it.source, "Error", it.at, it.flow)
                cause = it.fields.text(it.source, "Cause", it.at, it.flow)
                return FailState(**it.common, error=error, cause=cause)
            case "Wait":
                seconds, timestamp = it.fields.wait(it.source, it.at, it.flow)
                return WaitState(**it.common, seconds=seconds, timestamp=timestamp)
            case "Task":
                return TaskState(
                    **it.common,
                    resource=self._resource(it.source.get("Resource"), f"{it.at}/Resource"),
                    timeout=it.limit("TimeoutSeconds"),
                    heartbeat=it.limit("HeartbeatSeconds"),
                    credentials=it.fields.credentials(it.source, it.at, it.flow),
                )
            case "Choice":
                return self._choice(it)
            case "Parallel":
                return self._parallel(it)
            case _:
                return self._map(it)

    def _choice(self, it: _Body) -> State:
        rules = it.source.get("Choices")
        if not isinstance(rules, list) or not rules:
            self.say("Choices must be a non-empty array", f"{it.at}/Choices")
            rules = []
        parsed = [self._rule(it, rule, index) for index, rule in enumerate(rules)]
        complete = tuple(rule for rule in parsed if rule is not None)
        return ChoiceState(**it.common, rules=complete, default=it.source.get("Default"))

    def _rule(self, it: _Body, rule: Any, index: int) -> ChoiceRule | None:
        at = f"{it.at}/Choices[{index}]"
        if not isinstance(rule, dict):
            self.say("A choice rule is a JSON object", at)
            return None
        self._known_fields(rule, it.fields.rule, at)
        if not isinstance(rule.get("Next"), str):
            self.say("A choice rule needs Next", at)
        return it.fields.choice_rule(rule, at, index, it.flow)

    def _parallel(self, it: _Body) -> State:
        branches = it.source.get("Branches")
        if not isinstance(branches, list) or not branches:
            self.say("Branches must be a non-empty array", f"{it.at}/Branches")
            branches = []
        machines = [
            self.machine(branch, f"{it.at}/Branches[{index}]", it.language)
            for index, branch in enumerate(branches)
        ]
        return ParallelState(**it.common, branches=tuple(machines))

    def _map(self, it: _Body) -> State:
        field = "Iterator" if "Iterator" in it.source else "ItemProcessor"
        processor = it.source.get(field)
        config = processor.get("ProcessorConfig", {}) if isinstance(processor, dict) else {}
        mode = config.get("Mode", "INLINE") if isinstance(config, dict) else None
        if not _is_one_of(mode, {"INLINE", "DISTRIBUTED"}):
            self.say("Mode is INLINE or DISTRIBUTED", f"{it.at}/{field}/ProcessorConfig/Mode")
        if self.express and mode == "DISTRIBUTED":
            where = f"{it.at}/{field}/ProcessorConfig/Mode"
            self.say("Express state machine does not support 'DISTRIBUTED' Map states", where)
        items, selector = it.fields.items(it.source, it.at, it.flow)
        return MapState(
            **it.common,
            processor=self.machine(processor, f"{it.at}/{field}", it.language),
            items=items,
            selector=selector,
            max_concurrency=it.limit("MaxConcurrency", least=0),
            distributed=mode == "DISTRIBUTED",
            label=str(it.source.get("Label", "")),
            tolerated_count=it.limit("ToleratedFailureCount", least=0),
            tolerated_percentage=it.limit("ToleratedFailurePercentage", least=0),
        )

    def _resource(self, arn: Any, at: str) -> Resource:
        try:
            if not isinstance(arn, str):
                raise UnsupportedResourceError("A Task needs a Resource, an ARN")
            resource = parse_resource(arn)
        except UnsupportedResourceError as error:
            self.say(str(error), at, SCHEMA)
            return Resource(str(arn), "", "")
        if self.express and resource.pattern != "response":
            if resource.pattern == "activity":
                self.say("Express state machine does not support Activity ARN", at)
                return resource
            suffix = {"token": ".waitForTaskToken", "sync": ".sync", "sync2": ".sync:2"}
            # AWS ends this sentence with a space for task tokens.
            end = " " if resource.pattern == "token" else ""
            self.say(
                f"Express state machine does not support '{suffix[resource.pattern]}' service "
                f"integration{end}",
                at,
            )
        return resource

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
                is_integer(interval, 1, 99_999_999)
                and is_integer(attempts, 0, 99_999_999)
                and isinstance(backoff, int | float)
                and backoff >= 1
                and (delay is None or is_integer(delay, 1, 31_622_400))
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

    def _catchers(self, rules: Any, at: str, fields: Fields) -> tuple[Catcher, ...]:
        found = []
        for index, rule in enumerate(self._rules(rules, at)):
            here = f"{at}[{index}]"
            self._known_fields(rule, fields.catcher, here)
            if not isinstance(rule.get("Next"), str):
                self.say("A Catch rule needs Next", here)
            errors = self._error_names(rule, here)
            found.append(Catcher(errors, str(rule.get("Next")), fields.flow(rule, here)))
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
