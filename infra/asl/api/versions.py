"""Versions of state machines, and aliases that spread executions over two of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from asl.api.base import Operations, machine_arn_of, no_such_machine
from asl.api.checks import (
    Answer,
    check_alias_name,
    check_arn,
    check_page,
    constrain,
    given,
    invalid,
    moment,
    one_page,
    out_of_range,
    too_long,
    unstorable,
)
from asl.errors import ApiError
from asl.registry import AliasRecord, MachineRecord, Route

MAX_DESCRIPTION = 256
MAX_ROUTES = 2
_VERSION_ARN = re.compile(r"arn:[^:]+:states:[^:]+:\d{12}:stateMachine:[^:]+:\d+")


class VersionOperations(Operations):
    """https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-version.html"""

    def publish_state_machine_version(
        self, stateMachineArn: str, revisionId: str | None = None, description: str = ""
    ) -> Answer:
        """Makes the newest revision a version; one that already is a version stays the same."""
        _check_description(description)
        record = self._unqualified(stateMachineArn)
        current = record.revision_id or "INITIAL"
        if revisionId is not None and revisionId != current:
            raise ApiError(
                "ConflictException",
                f"Failed to publish the State Machine version for revision {revisionId}. "
                f"The current State Machine revision is {current}.",
            )
        version = self._machines.publish(record.arn, description, self._clock.now())
        return _version(version)

    def list_state_machine_versions(
        self,
        stateMachineArn: str,
        nextToken: str | None = None,
        maxResults: int | None = None,
    ) -> Answer:
        """A machine's versions, newest first."""
        check_page(maxResults, nextToken)
        record = self._unqualified(stateMachineArn)
        versions = self._machines.versions(record.arn)
        page, more = one_page(versions, lambda v: v.version_arn, maxResults, nextToken)
        return {"stateMachineVersions": [_version(version) for version in page], **more}

    def delete_state_machine_version(self, stateMachineVersionArn: str) -> Answer:
        """Deletes a version that no alias leads to. One that is not there: nothing to do."""
        check_arn(stateMachineVersionArn, "stateMachine")
        record = self._machines.get(stateMachineVersionArn)
        if record is None or record.version is None:
            return {}
        leading = [
            alias.name
            for alias in self._machines.aliases.of_machine(record.arn)
            if any(route.version == record.version for route in alias.routes)
        ]
        if leading:
            raise ApiError(
                "ConflictException",
                "Version to be deleted must not be referenced by an alias. Current list of "
                f"aliases referencing this version: [{', '.join(leading)}]",
            )
        self._machines.delete(stateMachineVersionArn)
        self._forget_started()
        return {}


