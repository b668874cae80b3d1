"""Plugs the local cloud in under boto3.

botocore lets a ``creating-client-class`` handler add a base class to every client that a session
makes. Ours answers ``_make_api_call``, the one method that all operations go through, in this
process. So clients are real boto3 clients with AWS's parameter checks, and errors are raised as
ClientError: the calling code cannot tell.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ParamValidationError
from botocore.validate import ParamValidator

from asl.errors import UnavailableError
from localcloud.errors import AwsError
from localcloud.ids import new_id

KEY_ID = "local"
Operation = Callable[..., dict[str, Any]]
Service = Mapping[str, Operation]


class Plug:
    """Answers boto3's calls from Python functions.

    Args:
        secret: what presigned URLs are signed with, by the access key :data:`KEY_ID`.
        s3_url: where presigned URLs lead to.
        services: operations by boto3's service id (``sqs``, ``sfn``, …) and AWS's operation name.
            Each takes the operation's parameters as keywords and returns its answer.
    """

    def __init__(
        self, services: Mapping[str, Service], region: str, secret: str = KEY_ID, s3_url: str = ""
    ):
        self._services = services
        self._region = region
        self._secret = secret
        self._s3_url = s3_url
        self.watch: Callable[[str, str, Mapping[str, Any]], None] = lambda *_: None
        """Sees service, operation and parameters of every call."""

    def install(self) -> None:
        """Makes boto3's default session, and so every client made from it, local."""
        # Clients want credentials before they call; presigned URLs are signed with them.
        os.environ["AWS_ACCESS_KEY_ID"] = KEY_ID
        os.environ["AWS_SECRET_ACCESS_KEY"] = self._secret
        if self._s3_url:
            os.environ["AWS_ENDPOINT_URL_S3"] = self._s3_url
        core = botocore.session.Session()
        core.set_default_client_config(Config(s3={"addressing_style": "path"}))
        session = boto3.Session(region_name=self._region, botocore_session=core)
        session.events.register("creating-client-class", self._extend)
        boto3.DEFAULT_SESSION = session

    def _extend(self, base_classes: list[type], **_: Any) -> None:
        plug = self

        class LocalClient:
            """The base class that answers."""

            meta: Any
            exceptions: Any

            def _make_api_call(self, operation_name: str, api_params: Any) -> dict[str, Any]:
                try:
                    return plug.answer(self.meta, operation_name, api_params)
                except AwsError as error:
                    kind = self.exceptions.from_code(error.code)
                    raise kind(_response(error), operation_name) from None

        base_classes.insert(0, LocalClient)

    def answer(self, meta: Any, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Performs one API call of a client.

        Raises:
            ParamValidationError: a parameter is missing, unknown or of a wrong type.
            AwsError: the operation's own errors.
        """
        model = meta.service_model
        if meta.config.parameter_validation:
            shape = model.operation_model(operation).input_shape
            if shape is not None and not _fits_plainly(parameters, shape):
                report = ParamValidator().validate(parameters, shape)
                if report.has_errors():
                    raise ParamValidationError(report=report.generate_report())
        service = str(model.service_id.hyphenize())
        self.watch(service, operation, parameters)
        try:
            answer = self.call(service, operation, parameters)
        except UnavailableError as error:
            raise AwsError("ServiceUnavailable", str(error), 503) from error
        answer["ResponseMetadata"] = _metadata(200)
        return answer

    def call(self, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Performs an operation.

        Raises:
            AwsError: the operation's own errors, or NotSupportedLocally by name.
        """
        function = self._services.get(service, {}).get(operation)
        if function is None:
            raise AwsError(
                "NotSupportedLocally",
                f"The local cloud does not support {service}:{operation}",
                501,
            )
        return function(**parameters)


def _fits_plainly(parameters: dict[str, Any], shape: Any) -> bool:
    """Whether parameters are texts only, all known and none missing: what botocore's validator
    finds out ten times as slowly."""
    members = shape.members
    for name, value in parameters.items():
        member = members.get(name)
        if member is None or member.type_name != "string" or type(value) is not str:
            return False
        if len(value) < member.metadata.get("min", 0):
            return False
    return all(name in parameters for name in shape.required_members)


def _response(error: AwsError) -> Any:
    details = {"Code": error.code, "Message": error.message}
    return {"Error": details, "ResponseMetadata": _metadata(error.status)}


def _metadata(status: int) -> dict[str, Any]:
    return {"RequestId": new_id(), "HTTPStatusCode": status, "RetryAttempts": 0}
