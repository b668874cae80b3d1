"""``ai.agent``: that its tools exist, and that somebody gives each of their inputs, which fit."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from statewright.workflows.actions.action import Action
from statewright.workflows.checks.inference import Env
from statewright.workflows.checks.structure import check_schema
from statewright.workflows.checks.tool_arguments import MAX_DESCRIBED, described, from_model
from statewright.workflows.definition import ANSWER, AgentTool, Use, tools_of
from statewright.workflows.expressions import is_dynamic, pointer_part
from statewright.workflows.suggestions import did_you_mean

if TYPE_CHECKING:
    from statewright.workflows.checks.actions import Actions

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_WHERE = {"http.request": "url", "graphql.query": "url", "email.send": "to", "sms.send": "to"}
"""Inputs that say where data go: a model that has read something foreign may be led astray."""


def check_agent(actions: Actions, step: Use, at: str, env: Env) -> None:
    """Checks what the inputs of an agent say about its tools and its answer."""
    schema = step.inputs.get("schema")
    if schema is not None and not is_dynamic(schema):
        check_schema(actions.findings, schema, f"{at}/with/schema")
    given = step.inputs.get("tools")
    if not isinstance(given, dict):
        if is_dynamic(given):
            detail = "are needed when the workflow is published: they cannot be an expression"
            actions.findings.error("not-literal", f"{at}/with/tools", detail)
        return
    for name, tool in given.items():
        here = f"{at}/with/tools/{pointer_part(name)}"
        if _NAME.fullmatch(name) is None or name == ANSWER:
            detail = f"a tool's name has the form [a-z][a-z0-9_]*, and is not '{ANSWER}'"
            actions.findings.error("tool-name", here, detail)
        parsed = _parsed(actions, tool, here)
        if parsed is not None:
            _tool(actions, parsed, here, env)
    _size(actions, step, f"{at}/with/tools")


def _parsed(actions: Actions, tool: Any, at: str) -> AgentTool | None:
    from statewright.workflows.parsing_issues import issues_of

    try:
        return AgentTool.model_validate(tool)
    except ValidationError as error:
        known = [field.alias or name for name, field in AgentTool.model_fields.items()]
        for issue in issues_of(error, tool):
            name = issue.pointer.rpartition("/")[2]
            suggestion = did_you_mean(name, known) if "not a known field" in issue.detail else None
            where = f"{at}{issue.pointer.rstrip('/')}"
            actions.findings.error("tool", where, issue.detail, suggestion)
    return None


def _tool(actions: Actions, tool: AgentTool, at: str, env: Env) -> None:
    action = actions.find(tool.use, at)
    if action is None:
        return
    if reason := _cannot(action):
        suggestion = "put it into a workflow of its own and name `workflow.run`"
        actions.findings.error("no-tool", f"{at}/use", f"{action.name} {reason}", suggestion)
        return
    actions.refers("connection", tool.connection, f"{at}/connection")
    chosen = from_model(tool, action)
    known = {**action.inputs, "required": [], "$defs": action.definitions}
    actions.inputs(tool.inputs, known, f"{at}/with", env)
    _from_model(actions, tool, action, at)
    for name in action.inputs.get("required", []):
        if name not in tool.inputs and name not in chosen:
            detail = "is required: say it here" + (
                "" if tool.from_model is None else ", or let the model give it in `from_model`"
            )
            actions.findings.error("missing-input", f"{at}/with/{pointer_part(name)}", detail)
    if tool.retry is not None:
        actions.retried(tool.retry, action, f"{at}/retry/on")
    if tool.approval is not None:
        _approval(actions, tool.approval, f"{at}/approval", env)
    elif (where := _WHERE.get(action.name)) in chosen:
        detail = f"the model decides on `{where}`: what it reads may tell it to send data there"
        suggestion = f"give `{where}` in `with`, or let people decide with `approval`"
        actions.findings.warn("open-tool", at, detail, suggestion)


def _cannot(action: Action) -> str:
    """Why an action can be no tool."""
    if action.integration == "agent":
        return "cannot be a tool of an agent"
    if action.integration == "aws":
        return "is a call of AWS, whose permissions depend on its inputs: it cannot be a tool"
    if action.native is not None:
        return "is an expression of the state machine: it cannot be a tool"
    return ""


def _from_model(actions: Actions, tool: AgentTool, action: Action, at: str) -> None:
    properties = action.inputs.get("properties", {})
    for index, name in enumerate(tool.from_model or []):
        where = f"{at}/from_model/{index}"
        if name not in properties:
            detail = f"{action.name} has no input '{name}'"
            actions.findings.error("unknown-input", where, detail, did_you_mean(name, properties))
        elif name in tool.inputs:
            detail = f"'{name}' is given in `with`: the model cannot choose it"
            actions.findings.error("given-input", where, detail)
        elif properties[name].get("x-literal"):
            detail = f"'{name}' is needed when the workflow is published: give it in `with`"
            actions.findings.error("not-literal", where, detail)


def _approval(actions: Actions, approval: dict[str, Any], at: str, env: Env) -> None:
    """The inputs of the question to people; what it asks for by itself need not be given."""
    asking = actions.find("human.approval", at)
    if asking is None:
        return
    properties = {k: v for k, v in asking.inputs["properties"].items() if k != "form"}
    actions.inputs(
        approval, {**asking.inputs, "properties": properties, "required": ["assignees"]}, at, env
    )


def _size(actions: Actions, step: Use, at: str) -> None:
    told = [
        described(name, tool, action, actions.workflows)
        for name, tool in tools_of(step.inputs).items()
        if (action := actions.known(tool.use)) is not None
    ]
    size = len(json.dumps(told, ensure_ascii=False).encode("utf-8", "replace"))
    if size > MAX_DESCRIBED:
        room = f"there is room for {MAX_DESCRIBED:,}"
        detail = f"the tools' inputs take {size:,} bytes to describe: {room}"
        suggestion = "let `from_model` name the inputs that the model needs"
        actions.findings.error("tools-size", at, detail, suggestion)
