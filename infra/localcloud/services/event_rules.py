"""EventBridge's rules: from the template, or made through the API and kept in PostgreSQL.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import orjson
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool

from localcloud.errors import AwsError
from localcloud.services.event_patterns import Test, check_pattern, matcher, matches

MAX_TARGETS = 5
_PLACEHOLDER = re.compile(r"<([\w.-]+)>")
_SAVE = """
    INSERT INTO localcloud.event_rules (name, pattern, state, description, targets)
    VALUES (%s, %s, %s, %s, %s) ON CONFLICT (name) DO UPDATE
    SET pattern = excluded.pattern, state = excluded.state, description = excluded.description,
        targets = excluded.targets
"""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a rule's events go, and as what: whole, a part (``path``), or put into a template."""

    arn: str
    id: str = ""
    template: str | None = None
    paths: tuple[tuple[str, str], ...] = ()
    path: str | None = None
    fixed: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the target gets events as they are, as others do."""
        return self.fixed is None and self.path is None and self.template is None

    def text(self, rule: str, event: dict[str, Any]) -> str:
        """What the target gets for an event."""
        if self.fixed is not None:
            return self.fixed
        if self.path is not None:
            return orjson.dumps(_at(self.path, event)).decode()
        if self.template is None:
            return orjson.dumps(event).decode()
        values = {name: _at(path, event) for name, path in self.paths}
        values["aws.events.event.json"] = event
        values["aws.events.rule-name"] = rule
        return _filled(self.template, values)


@dataclass(frozen=True, slots=True)
class Rule:
    """Which events go where."""

    name: str
    pattern: dict[str, Any]
    targets: tuple[Target, ...]
    enabled: bool = True
    description: str = ""


class Rules:
    """The rules of the default bus."""

    def __init__(self, account: str, region: str, pool: ConnectionPool[Any] | None = None):
        self._pool = pool
        self._arn = f"arn:aws:events:{region}:{account}:rule"
        self._rules: dict[str, Rule] = {}
        self._indexed: dict[tuple[str | None, str | None], tuple[tuple[Rule, Test], ...]] = {}
        """By an event's type and source, where a rule names them."""

    def load(self) -> None:
        """Reads the rules that were made through the API before."""
        assert self._pool is not None
        with self._pool.connection() as connection:
            rows = connection.execute(
                "SELECT name, pattern, state, description, targets FROM localcloud.event_rules"
            ).fetchall()
        for name, pattern, state, description, targets in rows:
            found = tuple(map(_target, targets))
            self._rules[name] = Rule(name, pattern, found, state == "ENABLED", description)
        self._index()

    def add(self, rule: Rule) -> None:
        """Makes a rule of the template known."""
        check_pattern(rule.pattern)
        self._rules[rule.name] = rule
        self._index()

    def _index(self) -> None:
        """Sorts the rules by the types and sources that they name, as all but the broadest do: of
        an event's rules only the rest of their patterns is left to test."""
        found: dict[tuple[str | None, str | None], list[tuple[Rule, Test]]] = {}
        for rule in self._rules.values():
            if not rule.enabled:
                continue
            rest = dict(rule.pattern)
            named = product(_named(rest, "detail-type"), _named(rest, "source"))
            test = matcher(rest)
            for kind_and_source in named:
                found.setdefault(kind_and_source, []).append((rule, test))
        self._indexed = {names: tuple(rules) for names, rules in found.items()}

    def of(self, event: dict[str, Any]) -> Iterator[Rule]:
        """The enabled rules that an event matches."""
        indexed = self._indexed
        kind, source = event["detail-type"], event["source"]
        for names in ((kind, source), (kind, None), (None, source), (None, None)):
            for rule, test in indexed.get(names, ()):
                if test(event):
                    yield rule

    # -- operations -----------------------------------------------------------------------------

    def operations(self) -> dict[str, Any]:
        """The supported API operations."""
        return {
            "PutRule": self.put_rule,
            "DescribeRule": self.describe_rule,
            "ListRules": self.list_rules,
            "EnableRule": self.enable_rule,
            "DisableRule": self.disable_rule,
            "DeleteRule": self.delete_rule,
            "PutTargets": self.put_targets,
            "ListTargetsByRule": self.list_targets_by_rule,
            "RemoveTargets": self.remove_targets,
            "TestEventPattern": self.test_event_pattern,
        }

    def put_rule(
        self,
        Name: str,
        EventPattern: str = "",
        State: str = "ENABLED",
        Description: str = "",
        **_: Any,
    ) -> dict[str, Any]:
        """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html"""
        pattern = _read(EventPattern)
        known = self._rules.get(Name)
        targets = () if known is None else known.targets
        self._save(Rule(Name, pattern, targets, State == "ENABLED", Description))
        return {"RuleArn": f"{self._arn}/{Name}"}

    def describe_rule(self, Name: str, **_: Any) -> dict[str, Any]:
        """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html"""
        return {**self._described(self._find(Name)), "EventBusName": "default"}

    def list_rules(self, NamePrefix: str = "", **_: Any) -> dict[str, Any]:
        """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRules.html"""
        found = sorted(name for name in self._rules if name.startswith(NamePrefix))
        return {"Rules": [self._described(self._rules[name]) for name in found]}

    def enable_rule(self, Name: str, **_: Any) -> dict[str, Any]:
        """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_EnableRule.html"""
        self._save(replace(self._find(Name), enabled=True))
        return {}

    def disable_rule(self, Name: str, **_: Any) -> dict[str, Any]:
        """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DisableRule.html"""
        self._save(replace(self._find(Name), enabled=False))
        return {}

    def delete_rule(self, Name: str, **_: Any) -> dict[str, Any]:
        """Deleting what is not there succeeds; what has targets stays, as on AWS."""
        rule = self._rules.get(Name)
        if rule is not None and rule.targets:
            raise AwsError("ValidationException", "Rule can't be deleted since it has targets.")
        with self._connection() as connection:
            connection.execute("DELETE FROM localcloud.event_rules WHERE name = %s", (Name,))
        self._rules.pop(Name, None)
        self._index()
        return {}

    def put_targets(self, Rule: str, Targets: list[dict[str, Any]], **_: Any) -> dict[str, Any]:
        """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html"""
        rule, new = self._find(Rule), [_target(target) for target in Targets]
        names = {target.id for target in new}
        targets = (*(t for t in rule.targets if t.id not in names), *new)
        if len(targets) > MAX_TARGETS:
            raise AwsError("LimitExceededException", "The requested resource exceeds the maximum.")
        self._save(replace(rule, targets=targets))
        return {"FailedEntryCount": 0, "FailedEntries": []}

    def list_targets_by_rule(self, Rule: str, **_: Any) -> dict[str, Any]:
        """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTargetsByRule.html"""
        return {"Targets": [_written(target) for target in self._find(Rule).targets]}

    def remove_targets(self, Rule: str, Ids: list[str], **_: Any) -> dict[str, Any]:
        """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RemoveTargets.html"""
        rule = self._find(Rule)
        self._save(replace(rule, targets=tuple(t for t in rule.targets if t.id not in Ids)))
        return {"FailedEntryCount": 0, "FailedEntries": []}

    def test_event_pattern(self, EventPattern: str, Event: str) -> dict[str, Any]:
        """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html"""
        return {"Result": matches(_read(EventPattern), orjson.loads(Event))}

    def _find(self, name: str) -> Rule:
        rule = self._rules.get(name)
        if rule is None:
            raise AwsError("ResourceNotFoundException", f"Rule {name} does not exist.")
        return rule

    def _described(self, rule: Rule) -> dict[str, Any]:
        return {
            "Name": rule.name,
            "Arn": f"{self._arn}/{rule.name}",
            "EventPattern": orjson.dumps(rule.pattern).decode(),
            "State": "ENABLED" if rule.enabled else "DISABLED",
            "Description": rule.description,
        }

    def _save(self, rule: Rule) -> None:
        state = "ENABLED" if rule.enabled else "DISABLED"
        targets = [_written(target) for target in rule.targets]
        with self._connection() as connection:
            connection.execute(
                _SAVE, (rule.name, Jsonb(rule.pattern), state, rule.description, Jsonb(targets))
            )
        self._rules[rule.name] = rule
        self._index()

    def _connection(self) -> Any:
        assert self._pool is not None
        return self._pool.connection()


