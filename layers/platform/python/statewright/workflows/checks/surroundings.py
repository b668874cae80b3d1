"""What a definition may refer to: all that exists around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from statewright.workflows.actions.action import Action
from statewright.workflows.actions.known import KnownActions
from statewright.workflows.imported_calls import ImportedCalls


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A workspace as the checks see it. None: not known, so nothing is said about it."""

    actions: Mapping[str, Action] = field(default_factory=KnownActions)
    workflows: Mapping[str, dict[str, Any] | None] | None = None
    """Published workflows by name, with the JSON Schema of their input where they have one."""
    connections: frozenset[str] | None = None
    templates: frozenset[str] | None = None
    variables: frozenset[str] | None = None
    aws: tuple[str, ...] | None = None
    """The AWS actions that the operator allows, such as ``sqs:*`` and ``s3:getObject``."""
    imported_calls: ImportedCalls | None = None

    def allows(self, action: str) -> bool:
        """Whether an action may be used here at all."""
        if self.aws is None or not action.startswith("aws."):
            return True
        call = action.removeprefix("aws.").replace(".", ":", 1)
        return any(fnmatchcase(call, pattern) for pattern in self.aws)

    def names(self, what: str) -> frozenset[str] | None:
        """The names of all workflows, connections or templates."""
        match what:
            case "workflow":
                return None if self.workflows is None else frozenset(self.workflows)
            case "connection":
                return self.connections
            case "template":
                return self.templates
        return None


ANYWHERE = Surroundings()
"""No workspace in particular: a file on somebody's disk."""
