"""A workflow as a SAM application of its own: it runs in any AWS account, without the platform.

The state machine is the compiled one. What a deployment of the platform would fill in, this
application's template does: functions for the actions, a bucket for loops over files, other
workflows' ARNs as parameters. It may be started with the bare input: its first state puts around it
what triggers of the platform send.
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from statewright.errors import InvalidError, Issue
from statewright.workflows.compiler import Artefact
from statewright.workflows.cutting import literal
from statewright.workflows.definition import Definition, ScheduleTrigger, WebhookTrigger
from statewright.workflows.plain_steps import states
from statewright.workflows.timetables import expression
from statewright.workflows.vendoring import vendored

_PLACEHOLDER = re.compile(r"\$\{([A-Za-z]+)(?::([^}]+))?\}")
_FUNCTIONS = {
    "http-request": ("http_request",),
    "run-javascript": ("run_javascript", "statewright.integrations.code.child"),
    "send-email": ("send_email",),
    "transform-data": ("transform_data",),
}
"""Step functions that can do without the platform, with the modules that they consist of."""
_NAMED = {"Partition": "AWS::Partition", "Region": "AWS::Region", "Account": "AWS::AccountId"}
_TRIGGER = (
    "{% $exists($states.input.trigger.body) ? $states.input.trigger : {'type': 'manual', "
    "'id': 'manual', 'body': $states.input, 'headers': {}, 'query': {}, "
    "'received_at': $states.context.Execution.StartTime} %}"
)


@dataclass(slots=True)
class _Needs:
    """What the state machine refers to: names of substitutions, and what they stand for."""

    values: dict[str, Any] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    parameters: dict[str, str] = field(default_factory=dict)
    bucket: bool = False


def application(
    definition: Definition, artefact: Artefact, variables: dict[str, Any]
) -> dict[str, str]:
    """The application's files by their paths.

    Raises:
        InvalidError: with each step that needs the platform.
    """
    asl = artefact.asl if definition.asl is None else definition.asl
    issues = tuple(_not_portable(artefact)) if definition.asl is None else ()
    if issues:
        raise InvalidError(f"{issues[0].pointer}: {issues[0].detail}", issues)
    needs = _Needs()
    if definition.asl is None:
        asl = _substituted(_startable(asl, variables), needs)
    files = {
        "template.yaml": _yaml(_template(definition, artefact, needs)),
        "statemachine.asl.json": json.dumps(asl, indent=2, ensure_ascii=False) + "\n",
        "README.md": _readme(definition),
    }
    return files | _function_files(needs.functions)


def _not_portable(artefact: Artefact) -> Iterator[Issue]:
    for _, name, state in states(artefact.asl):
        pointer = artefact.bindings.get(name, "").partition("#")[0]
        function, payload = _called(state)
        if function and function not in _FUNCTIONS:
            detail = "needs the platform: the workflow cannot run without it"
            yield Issue(f"{pointer}/use", detail)
        elif "connection" in payload:
            yield Issue(f"{pointer}/connection", "connections stay in the platform")
        elif "save_to" in payload.get("with", {}):
            yield Issue(f"{pointer}/with/save_to", "the workspace's files stay in the platform")


def _called(state: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The step function that a state calls, and with what; "" where it calls none."""
    arguments = state.get("Arguments")
    if not isinstance(arguments, dict) or "FunctionName" not in arguments:
        return "", {}
    name = str(arguments["FunctionName"]).removeprefix("${Function:").removesuffix("}")
    return name, arguments["Payload"]


def _startable(asl: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
    """The machine with a first state that takes the bare input, too, and knows the variables."""
    start = asl["States"]["Start"]
    assign = {**start["Assign"], "trigger": _TRIGGER, "vars": literal(variables)}
    return {**asl, "States": {**asl["States"], "Start": {**start, "Assign": assign}}}


def _substituted(asl: dict[str, Any], needs: _Needs) -> Any:
    """The machine with the names of this application's own substitutions."""

    def name_of(match: re.Match[str]) -> str:
        return _name(match[1], match[2], needs)

    return json.loads(_PLACEHOLDER.sub(name_of, json.dumps(asl, ensure_ascii=False)))


def _name(placeholder: str, argument: str | None, needs: _Needs) -> str:
    match placeholder:
        case "WorkspaceId" | "WorkflowId":
            return "exported"
        case "EventBus":
            return "default"
        case "FilesBucket":
            needs.bucket = True
            needs.values["FilesBucket"] = {"Ref": "FilesBucket"}
            return "${FilesBucket}"
        case "Function":
            needs.functions.add(str(argument))
            name = f"{_pascal(str(argument))}Function"
            needs.values[f"{name}Arn"] = {"Fn::GetAtt": [name, "Arn"]}
            return f"${{{name}Arn}}"
        case "Workflow":
            name = f"{_pascal(str(argument))}WorkflowArn"
            needs.parameters[name] = str(argument)
            needs.values[name] = {"Ref": name}
            return f"${{{name}}}"
        case _:
            # No placeholder of the compiler: somebody's own text.
            return f"${{{placeholder}:{argument}}}" if argument else f"${{{placeholder}}}"


def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in re.findall(r"[A-Za-z0-9]+", name)) or "Other"