def _named(pattern: dict[str, Any], field: str) -> set[str] | set[None]:
    """Takes out of a pattern the texts that it names for a field; None where it names others."""
    wanted = pattern.get(field)
    if not isinstance(wanted, list) or not all(isinstance(text, str) for text in wanted):
        return {None}
    return set(pattern.pop(field))


def _read(pattern: str) -> dict[str, Any]:
    try:
        found = orjson.loads(pattern)
    except orjson.JSONDecodeError:
        found = None
    check_pattern(found)
    return dict(found)


def _target(spec: dict[str, Any]) -> Target:
    transformer = spec.get("InputTransformer") or {}
    return Target(
        spec["Arn"],
        spec["Id"],
        transformer.get("InputTemplate"),
        tuple(sorted((transformer.get("InputPathsMap") or {}).items())),
        spec.get("InputPath"),
        spec.get("Input"),
    )


def _written(target: Target) -> dict[str, Any]:
    spec: dict[str, Any] = {"Id": target.id, "Arn": target.arn}
    if target.template is not None:
        paths = {"InputPathsMap": dict(target.paths)} if target.paths else {}
        spec["InputTransformer"] = {**paths, "InputTemplate": target.template}
    if target.path is not None:
        spec["InputPath"] = target.path
    if target.fixed is not None:
        spec["Input"] = target.fixed
    return spec


def _at(path: str, event: Any) -> Any:
    """What a simple JSON path leads to; None where it leads nowhere."""
    for part in re.findall(r"\.([\w-]+)|\[(\d+)\]|\['([^']+)'\]", path):
        name, index, quoted = part
        try:
            event = event[int(index)] if index else event[name or quoted]
        except (KeyError, IndexError, TypeError):
            return None
    return event


def _filled(template: str, values: dict[str, Any]) -> str:
    """A template with its placeholders replaced: text inside of a string, JSON elsewhere."""

    def value_of(match: re.Match[str]) -> str:
        if match[1] not in values:
            return match[0]
        value = values[match[1]]
        quoted = len(re.findall(r'(?<!\\)"', template[: match.start()])) % 2 == 1
        if not quoted:
            return orjson.dumps(value).decode()
        text = value if isinstance(value, str) else orjson.dumps(value).decode()
        return orjson.dumps(text).decode()[1:-1]

    return _PLACEHOLDER.sub(value_of, template)
