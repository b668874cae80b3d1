"""Which AWS operation's answer the result of a service integration is.

A ``.sync`` integration's result is the answer of the operation that Step Functions polls.
https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
"""

from __future__ import annotations

from functools import lru_cache

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape

from asl.machine import Resource

_UNCHECKED = {"http:invoke", "apigateway:invoke", "eks:call", "eks:runJob"}
"""Integrations without an API model (AWS does not check their mocks either)."""
_OPTIMISED = {"elasticmapreduce": "emr", "states": "stepfunctions"}
_RENAMED = {
    "bedrock:invokeModel": ("bedrock-runtime", "InvokeModel"),
    "elasticmapreduce:addStep": ("emr", "AddJobFlowSteps"),
    "elasticmapreduce:cancelStep": ("emr", "CancelSteps"),
    "elasticmapreduce:createCluster": ("emr", "RunJobFlow"),
    "elasticmapreduce:modifyInstanceFleetByName": ("emr", "ModifyInstanceFleet"),
    "elasticmapreduce:modifyInstanceGroupByName": ("emr", "ModifyInstanceGroups"),
    "elasticmapreduce:setClusterTerminationProtection": ("emr", "SetTerminationProtection"),
    "elasticmapreduce:terminateCluster": ("emr", "TerminateJobFlows"),
}
_POLLED = {
    "athena:startQueryExecution": "GetQueryExecution",
    "batch:submitJob": "DescribeJobs",
    "bedrock:createModelCustomizationJob": "GetModelCustomizationJob",
    "codebuild:retryBuildBatch": "BatchGetBuildBatches",
    "codebuild:startBuild": "BatchGetBuilds",
    "codebuild:startBuildBatch": "BatchGetBuildBatches",
    "databrew:startJobRun": "DescribeJobRun",
    "ecs:runTask": "DescribeTasks",
    "eks:createCluster": "DescribeCluster",
    "eks:createFargateProfile": "DescribeFargateProfile",
    "eks:createNodegroup": "DescribeNodegroup",
    "eks:deleteCluster": "DescribeCluster",
    "eks:deleteFargateProfile": "DescribeFargateProfile",
    "eks:deleteNodegroup": "DescribeNodegroup",
    "elasticmapreduce:addStep": "DescribeStep",
    "elasticmapreduce:createCluster": "DescribeCluster",
    "elasticmapreduce:terminateCluster": "DescribeCluster",
    "emr-containers:deleteVirtualCluster": "DescribeVirtualCluster",
    "emr-containers:startJobRun": "DescribeJobRun",
    "emr-serverless:cancelJobRun": "GetJobRun",
    "emr-serverless:createApplication": "GetApplication",
    "emr-serverless:deleteApplication": "GetApplication",
    "emr-serverless:startApplication": "GetApplication",
    "emr-serverless:startJobRun": "GetJobRun",
    "emr-serverless:stopApplication": "GetApplication",
    "glue:startJobRun": "GetJobRun",
    "mediaconvert:createJob": "GetJob",
    "sagemaker:createHyperParameterTuningJob": "DescribeHyperParameterTuningJob",
    "sagemaker:createLabelingJob": "DescribeLabelingJob",
    "sagemaker:createProcessingJob": "DescribeProcessingJob",
    "sagemaker:createTrainingJob": "DescribeTrainingJob",
    "sagemaker:createTransformJob": "DescribeTransformJob",
    "states:startExecution": "DescribeExecution",
}
_SDK = {
    "applicationdiscovery": "discovery",
    "cloudwatchlogs": "logs",
    "cognitoidentityprovider": "cognito-idp",
    "costandusagereport": "cur",
    "costexplorer": "ce",
    "databasemigration": "dms",
    "directory": "ds",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "elasticsearch": "es",
    "eventbridge": "events",
    "iotdataplane": "iot-data",
    "iotjobsdataplane": "iot-jobs-data",
    "lexmodelbuilding": "lex-models",
    "lexmodelsv2": "lexv2-models",
    "lexruntime": "lex-runtime",
    "lexruntimev2": "lexv2-runtime",
    "marketplaceentitlement": "marketplace-entitlement",
    "marketplacemetering": "meteringmarketplace",
    "migrationhub": "mgh",
    "pinpointsmsvoice": "sms-voice",
    "serverlessapplicationrepository": "serverlessrepo",
    "sfn": "stepfunctions",
    "simpledb": "sdb",
}
"""Names of the SDK for Java, as Step Functions has them, where botocore's differ by more than
hyphens. https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html"""


def answer_shape(resource: Resource) -> Shape | None:
    """The shape of what the integration gives; None where no API model says it."""
    action = resource.action.partition(".")[0]
    integration = f"{resource.service}:{action}"
    free = resource.direct_lambda or resource.pattern in {"activity", "token"}
    if free or integration in _UNCHECKED:
        return None
    service, operation = _operation(resource, integration, action)
    model = _model(service)
    if model is None:
        return None
    named = {name.lower(): name for name in model.operation_names}
    found = named.get(operation.lower())
    return None if found is None else model.operation_model(found).output_shape


def _operation(resource: Resource, integration: str, action: str) -> tuple[str, str]:
    if resource.service.startswith("aws-sdk:"):
        name = resource.service.removeprefix("aws-sdk:")
        return _SDK.get(name, name), action
    service = _OPTIMISED.get(resource.service, resource.service)
    if resource.pattern in {"sync", "sync2"}:
        return service, _POLLED.get(integration, action)
    return _RENAMED.get(integration, (service, action))


@lru_cache(maxsize=32)
def _model(service: str) -> ServiceModel | None:
    loader = Loader()
    names = {name.replace("-", ""): name for name in loader.list_available_services("service-2")}
    try:
        return ServiceModel(
            loader.load_service_model(names.get(service.replace("-", ""), service), "service-2")
        )
    except UnknownServiceError:
        return None
