"""Reads Amazon States Language into :class:`asl.machine.Machine`, or says what is wrong with it.

Specification: https://states-language.net/. Every finding has a code as AWS's
ValidateStateMachineDefinition uses, a sentence, and a JSON pointer. What the engine does not do is
refused here, by name; it never runs differently from AWS.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from asl.definition_text import read_object
from asl.errors import Finding, InvalidDefinitionError
from asl.fields import Fields
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
from asl.map_definition import MapFields
from asl.resources import UnsupportedResourceError, parse_resource
from asl.schema import LANGUAGES, REQUIRED, Schema
from asl.transitions import check_transitions

MAX_NAME = 80
MAX_DEPTH = 50
"""How deep Parallel and Map may lie in each other. AWS says that there is a limit, not which."""
STATE_TYPES = ("Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map")
DEEP = "TOO_DEEPLY_NESTED"
_TOP = frozenset({"Comment", "StartAt", "States", "TimeoutSeconds", "Version", "QueryLanguage"})
_BELOW = frozenset({"Comment", "StartAt", "States"})
_RETRIER = frozenset(
    {"ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds"}
    | {"JitterStrategy", "Comment"}
)
_PROCESSOR = _BELOW | {"ProcessorConfig"}


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
    source = read_object(text)
    if isinstance(source, Finding):
        return None, [source]
    parser = _Parser(express=kind == "EXPRESS")
    try:
        machine = parser.machine(source, "")
    except RecursionError:
        return None, [Finding(DEEP, "The states are too deeply nested", "/")]
    findings = parser.schema.findings or check_transitions(source)
    return (None if findings else machine), findings


def load_definition(text: str) -> Machine:
    """The machine of a definition that was valid when it was stored.

    What this version would refuse and the one that stored it did not goes on as it began.
    """
    return _Parser().machine(json.loads(text), "")


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
    """One pass over a definition."""

    def __init__(self, *, express: bool = False) -> None:
        self.express = express
        self.schema = Schema()
        self.say = self.schema.say
        self._depth = 0
        self.names: set[str] = set()
        self.labels: set[str] = set()
        self._by_language: dict[str, Fields] = {
            "JSONata": JsonataFields(self.say),
            "JSONPath": JsonPathFields(self.say),
        }

    def machine(
        self, source: Any, at: str, language: str = "JSONPath", known: Collection[str] = _TOP
    ) -> Machine:
        """Reads a machine: the whole one, a branch or a processor.

        Args:
            source: what should be one.
            at: a pointer to it.
            language: the query language that it has from above.
            known: the fields that it may have.
        """
        if not isinstance(source, dict):
            self.say("Expected a JSON object", at)
            return Machine("", {})
        complete = self.schema.required(source, ("States", "StartAt"), at)
        self.schema.known(source, known, at)
        language = self._language(source, at, language)
        states = source.get("States", {})
        if not complete or not isinstance(states, dict) or not states:
            if complete:
                self.say("States must be an object with at least one state", f"{at}/States")
            return Machine("", {})
        for name in states:
            self._name(name, f"{at}/States/{name}")
        self._depth += 1
        parsed = {
            name: self.state(name, body, f"{at}/States/{name}", language)
            for name, body in states.items()
        }
        self._depth -= 1
        start, timeout = source["StartAt"], source.get("TimeoutSeconds")
        self.schema.kinds(source, at, StartAt=str, Comment=str, Version=str)
        if timeout is not None and not self.schema.number(source, "TimeoutSeconds", at, 1):
            timeout = None
        found = {name: state for name, state in parsed.items() if state is not None}
        return Machine(str(start), found, timeout, str(source.get("Comment", "")))

    def _language(self, source: dict[str, Any], at: str, inherited: str) -> str:
        language = source.get("QueryLanguage", inherited)
        if not self.schema.one_of(source, "QueryLanguage", LANGUAGES, at):
            return inherited
        if (inherited, language) == ("JSONata", "JSONPath"):
            self.say(
                "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
                at,
            )
        return str(language)

    def _name(self, name: str, at: str) -> None:
        if not 1 <= len(name) <= MAX_NAME:
            what = "exceeds the 80-character limit allowed by the service" if name else "is empty"
            self.say(f"Invalid State name: State '{name}' {what}", at, "INVALID_STATE_NAME")
        if name in self.names:
            self.say(f"Duplicate State name: {name}", at, "DUPLICATE_STATE_NAME")
        self.names.add(name)

    def state(self, name: str, body: Any, at: str, inherited: str) -> State | None:
        """Reads a state; None where it is none."""
        if not isinstance(body, dict):
            self.say("A state is a JSON object", at)
            return None
        if self._depth > MAX_DEPTH:
            self.say("The states are too deeply nested", at, DEEP)
            return None
        if not self.schema.required(body, ("Type",), at) or not self.schema.one_of(
            body, "Type", STATE_TYPES, at
        ):
            return None
        kind = str(body["Type"])
        language = self._language(body, at, inherited)
        fields = self._by_language[language]
        known = fields.known[kind]
        self.schema.required(body, REQUIRED.get(kind, ()), at)
        self.schema.known(body, known, at, self._other(fields).known[kind], language)
        self.schema.kinds(body, at, Next=str, Default=str, End=bool, Comment=str)
        if "Next" in known:
            self.schema.leads_on(body, at)
        common: dict[str, Any] = {
            "name": name,
            "flow": fields.flow(body, at),
            "next": body.get("Next"),
        }
        if "Retry" in known:
            common["retry"] = self._retriers(body.get("Retry", []), f"{at}/Retry")
            common["catch"] = self._catchers(body.get("Catch", []), f"{at}/Catch", fields)
        return self._body(_Body(body, at, common, fields, inherited), kind)

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
        self.schema.required(rule, (*it.fields.needed, "Next"), at)
        other = self._other(it.fields)
        self.schema.known(rule, it.fields.rule, at, other.rule, it.fields.language)
        self.schema.kinds(rule, at, Next=str)
        return it.fields.choice_rule(rule, at, index, it.flow)

    def _other(self, fields: Fields) -> Fields:
        """The reader of the other query language."""
        return next(each for each in self._by_language.values() if each is not fields)

    def _parallel(self, it: _Body) -> State:
        branches = it.source.get("Branches")
        if not isinstance(branches, list) or not branches:
            self.say("Branches must be a non-empty array", f"{it.at}/Branches")
            branches = []
        machines = [
            self.machine(branch, f"{it.at}/Branches[{index}]", it.language, _BELOW)
            for index, branch in enumerate(branches)
        ]
        return ParallelState(**it.common, branches=tuple(machines))

    def _map(self, it: _Body) -> State:
        field = "Iterator" if "Iterator" in it.source else "ItemProcessor"
        self.schema.required(it.source, (field,), it.at)
        processor = it.source.get(field)
        reading = MapFields(self.schema, it.fields, it.flow)
        distributed, express = reading.mode(processor, f"{it.at}/{field}/ProcessorConfig")
        if self.express and distributed:
            where = f"{it.at}/{field}/ProcessorConfig/Mode"
            self.say("Express state machine does not support 'DISTRIBUTED' Map states", where)
        items, selector = it.fields.items(it.source, it.at, it.flow)
        own = {"items": items, **reading.read(it.source, it.at, distributed=distributed)}
        return MapState(
            **it.common,
            **own,
            processor=self._processor(processor, f"{it.at}/{field}", it.language, express),
            selector=selector,
            max_concurrency=it.limit("MaxConcurrency", least=0),
            distributed=distributed,
            express=express,
            label=reading.label(it.source, it.at, self.labels),
            tolerated_count=it.limit("ToleratedFailureCount", least=0),
            tolerated_percentage=it.limit("ToleratedFailurePercentage", least=0),
        )

    def _processor(self, source: Any, at: str, language: str, express: bool) -> Machine:
        """The states of an item; those of an Express child are held to what Express can do."""
        before, self.express = self.express, self.express or express
        try:
            return self.machine(source, at, language, _PROCESSOR)
        finally:
            self.express = before

    def _resource(self, arn: Any, at: str) -> Resource:
        try:
            if not isinstance(arn, str):
                raise UnsupportedResourceError("A Task needs a Resource, an ARN")
            resource = parse_resource(arn)
        except UnsupportedResourceError as error:
            self.say(str(error), at)
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
        listed = self._rules(rules, at)
        for index, rule in enumerate(listed):
            here = f"{at}[{index}]"
            self.schema.required(rule, ("ErrorEquals",), here)
            self.schema.known(rule, _RETRIER, here)
            valid = [
                self.schema.number(rule, "IntervalSeconds", here, 1),
                self.schema.number(rule, "MaxAttempts", here, 0),
                self.schema.number(rule, "BackoffRate", here, 1.0),
                self.schema.number(rule, "MaxDelaySeconds", here, 1, 31_622_400),
                self.schema.one_of(rule, "JitterStrategy", ("FULL", "NONE"), here),
            ]
            errors = self.schema.error_names(listed, index, here)
            if all(valid):
                found.append(_retrier(rule, errors))
        return tuple(found)

    def _catchers(self, rules: Any, at: str, fields: Fields) -> tuple[Catcher, ...]:
        found = []
        listed = self._rules(rules, at)
        for index, rule in enumerate(listed):
            here = f"{at}[{index}]"
            self.schema.required(rule, ("ErrorEquals", "Next"), here)
            self.schema.known(
                rule, fields.catcher, here, self._other(fields).catcher, fields.language
            )
            self.schema.kinds(rule, here, Next=str)
            errors = self.schema.error_names(listed, index, here)
            found.append(Catcher(errors, str(rule.get("Next")), fields.flow(rule, here)))
        return tuple(found)

    def _rules(self, rules: Any, at: str) -> list[dict[str, Any]]:
        if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
            self.say("Expected an array of objects", at)
            return []
        return rules


def _retrier(rule: dict[str, Any], errors: tuple[str, ...]) -> Retrier:
    return Retrier(
        errors,
        rule.get("IntervalSeconds", 1),
        rule.get("MaxAttempts", 3),
        float(rule.get("BackoffRate", 2.0)),
        rule.get("MaxDelaySeconds"),
        rule.get("JitterStrategy") == "FULL",
    )