class AliasOperations(Operations):
    """https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-alias.html"""

    def __init__(self, *given: Any, **options: Any):
        super().__init__(*given, **options)
        self._alias_at = lru_cache(maxsize=4096)(self._find_alias)

    def create_state_machine_alias(
        self,
        name: str,
        routingConfiguration: Sequence[Mapping[str, Any]],
        description: str = "",
    ) -> Answer:
        """Creates an alias; the same request again changes nothing."""
        check_alias_name(name)
        _check_description(description)
        machine_arn, routes = self._routes(routingConfiguration)
        now = self._clock.now()
        wanted = AliasRecord(machine_arn, name, description, routes, now, now)
        known = wanted
        if not self._machines.aliases.create(wanted):
            known = self._alias(wanted.arn)
            if (known.description, known.routes) != (description, routes):
                raise ApiError(
                    "ConflictException",
                    "Failed to create alias because an alias with the same name and a different "
                    "routing configuration already exists.",
                )
        return _listed(known)

    def update_state_machine_alias(
        self,
        stateMachineAliasArn: str,
        description: str | None = None,
        routingConfiguration: Sequence[Mapping[str, Any]] | None = None,
    ) -> Answer:
        """Changes where an alias leads to, or its description."""
        _check_description(description)
        alias = self._alias(stateMachineAliasArn)
        if description is None and routingConfiguration is None:
            raise invalid("Either the description or the routing configuration must be specified")
        machine_arn, routes = alias.machine_arn, alias.routes
        if routingConfiguration is not None:
            machine_arn, routes = self._routes(routingConfiguration)
        if machine_arn != alias.machine_arn:
            raise _not_versions(routingConfiguration or ())
        now = self._clock.now()
        text = alias.description if description is None else description
        self._machines.aliases.update(
            replace(alias, description=text, routes=routes, updated_at=now)
        )
        self._alias_at.cache_clear()
        return {"updateDate": moment(now)}

    def describe_state_machine_alias(self, stateMachineAliasArn: str) -> Answer:
        """An alias and where it leads to."""
        alias = self._alias(stateMachineAliasArn)
        return {
            **_listed(alias),
            "name": alias.name,
            **given(description=alias.description or None),
            "routingConfiguration": [
                {
                    "stateMachineVersionArn": f"{alias.machine_arn}:{route.version}",
                    "weight": route.weight,
                }
                for route in alias.routes
            ],
            "updateDate": moment(alias.updated_at),
        }

    def list_state_machine_aliases(
        self,
        stateMachineArn: str,
        nextToken: str | None = None,
        maxResults: int | None = None,
    ) -> Answer:
        """The aliases of a machine, or those that lead to one of its versions, by name."""
        check_page(maxResults, nextToken)
        record = self._machine(stateMachineArn)
        aliases = [
            alias
            for alias in self._machines.aliases.of_machine(record.arn)
            if record.version is None or record.version in {r.version for r in alias.routes}
        ]
        page, more = one_page(aliases, lambda alias: alias.name, maxResults, nextToken)
        return {"stateMachineAliases": [_listed(alias) for alias in page], **more}

    def delete_state_machine_alias(self, stateMachineAliasArn: str) -> Answer:
        """Deletes an alias. One that is not there: nothing to do."""
        check_arn(stateMachineAliasArn, "stateMachine")
        self._machines.aliases.delete(stateMachineAliasArn)
        self._alias_at.cache_clear()
        return {}

    def _alias(self, arn: str) -> AliasRecord:
        check_arn(arn, "stateMachine")
        alias = self._machines.aliases.get(arn)
        if alias is None:
            raise _no_such_resource()
        return alias

    def _named_alias(self, arn: str) -> AliasRecord | None:
        """The alias, if that is what the ARN names; a machine's or version's costs no query."""
        if arn.count(":") != 7 or _VERSION_ARN.fullmatch(arn):
            return None
        return self._machines.aliases.get(arn)

    def _startable_alias(self, arn: str) -> AliasRecord | None:
        """The alias, as of this second at the latest: another process's update takes that long.

        AWS says the same of aliases: they are eventually consistent.
        """
        try:
            return self._alias_at(arn, self._clock.now() // 1000)
        except LookupError:
            return None

    def _find_alias(self, arn: str, _second: int) -> AliasRecord:
        alias = self._named_alias(arn)
        if alias is None:
            raise LookupError(arn)  # not kept: it may be made at any moment
        return alias

    def _startable(self, arn: str) -> tuple[MachineRecord, str | None]:
        """What a StartExecution starts, and the alias's name where it was named by one."""
        check_arn(arn, "stateMachine")
        alias = self._startable_alias(arn)
        if alias is None:
            return self._started(arn), None
        first, last = alias.routes[0], alias.routes[-1]
        drawn = first is last or self._chance() * 100 < first.weight
        version = first.version if drawn else last.version
        record = self._machines.get(f"{alias.machine_arn}:{version}")
        if record is None:
            raise no_such_machine(arn)
        return record, alias.name

    def _routes(self, configuration: Sequence[Mapping[str, Any]]) -> tuple[str, tuple[Route, ...]]:
        """The machine and the routes that a request describes.

        Raises:
            ApiError: ValidationException or ResourceNotFound.
        """
        arns = [str(item["stateMachineVersionArn"]) for item in configuration]
        weights = [int(item["weight"]) for item in configuration]
        shown = ", ".join(
            f"RoutingConfigurationListItem(stateMachineVersionArn={arn}, weight={weight})"
            for arn, weight in zip(arns, weights, strict=True)
        )
        constrain(
            too_long(configuration, "routingConfiguration", MAX_ROUTES, f"[{shown}]"),
            *(
                out_of_range(weight, f"routingConfiguration.{number}.member.weight", 100)
                for number, weight in enumerate(weights, 1)
            ),
        )
        if len(set(arns)) < len(arns):
            raise invalid(
                "Routing configuration must contain distinct state machine version ARNs. "
                f"Received: [{', '.join(arns)}]"
            )
        machine_arns = {machine_arn_of(arn) for arn in arns}
        if len(machine_arns) != 1 or not all(map(_VERSION_ARN.fullmatch, arns)):
            raise _not_versions(configuration)
        if sum(weights) != 100:
            raise invalid(
                f"Sum of routing configuration weights must equal 100. Received: {weights}"
            )
        if any(self._machines.get(arn) is None for arn in arns):
            raise _no_such_resource()
        versions = [int(arn.rsplit(":", 1)[1]) for arn in arns]
        return machine_arns.pop(), tuple(map(Route, versions, weights))


def _check_description(text: str | None) -> None:
    constrain(too_long(text, "description", MAX_DESCRIPTION), unstorable(text, "description"))


def _version(record: MachineRecord) -> Answer:
    return {
        "stateMachineVersionArn": record.version_arn,
        "creationDate": moment(record.created_at),
    }


def _listed(alias: AliasRecord) -> Answer:
    return {"stateMachineAliasArn": alias.arn, "creationDate": moment(alias.created_at)}


def _no_such_resource() -> ApiError:
    return ApiError("ResourceNotFound", "Request references a resource that does not exist.")


def _not_versions(configuration: Sequence[Mapping[str, Any]]) -> ApiError:
    arns = ", ".join(str(item["stateMachineVersionArn"]) for item in configuration)
    return invalid(
        f"Routing configuration must contain state machine version ARNs. Received: [{arns}]"
    )
