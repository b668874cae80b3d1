"""What a Task's ``Resource`` ARN means.

https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
"""

from __future__ import annotations

import re

from asl.machine import Resource

_SUFFIXES = {".waitForTaskToken": "token", ".sync:2": "sync2", ".sync": "sync"}
_SERVICE = re.compile(
    r"arn:aws[\w-]*:states:[\w-]*:\d*:(aws-sdk:)?([\w-]+):(\w+)((?:\.\w+)?(?::2)?)"
)
# region and account may be left out: then they are those of the state machine
_LAMBDA = re.compile(r"arn:aws[\w-]*:lambda:[\w-]*:(?:\d{12})?:function:[\w-]+(:[\w$-]+)?")
_ACTIVITY = re.compile(r"arn:aws[\w-]*:states:[\w-]+:\d{12}:activity:[^:]{1,80}")
_R, _S, _T = {"response"}, {"response", "sync"}, {"response", "token"}
_ALL = {"response", "sync", "token"}


def _each(names: str, patterns: set[str]) -> dict[str, set[str]]:
    return dict.fromkeys(names.split(), patterns)


# https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
_INTEGRATIONS: dict[str, dict[str, set[str]]] = {
    "apigateway": _each("invoke", _T),
    "athena": {
        **_each("startQueryExecution", _S),
        **_each("stopQueryExecution getQueryExecution getQueryResults", _R),
    },
    "batch": _each("submitJob", _ALL),
    "bedrock": {**_each("invokeModel", _T), **_each("createModelCustomizationJob", _S)},
    "codebuild": {
        **_each("startBuild startBuildBatch retryBuildBatch", _S),
        **_each("stopBuild stopBuildBatch batchDeleteBuilds batchGetReports", _R),
    },
    "databrew": _each("startJobRun", _S),
    "dynamodb": _each("getItem putItem updateItem deleteItem", _R),
    "ecs": _each("runTask", _ALL),
    "eks": {
        **_each("createCluster deleteCluster createNodegroup deleteNodegroup runJob", _S),
        **_each("createFargateProfile deleteFargateProfile", _S),
        **_each("call", _R),
    },
    "elasticmapreduce": {
        **_each("createCluster terminateCluster addStep", _S),
        **_each("setClusterTerminationProtection cancelStep modifyInstanceGroupByName", _R),
        **_each("modifyInstanceFleetByName", _R),
    },
    "emr-containers": {
        **_each("deleteVirtualCluster startJobRun", _S),
        **_each("createVirtualCluster", _R),
    },
    "emr-serverless": _each(
        "createApplication startApplication stopApplication deleteApplication startJobRun "
        "cancelJobRun",
        _S,
    ),
    "events": _each("putEvents", _T),
    "glue": _each("startJobRun", _S),
    "http": _each("invoke", _R),
    "lambda": _each("invoke", _T),
    "mediaconvert": _each("createJob", _S),
    "sagemaker": {
        **_each("createTrainingJob createTransformJob createProcessingJob createLabelingJob", _S),
        **_each("createHyperParameterTuningJob", _S),
        **_each("createEndpoint createEndpointConfig createModel updateEndpoint", _R),
    },
    "sns": _each("publish", _T),
    "sqs": _each("sendMessage", _T),
    "states": {"startExecution": {"response", "sync", "sync2", "token"}},
}


class UnsupportedResourceError(ValueError):
    """The ARN names nothing that this engine calls."""


def _unknown(arn: str) -> str:
    return (
        f"The resource provided {arn} is not recognized. The value is not a valid resource ARN, "
        "or the resource is not available in this region."
    )


def parse_resource(arn: str) -> Resource:
    """Takes a resource ARN apart.

    Raises:
        UnsupportedResourceError: the ARN is malformed or names an integration that is not
            supported.
    """
    if _LAMBDA.fullmatch(arn):
        return Resource(arn, "lambda", arn.split(":", 6)[6], direct_lambda=True)
    if _ACTIVITY.fullmatch(arn):
        return Resource(arn, "activity", arn.split(":", 6)[6], "activity")
    match = _SERVICE.fullmatch(arn)
    if match is None:
        raise UnsupportedResourceError(_unknown(arn))
    sdk, service, action, suffix = match.groups()
    pattern = _SUFFIXES.get(suffix, "response" if not suffix else "")
    # https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
    allowed = {"response", "token"} if sdk else _INTEGRATIONS.get(service, {}).get(action, set())
    if pattern not in allowed:
        raise UnsupportedResourceError(_unknown(arn))
    return Resource(arn, f"{sdk or ''}{service}", action + suffix, pattern)