def _template(definition: Definition, artefact: Artefact, needs: _Needs) -> dict[str, Any]:
    resources: dict[str, Any] = {"Workflow": _machine(definition, artefact, needs)}
    for function in sorted(needs.functions):
        resources[f"{_pascal(function)}Function"] = _function(function)
    if needs.bucket:
        resources["FilesBucket"] = {"Type": "AWS::S3::Bucket"}
    parameters = {
        name: {"Type": "String", "Description": f"The state machine of the workflow '{workflow}'"}
        for name, workflow in needs.parameters.items()
    }
    if "send-email" in needs.functions:
        about = "An address or domain that SES may send from"
        parameters["MailFrom"] = {"Type": "String", "Description": about}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Description": definition.name,
        **({"Parameters": parameters} if parameters else {}),
        "Resources": resources,
        "Outputs": {"StateMachineArn": {"Value": {"Ref": "Workflow"}}},
    }


def _machine(definition: Definition, artefact: Artefact, needs: _Needs) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "Name": {"Fn::Sub": "${AWS::StackName}-workflow"},
        "Type": artefact.kind,
        "DefinitionUri": "statemachine.asl.json",
    }
    if needs.values:
        properties["DefinitionSubstitutions"] = dict(sorted(needs.values.items()))
    if artefact.policy["Statement"]:
        properties["Policies"] = [_policy(artefact.policy, needs)]
    if events := dict(_events(definition)):
        properties["Events"] = events
    return {"Type": "AWS::Serverless::StateMachine", "Properties": properties}


def _policy(policy: dict[str, Any], needs: _Needs) -> dict[str, Any]:
    statements = [
        {**statement, "Resource": [_resource(text, needs) for text in statement["Resource"]]}
        for statement in policy["Statement"]
    ]
    return {**policy, "Statement": statements}


def _resource(text: str, needs: _Needs) -> Any:
    def replaced(match: re.Match[str]) -> str:
        placeholder, argument = match[1], match[2]
        if placeholder in _NAMED:
            return f"${{{_NAMED[placeholder]}}}"
        if placeholder == "Machine":
            return "${AWS::StackName}-workflow"
        if placeholder == "Function":
            return f"${{{_pascal(argument)}Function.Arn}}"
        if placeholder == "ExecutionsOf":
            return "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:*"
        return _name(placeholder, argument, needs)

    found = _PLACEHOLDER.sub(replaced, text)
    return {"Fn::Sub": found} if "${" in found else found


def _function(name: str) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "CodeUri": f"functions/{name}/",
        "Handler": f"statewright.workflows.portable.{_FUNCTIONS[name][0]}.handler",
        "Runtime": "python3.12",
        "MemorySize": 512,
        "Timeout": 30,
    }
    if name == "send-email":
        properties["Environment"] = {"Variables": {"STATEWRIGHT_MAIL_FROM": {"Ref": "MailFrom"}}}
        allowed = {"Effect": "Allow", "Action": "ses:SendEmail", "Resource": "*"}
        properties["Policies"] = [{"Version": "2012-10-17", "Statement": [allowed]}]
    return {"Type": "AWS::Serverless::Function", "Properties": properties}


def _events(definition: Definition) -> Iterator[tuple[str, dict[str, Any]]]:
    """The triggers that SAM has, too."""
    for trigger in definition.triggers:
        name = _pascal(trigger.id)
        if isinstance(trigger, ScheduleTrigger):
            yield name, {"Type": "ScheduleV2", "Properties": _schedule(definition, trigger)}
        elif isinstance(trigger, WebhookTrigger) and "POST" in trigger.methods:
            way = {"Path": f"/{trigger.id}", "Method": "post"}
            yield name, {"Type": "Api", "Properties": way}


def _schedule(definition: Definition, trigger: ScheduleTrigger) -> dict[str, Any]:
    facts = {"type": "schedule", "id": trigger.id, "body": trigger.body, "headers": {}}
    at = {"query": {}, "received_at": "<aws.scheduler.scheduled-time>"}
    sent: Any = trigger.body if definition.asl is not None else {"trigger": {**facts, **at}}
    return {
        "ScheduleExpression": expression(trigger),
        "ScheduleExpressionTimezone": trigger.timezone,
        "Input": json.dumps(sent, ensure_ascii=False),
    }


def _function_files(functions: set[str]) -> dict[str, str]:
    files: dict[str, str] = {}
    for function in sorted(functions):
        first, *more = _FUNCTIONS[function]
        entry = f"statewright.workflows.portable.{first}"
        parents = ("statewright", "statewright.workflows", "statewright.workflows.portable")
        found = vendored([entry, *more, *parents])
        folder = f"functions/{function}"
        files |= {f"{folder}/{path}": text for path, text in found.files.items()}
        lines = "".join(f"{line}\n" for line in found.requirements)
        files[f"{folder}/requirements.txt"] = lines
    return files


def _readme(definition: Definition) -> str:
    kept = {type(trigger) for trigger in definition.triggers} & {ScheduleTrigger, WebhookTrigger}
    others = [t.id for t in definition.triggers if type(t) not in kept]
    lines = [
        f"# {definition.name}",
        "",
        "    sam build && sam deploy --guided",
        "    aws stepfunctions start-execution --state-machine-arn … --input '{}'",
        "",
        "`statemachine.asl.json` is the workflow, `template.yaml` what it needs. The input of an",
        "execution is what the workflow calls `$trigger.body`. Variables have their values of the",
        "time of export, in the first state. A webhook is a POST to an API without authorization,",
        "whatever `verify` says: add what you need.",
    ]
    if others:
        lines += ["", f"Triggers that are not in here: {', '.join(others)}."]
    settings = definition.settings
    if settings.concurrency is not None or settings.on_failure is not None:
        lines += ["", "`concurrency` and `on_failure` are the platform's, and not in here."]
    return "\n".join(lines) + "\n"


def _yaml(value: Any) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=120)
