"""What the template lets each function do, beside what functions were seen to ask AWS for.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html: a role may
do what one of its statements allows; there are no denials here.
"""

from __future__ import annotations

import fnmatch
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from localcloud.resources import ACCOUNT, REGION, attribute_of
from localcloud.template import Resource, Stack
from tests.support.server import ROOT

STACK = "statewright"
KEY = "the deployment's key"
_VALUES = {
    "AWS::StackName": STACK,
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
}
_UNSEEN = {
    "execute-api:ManageConnections",
    "states:SendTaskFailure",
    "states:SendTaskHeartbeat",
    "states:SendTaskSuccess",
}
"""Actions on what a call does not name: a connection's API, a task token's state machine."""
_TAGGED = "aws:ResourceTag/"
_MAKES = dict.fromkeys(
    ("kms:Sign", "kms:GetPublicKey", "kms:ScheduleKeyDeletion"),
    ("kms:CreateKey", "kms:TagResource"),
)
"""What makes the resources of an action, and tags them."""
_NAMES = {"kms": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/local"}


@dataclass(frozen=True, order=True)
class Need:
    """A function asks AWS to do something with a resource."""

    function: str
    action: str
    resource: str
    keys: tuple[tuple[str, str], ...] = ()
    """What the call tells of itself that a condition may be about."""


@dataclass(frozen=True)
class Grant:
    """A function may do something with resources of a pattern, where all conditions hold."""

    function: str
    action: str
    resource: str
    conditions: tuple[tuple[str, str], ...] = ()

    def covers(self, need: Need) -> bool:
        if (self.function, self.action) != (need.function, need.action):
            return False
        if not all(_holds(condition, need) for condition in self.conditions):
            return False
        if need.resource == KEY:
            return self.resource in {_NAMES["kms"], "*"}
        if need.resource == "*" and self.action in _UNSEEN:
            return True
        return self.resource == "*" or _matcher(self.resource).fullmatch(need.resource) is not None


def _holds(condition: tuple[str, str], need: Need) -> bool:
    """Whether a call meets a condition. A resource's tag is met where nobody may make, or tag, such
    a resource otherwise, which is looked at for whoever was seen to."""
    key, value = condition
    if key.startswith(_TAGGED):
        asked = (f"aws:RequestTag/{key.removeprefix(_TAGGED)}", value)
        makers = [grant for grant in granted() if grant.action in _MAKES[need.action]]
        return bool(makers) and all(asked in grant.conditions for grant in makers)
    return condition in need.keys


@cache
def _matcher(pattern: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(pattern))


def recorded(file: Path) -> set[Need]:
    """What a server noted with ``--record-calls``."""
    lines = file.read_text().splitlines() if file.exists() else []
    calls = [json.loads(line) for line in lines]
    return {Need(**call | {"keys": tuple(sorted(call.get("keys", {}).items()))}) for call in calls}


@cache
def granted() -> tuple[Grant, ...]:
    """Every action of every function's policies, with the resources that the template names."""
    managed = {
        resource.id: resource.properties["PolicyDocument"]
        for resource in _resources()
        if resource.kind == "AWS::IAM::ManagedPolicy"
    }
    return tuple(grant for resource in _functions() for grant in _of(resource, managed))


@cache
def _resources() -> tuple[Resource, ...]:
    parameters = {"DatabaseUrl": "x", "DatabasePool": 1, "BaseUrl": "x", "MailFrom": "x"}
    stack = Stack(ROOT / "template.yaml", {**_VALUES, **parameters}, attribute_of)
    return tuple(stack.resources())


def _functions() -> list[Resource]:
    return [one for one in _resources() if one.kind == "AWS::Serverless::Function"]


def _of(resource: Resource, managed: dict[str, Any]) -> Iterator[Grant]:
    name = resource.properties["FunctionName"]
    for policy in resource.properties.get("Policies", []):
        document = managed[policy] if isinstance(policy, str) else policy
        for statement in document["Statement"]:
            for action in _list(statement["Action"]):
                for one in _list(statement["Resource"]):
                    yield Grant(name, action, one, _conditions(statement))


def _conditions(statement: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """A statement's conditions, all of which must hold. Another operator than this is an error."""
    asked: dict[str, dict[str, str]] = statement.get("Condition", {})
    unknown = asked.keys() - {"StringEquals"}
    assert not unknown, f"nothing here knows what {unknown} means"
    return tuple(sorted(asked.get("StringEquals", {}).items()))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def missing(needs: set[Need]) -> list[Need]:
    """What was asked for and no policy allows. On AWS these calls would be denied."""
    by_function: dict[str, list[Grant]] = {}
    for grant in granted():
        by_function.setdefault(grant.function, []).append(grant)
    return sorted(
        need
        for need in needs
        if not any(grant.covers(need) for grant in by_function.get(need.function, []))
    )


def implied() -> set[Need]:
    """What the template itself makes functions ask for: a queue's messages are encrypted, and
    Lambda reads them with the function's role."""
    return {
        Need(resource.properties["FunctionName"], "kms:Decrypt", KEY)
        for resource in _functions()
        for event in resource.properties.get("Events", {}).values()
        if event["Type"] == "SQS"
    }


def explained(page: Path) -> list[tuple[str, str]]:
    """The rows of docs/iam.md: functions (``*`` stands for any text) with an action each."""
    rows = re.findall(r"^\| `([\w*-]+)` \| (`[^|]+) \|", page.read_text(), re.M)
    return [
        (function, action)
        for function, actions in rows
        for action in re.findall(r"`([^`]+)`", actions)
    ]


def unused(needs: set[Need]) -> list[tuple[str, str]]:
    """Functions with actions that they were never seen to use."""
    used = {(need.function, need.action) for need in needs | implied()}
    grants = {(grant.function, grant.action) for grant in granted()}
    return sorted((re.sub(f"^{STACK}-", "", name), action) for name, action in grants - used)


def unexplained(needs: set[Need], page: Path) -> list[tuple[str, str]]:
    """What functions may do, were not seen to do, and have no reason for on the page."""
    reasons = explained(page)
    return [
        (function, action)
        for function, action in unused(needs)
        if not any(
            fnmatch.fnmatchcase(action, has) and fnmatch.fnmatchcase(function, one)
            for one, has in reasons
        )
    ]


def findings(calls: Path, page: Path) -> list[str]:
    """What is wrong after a whole run of the end-to-end tests, in sentences."""
    needs = recorded(calls)
    if not needs:
        return [f"{calls} has no calls: no end-to-end test has run."]
    return [
        *(f"{n.function} asked for {n.action} on {n.resource}: no statement of its policies in "
          "infra/stacks allows it." for n in missing(needs)),
        *(f"{function} may {action} and no test had it do so: take it away in infra/stacks, add a "
          f"test, or give the reason in docs/iam.md."
          for function, action in unexplained(needs, page)),
    ]  # fmt: skip


def main(calls: Path) -> int:
    """Prints what is wrong; 1 if anything is."""
    found = findings(calls, ROOT / "docs" / "iam.md")
    total = f"Permissions: {len(recorded(calls))} kinds of calls, {len(granted())} grants"
    sys.stdout.write("\n".join([*found, f"{total}, {len(found)} findings."]) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
