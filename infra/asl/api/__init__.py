"""The Step Functions operations, as plain functions over the ports.

Parameters, answers and error codes are those of boto3's ``stepfunctions`` client:
https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html
"""

from __future__ import annotations

from asl.api.checks import Answer
from asl.api.executions import ExecutionOperations
from asl.api.machines import MachineOperations
from asl.api.tasks import ActivityOperations
from asl.api.test_state import StateTestOperations
from asl.api.versions import VersionOperations

__all__ = ["Answer", "StepFunctions"]


class StepFunctions(
    ActivityOperations,
    MachineOperations,
    ExecutionOperations,
    VersionOperations,
    StateTestOperations,
):
    """One account's Step Functions in one region. See :class:`asl.api.base.Operations`."""
