"""Steps that use actions: that the action exists, and that its inputs are what it takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from statewright.errors import InvalidError
from statewright.tasks import forms
from statewright.workflows.actions.action import Action
from statewright.workflows.actions.known import similar
from statewright.workflows.checks.findings import Findings
from statewright.workflows.checks.inference import Env
from statewright.workflows.checks.schemas import flattened, type_of_schema
from statewright.workflows.checks.surroundings import Surroundings
from statewright.workflows.checks.types import ANY, Type, describe, overlaps
from statewright.workflows.checks.values import Values
from statewright.workflows.definition import Retry, Undo, Use, seconds
from statewright.workflows.expressions import is_dynamic, pointer_part
from statewright.workflows.suggestions import did_you_mean

STATES_ERRORS = frozenset(
    """
    States.ALL States.TaskFailed States.Timeout States.HeartbeatTimeout States.Permissions
    States.QueryEvaluationError States.DataLimitExceeded States.ExceedToleratedFailureThreshold
    States.ItemReaderFailed States.ResultWriterFailed States.Http.Socket States.BranchFailed
    States.NoChoiceMatched States.IntrinsicFailure States.Runtime
    """.split()  # noqa: SIM905
)


class Actions:
    """Checks calls of actions."""

    def __init__(self, findings: Findings, surroundings: Surroundings, values: Values):
        self.findings, self._surroundings, self._values = findings, surroundings, values

    def reporting_to(self, findings: Findings, values: Values) -> Actions:
        """The same, which tells its findings to somebody else."""
        return Actions(findings, self._surroundings, values)

    def errors_of(self, name: str) -> frozenset[str]:
        """The errors that an action declares."""
        action = self._surroundings.actions.get(name)
        return frozenset(action.errors) if action else frozenset()

    def known(self, name: str) -> Action | None:
        """The action of a name."""
        return self._surroundings.actions.get(name)

    @property
    def workflows(self) -> Mapping[str, dict[str, Any] | None]:
        """Published workflows by name, with the JSON Schema of their input where they have one."""
        return self._surroundings.workflows or {}

    def find(self, name: str, at: str) -> Action | None:
        """The action that the ``use`` at a place names; says so, where there is none."""
        action = self.known(name)
        if action is None:
            suggestion = did_you_mean(name, similar(self._surroundings.actions, name))
            detail = f"there is no action '{name}'"
            self.findings.error("unknown-action", f"{at}/use", detail, suggestion)
        return action

    def call(self, call: Use | Undo, at: str, env: Env) -> Action | None:
        """Checks a call; returns its action, if there is one."""
        action = self.find(call.use, at)
        if action is None:
            self._values.type_of(call.inputs, f"{at}/with", env)
            return None
        if action.integration == "agent" and not isinstance(call, Use):
            detail = f"{call.use} is many calls: it can be a step, and nothing else"
            self.findings.error("agent-place", f"{at}/use", detail)
        if not self._surroundings.allows(call.use):
            detail = f"the operator does not allow '{call.use}' here (the setting AwsActions)"
            self.findings.error("forbidden-action", f"{at}/use", detail)
        self.refers("connection", call.connection, f"{at}/connection")
        whole = {**action.inputs, "$defs": action.definitions}
        self.inputs(call.inputs, whole, f"{at}/with", env)
        if call.retry is not None:
            self.retried(call.retry, action, f"{at}/retry/on")
        return action

    def retried(self, retry: Retry, action: Action, at: str) -> None:
        """Checks the errors that a call is tried again for."""
        if not action.errors:
            return
        known = STATES_ERRORS | set(action.errors)
        for index, name in enumerate(retry.on):
            if name not in known and not name.startswith("Lambda."):
                detail = f"{action.name} does not fail with '{name}'"
                suggestion = did_you_mean(name, known)
                self.findings.warn("unknown-error", f"{at}/{index}", detail, suggestion)

    def inputs(
        self, given: Mapping[str, Any], schema: Mapping[str, Any], at: str, env: Env
    ) -> None:
        """Checks inputs against the action's schema: values as they are, expressions by type."""
        properties = schema.get("properties", {})
        for name, value in given.items():
            here = f"{at}/{pointer_part(name)}"
            found = self._values.type_of(value, here, env)
            if name in properties:
                self._input(value, found, _whole(properties[name], schema), here)
            elif not schema.get("additionalProperties", False):
                detail = "is not an input of this action"
                self.findings.error("unknown-input", here, detail, did_you_mean(name, properties))
        for name in schema.get("required", []):
            if name not in given:
                self.findings.error("missing-input", f"{at}/{name}", "is required")

    def _input(self, value: Any, found: Type, wanted: Mapping[str, Any], at: str) -> None:
        if not is_dynamic(value):
            for error in jsonschema_rs.iter_errors(dict(wanted), value):
                where = "".join(f"/{pointer_part(str(part))}" for part in error.instance_path)
                self.findings.error("type-mismatch", at + where, error.message)
        elif wanted.get("x-literal"):
            detail = "is needed when the workflow is published: it cannot be an expression"
            self.findings.error("not-literal", at, detail)
        else:
            expected = type_of_schema(flattened(wanted, wanted.get("$defs", {})))
            if not overlaps(found, expected):
                detail = f"is {describe(found)}, but the action takes {describe(expected)}"
                self.findings.error("type-mismatch", at, detail)
        if wanted.get("x-form") and isinstance(value, dict) and not is_dynamic(value):
            self._form(value, at)
        if isinstance(value, str) and not is_dynamic(value):
            self.refers(str(wanted.get("x-refers-to", "")), value, at)
            if wanted.get("x-duration"):
                self._duration(value, at)

    def _form(self, schema: dict[str, Any], at: str) -> None:
        try:
            forms.read(schema)
        except InvalidError as error:
            where = error.issues[0].pointer if error.issues else ""
            self.findings.error("form", at + where, error.detail)

    def _duration(self, value: str, at: str) -> None:
        try:
            seconds(value)
        except ValueError as error:
            self.findings.error("duration", at, str(error))

    def refers(self, what: str, name: str | None, at: str) -> None:
        """Checks the name of a workflow, a connection or a template."""
        known = self._surroundings.names(what)
        if known is None or name is None or name in known:
            return
        published = "published " if what == "workflow" else ""
        detail = f"there is no {published}{what} called '{name}'"
        self.findings.error(f"unknown-{what}", at, detail, did_you_mean(name, known))

    def child_input(self, step: Use, at: str, env: Env) -> None:
        """Checks what another workflow is given against that workflow's own ``input``."""
        schema = self.workflows.get(str(step.inputs.get("workflow")))
        given = step.inputs.get("input", {})
        if schema is None:
            return
        if isinstance(given, dict) and is_dynamic(given):
            self._fields(given, schema, f"{at}/with/input", env)
        elif not is_dynamic(given):
            self._input(given, ANY, schema, f"{at}/with/input")

    def _fields(self, given: dict[str, Any], schema: dict[str, Any], at: str, env: Env) -> None:
        properties = schema.get("properties")
        if isinstance(properties, dict):
            whole = {"additionalProperties": True, **schema, "properties": properties}
            self.inputs(given, whole, at, env)


def _whole(schema: Any, root: Mapping[str, Any]) -> dict[str, Any]:
    """A property's schema, with what it may refer to."""
    inner = schema if isinstance(schema, dict) else {}
    return {**inner, "$defs": root["$defs"]} if root.get("$defs") else inner


def result_of(action: Action | None, inputs: Mapping[str, Any] | None = None) -> Type:
    """The type of what an action gives; a form that is asked for says what it holds."""
    if action is None or not action.result:
        return ANY
    result = flattened(action.result, action.definitions)
    form = (inputs or {}).get("form")
    if isinstance(form, dict) and action.name.startswith("human."):
        inner = {**form, "additionalProperties": False}
        result = {**result, "properties": {**result["properties"], "form": inner}}
    return type_of_schema(result, closed=True)
