"""What imported state machines may call: nothing, unless the deployment's operator allows it.

Compiled workflows call functions that know for whom they work. The calls of an imported state
machine are its author's own, made with the deployment's rights, so the operator names those that
are meant for everybody who may publish. What would reach into the platform itself is never allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

_INTEGRATION = re.compile(r"arn:aws[a-z-]*:states:::(.+)")
_SUFFIX = re.compile(r"\.(sync(:2)?|waitForTaskToken)$")
_FUNCTION = "arn:aws:lambda:*:*:function:"
_NEVER = (
    "aws-sdk:eventbridge", "aws-sdk:kms", "aws-sdk:lambda", "aws-sdk:scheduler",
    "aws-sdk:secretsmanager", "aws-sdk:sfn", "aws-sdk:ssm", "aws-sdk:sts", "events",
)  # fmt: skip
"""Services by which any workspace's data could be reached, or the platform be told anything."""


@dataclass(frozen=True, slots=True)
class ImportedCalls:
    """What may be called: patterns such as ``arn:aws:lambda:*:*:function:orders-*`` or
    ``arn:aws:states:::aws-sdk:dynamodb:*``; ``own`` begins the names of what is the platform's."""

    patterns: tuple[str, ...]
    own: str

    def against(self, state: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """What there is against the calls of a state: where, below the state, and a sentence."""
        if state.get("Type") == "Task":
            arguments = state.get("Arguments", state.get("Parameters"))
            if detail := self._against(state["Resource"], arguments):
                yield "/Resource", detail
        for field in ("ItemReader", "ResultWriter"):
            if field in state and (detail := self._against(state[field]["Resource"], None)):
                yield f"/{field}/Resource", detail

    def _against(self, resource: str, arguments: Any) -> str | None:
        called = callee(resource, arguments)
        if called is None:
            return "what it calls is computed: name it, so that it can be checked"
        if self._is_own(called):
            return "reaches into the platform itself, which no imported state machine may"
        if any(fnmatchcase(called, pattern) for pattern in self.patterns):
            return None
        return (
            f"this deployment lets no imported state machine call {called}: its operator can "
            "allow it (ImportedCalls)"
        )

    def _is_own(self, called: str) -> bool:
        integration = _INTEGRATION.fullmatch(called)
        if integration is not None:
            service = integration[1].lower().rpartition(":")[0]
            return service in _NEVER
        return called.rpartition(":function:")[2].startswith(f"{self.own}-") or any(
            f":{kind}:{self.own}-" in called for kind in ("stateMachine", "activity", "function")
        )


def callee(resource: str, arguments: Any) -> str | None:
    """The ARN that says what a state calls; None: it is computed when it runs."""
    integration = _INTEGRATION.fullmatch(resource)
    if integration is None:
        return None if "{%" in resource else resource
    operation = _SUFFIX.sub("", integration[1])
    match operation:
        case "lambda:invoke":
            name = _literal(arguments, "FunctionName")
            return None if name is None else _function(name)
        case "states:startExecution":
            return _literal(arguments, "StateMachineArn")
        case _:
            return f"arn:aws:states:::{operation}"


def _literal(arguments: Any, field: str) -> str | None:
    value = arguments.get(field) if isinstance(arguments, dict) else None
    return value if isinstance(value, str) and "{%" not in value else None


def _function(name: str) -> str:
    """A function's ARN, of the four forms that Lambda takes."""
    if name.startswith("arn:"):
        return name
    return _FUNCTION + name.rpartition("function:")[2]
