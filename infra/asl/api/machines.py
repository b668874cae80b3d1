"""State machines: create, update, describe, list, delete, validate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from asl.api.base import Tag, machine_arn_of
from asl.api.checks import (
    Answer,
    check_arn,
    check_name,
    constrain,
    encryption_configuration,
    given,
    invalid,
    logging_configuration,
    moment,
    not_in,
    one_page,
    out_of_range,
    too_long,
    tracing_configuration,
    unstorable,
)
from asl.api.map_runs import of_child
from asl.api.tags import TagOperations, check_tags
from asl.definition import check_definition, parse_definition
from asl.errors import ApiError
from asl.execution_log import log_groups
from asl.registry import MachineRecord
from asl.variables import variable_references

MAX_DESCRIPTION = 256
MAX_DIAGNOSTICS = 100
_TYPES = ("STANDARD", "EXPRESS")


class MachineOperations(TagOperations):
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html"""

    def create_state_machine(
        self,
        name: str,
        definition: str,
        roleArn: str,
        type: str = "STANDARD",
        publish: bool = False,
        versionDescription: str = "",
        loggingConfiguration: Mapping[str, Any] | None = None,
        tracingConfiguration: Mapping[str, Any] | None = None,
        encryptionConfiguration: Mapping[str, Any] | None = None,
        tags: Sequence[Tag] | None = None,
    ) -> Answer:
        """Creates a machine; the same request again, but for role and tags, changes nothing."""
        check_name(name)
        constrain(not_in(type, "type", _TYPES), unstorable(roleArn, "roleArn"))
        check_version_description(versionDescription, publish)
        wanted_tags = check_tags(tags)
        parse_definition(definition, type)
        configuration = {
            "loggingConfiguration": self._logging(loggingConfiguration),
            "tracingConfiguration": tracing_configuration(tracingConfiguration),
            "encryptionConfiguration": encryption_configuration(encryptionConfiguration),
        }
        now = self._clock.now()
        arn = f"{self._prefix}:stateMachine:{name}"
        wanted = MachineRecord(
            arn, name, type, roleArn, definition, 0, now, configuration=configuration
        )
        known = self._machines.get(arn)
        if known is None:
            known = self._machines.create(wanted)
            self._machines.tags.clear(arn)  # those of a machine that had the name before
            self._machines.tags.put(arn, wanted_tags)
        if not _same(known, wanted):
            raise ApiError("StateMachineAlreadyExists", f"State Machine Already Exists: '{arn}'")
        answer = {"stateMachineArn": arn, "creationDate": moment(known.created_at)}
        return answer | self._published(arn, versionDescription, publish=publish)

    def update_state_machine(
        self,
        stateMachineArn: str,
        definition: str | None = None,
        roleArn: str | None = None,
        publish: bool = False,
        versionDescription: str = "",
        loggingConfiguration: Mapping[str, Any] | None = None,
        tracingConfiguration: Mapping[str, Any] | None = None,
        encryptionConfiguration: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Gives a machine another definition, role or configuration.

        Running executions keep theirs.
        """
        record = self._unqualified(stateMachineArn)
        configurations = (loggingConfiguration, tracingConfiguration, encryptionConfiguration)
        if all(value is None for value in (definition, roleArn, *configurations)):
            raise ApiError(
                "MissingRequiredParameter",
                "Either the definition, the role ARN, the LoggingConfiguration, or the "
                "TracingConfiguration must be specified",
            )
        constrain(unstorable(roleArn, "roleArn"))
        check_version_description(versionDescription, publish)
        if definition is not None:
            parse_definition(definition, record.kind)
        now = self._clock.now()
        revised = self._machines.update(
            record.arn,
            record.definition if definition is None else definition,
            record.role_arn if roleArn is None else roleArn,
            now,
            self._configured(record, *configurations),
        )
        self._forget_started()
        answer = {"updateDate": moment(now), **given(revisionId=revised.revision_id)}
        return answer | self._published(record.arn, versionDescription, publish=publish)

    def _configured(
        self,
        record: MachineRecord,
        logging: Mapping[str, Any] | None,
        tracing: Mapping[str, Any] | None,
        encryption: Mapping[str, Any] | None,
    ) -> Answer:
        changed = _configuration(record)
        if logging is not None:
            changed["loggingConfiguration"] = self._logging(logging)
        if tracing is not None:
            changed["tracingConfiguration"] = tracing_configuration(tracing)
        if encryption is not None:
            changed["encryptionConfiguration"] = encryption_configuration(encryption)
        return changed if changed != _configuration(record) else dict(record.configuration)

    def _logging(self, wanted: Mapping[str, Any] | None) -> Answer:
        """Logging as it is kept; its log group must be there."""
        kept = logging_configuration(wanted)
        if not all(map(self._log.exists, log_groups(kept))):
            raise ApiError(
                "InvalidLoggingConfiguration",
                "Invalid Logging Configuration: Log Destination not found.",
            )
        return kept

    def _published(self, arn: str, description: str, *, publish: bool) -> Answer:
        if not publish:
            return {}
        version = self._machines.publish(arn, description, self._clock.now())
        return {"stateMachineVersionArn": version.version_arn}

    def describe_state_machine(
        self, stateMachineArn: str, includedData: str = "ALL_DATA"
    ) -> Answer:
        """A machine, or one of its versions."""
        record = self._machine(stateMachineArn)
        return {
            "stateMachineArn": record.version_arn,
            "name": record.name,
            "status": "ACTIVE",
            **described(record, includedData),
            "type": record.kind,
            "creationDate": moment(record.created_at),
            **given(description=record.description or None),
        }

    def describe_state_machine_for_execution(
        self, executionArn: str, includedData: str = "ALL_DATA"
    ) -> Answer:
        """The machine as an execution runs it."""
        execution = self._standard(executionArn)
        record = self._machines.revision(execution.revision)
        answer = {
            "stateMachineArn": record.arn,
            "name": record.name,
            **described(record, includedData),
            "updateDate": moment(record.revised_at),
        }
        return answer if execution.map_child is None else answer | of_child(execution, answer)

    def list_state_machines(
        self, maxResults: int | None = None, nextToken: str | None = None
    ) -> Answer:
        """Every machine, by name."""
        page, more = one_page(
            self._machines.all(), lambda record: record.name, maxResults, nextToken
        )
        listed = [
            {
                "stateMachineArn": record.arn,
                "name": record.name,
                "type": record.kind,
                "creationDate": moment(record.created_at),
            }
            for record in page
        ]
        return {"stateMachines": listed, **more}

    def delete_state_machine(self, stateMachineArn: str) -> Answer:
        """Deletes a machine, its versions and aliases. One that is not there: nothing to do."""
        check_arn(stateMachineArn, "stateMachine")
        if stateMachineArn != machine_arn_of(stateMachineArn):
            raise invalid(f"A version or an alias is not a state machine: {stateMachineArn}")
        self._machines.delete(stateMachineArn)
        self._forget_started()
        for alias in self._machines.aliases.of_machine(stateMachineArn):
            self._machines.aliases.delete(alias.arn)
        self._machines.tags.clear(stateMachineArn)
        return {}

    def validate_state_machine_definition(
        self,
        definition: str,
        type: str = "STANDARD",
        severity: str = "ERROR",
        maxResults: int | None = None,
    ) -> Answer:
        """What is wrong with a definition. All findings are errors: there are no warnings yet."""
        constrain(
            not_in(type, "type", _TYPES),
            not_in(severity, "severity", ("ERROR", "WARNING")),
            out_of_range(maxResults, "maxResults", MAX_DIAGNOSTICS),
        )
        _, findings = check_definition(definition, type)
        limit = maxResults or MAX_DIAGNOSTICS
        return {
            "result": "FAIL" if findings else "OK",
            "diagnostics": [
                {
                    "severity": "ERROR",
                    "code": finding.code,
                    "message": finding.message,
                    **given(location=finding.location),
                }
                for finding in findings[:limit]
            ],
            "truncated": len(findings) > limit,
        }


def check_version_description(text: str, publish: bool) -> None:
    """Refuses a description that is too long, or that has no version to belong to."""
    constrain(
        too_long(text, "versionDescription", MAX_DESCRIPTION),
        unstorable(text, "versionDescription"),
    )
    if text and not publish:
        raise invalid("Version description can only be set when publish is true")


def described(record: MachineRecord, included: str) -> Answer:
    """What both DescribeStateMachine operations tell of a machine."""
    if included == "METADATA_ONLY":
        told: Answer = {"definition": "{}"}
    else:
        references = variable_references(record.definition)
        told = {"definition": record.definition, **given(variableReferences=references or None)}
    return {
        **told,
        "roleArn": record.role_arn,
        **_configuration(record),
        **given(revisionId=record.revision_id),
    }


def _configuration(record: MachineRecord) -> Answer:
    """A machine's configuration; the defaults where it was stored without."""
    return {
        "loggingConfiguration": logging_configuration(None),
        "tracingConfiguration": tracing_configuration(None),
        "encryptionConfiguration": encryption_configuration(None),
        **record.configuration,
    }


def _same(known: MachineRecord, wanted: MachineRecord) -> bool:
    """Whether a repeated CreateStateMachine asks for what is there."""
    return (known.definition, known.kind, _configuration(known)) == (
        wanted.definition,
        wanted.kind,
        _configuration(wanted),
    )
