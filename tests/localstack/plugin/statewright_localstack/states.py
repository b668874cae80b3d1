"""Two faults of LocalStack's Step Functions that workflows of this product meet.

Status events tell times as text and a version as the machine, where AWS tells milliseconds and
both (https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html); and a
state machine that has an alias cannot be started, since an alias's lock cannot be copied.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from localstack.runtime import hooks

_TIMES = ("startDate", "stopDate")


@hooks.on_infra_start()
def statewright_states() -> None:
    """Mends both."""
    from localstack.services.stepfunctions.backend import alias, execution

    theirs = execution.to_json_str

    def to_json_str(value: Any, *args: Any, **options: Any) -> str:
        if isinstance(value, dict) and "executionArn" in value:
            value = {**value, **_machine(value["stateMachineArn"])}
            value |= {name: _milliseconds(value.get(name)) for name in _TIMES}
        return str(theirs(value, *args, **options))

    execution.to_json_str = to_json_str
    alias.Alias.__deepcopy__ = lambda self, memo: self


def _machine(arn: str) -> dict[str, str | None]:
    parts = arn.split(":")
    machine = ":".join(parts[:7])
    return {"stateMachineArn": machine, "stateMachineVersionArn": arn if parts[7:] else None}


def _milliseconds(moment: Any) -> Any:
    return int(moment.timestamp() * 1000) if isinstance(moment, datetime) else moment
