"""The product deployed to LocalStack, for the same tests that the local cloud's server passes."""

from __future__ import annotations

import email
import email.policy
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import boto3
import httpx

from localcloud.database import EmbeddedDatabase
from tests.localstack.packaging import BUCKET, packaged
from tests.localstack.process import LocalStack
from tests.support.server import Letter, letter_of, until

STACK = "statewright"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}
PARAMETERS = {
    "BaseUrl": "http://localhost:8000",
    "Registration": "open",
    "WithoutProvider": "keep",
    "OutboundAllow": "127.0.0.0/8,localhost",
    "AwsActions": "sfn:list*",
}
_DEPLOYED = {"CREATE_COMPLETE", "CREATE_FAILED", "ROLLBACK_COMPLETE"}
_SECONDS = 400


class LocalStackServer:
    """What tests ask of a server: its URL and the mails that it sent."""

    def __init__(self, data: Path):
        self.data = data
        self.url = ""
        self._own = tempfile.TemporaryDirectory(prefix="localstack-", ignore_cleanup_errors=True)
        self.localstack = LocalStack(Path(self._own.name), data / "localstack.log")
        self.port = self.localstack.port
        self._database = EmbeddedDatabase(data / "postgres")

    def start(self) -> LocalStackServer:
        """Deploys the template by CloudFormation, then makes the database's tables."""
        self.data.mkdir(parents=True)
        self.data.chmod(0o755)
        parameters = {**PARAMETERS, "DatabaseUrl": self._database.start()}
        self.localstack.start()
        self._deploy(parameters)
        answer = self.client("lambda").invoke(FunctionName=f"{STACK}-operations-migrate:live")
        assert "FunctionError" not in answer, answer["Payload"].read()
        self._tell_of_mails()
        (api,) = self.client("apigateway").get_rest_apis()["items"]
        self.url = f"{self.localstack.url}/_aws/execute-api/{api['id']}/dev"
        return self

    def put_parameter(self, name: str, text: str) -> None:
        """Keeps a secret in SSM, as an operator does."""
        self.client("ssm").put_parameter(Name=name, Value=text, Type="SecureString")

    def client(self, service: str) -> Any:
        """A boto3 client of LocalStack."""
        return boto3.client(
            service,
            endpoint_url=self.localstack.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def _deploy(self, parameters: dict[str, str]) -> None:
        s3, cloudformation = self.client("s3"), self.client("cloudformation")
        s3.create_bucket(Bucket=BUCKET)
        environment = {**CREDENTIALS, "AWS_ENDPOINT_URL": self.localstack.url}
        text = packaged(Path(self._own.name) / "templates", environment)
        s3.put_object(Bucket=BUCKET, Key="template.json", Body=text.encode())
        cloudformation.create_stack(
            StackName=STACK,
            TemplateURL=f"{self.localstack.url}/{BUCKET}/template.json",
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in parameters.items()
            ],
        )

        def status() -> str | None:
            (stack,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
            return str(stack["StackStatus"]) if stack["StackStatus"] in _DEPLOYED else None

        ended = until(status, "the stack", _SECONDS, pause=2.0)
        assert ended == "CREATE_COMPLETE", self._reasons()

    def _reasons(self) -> list[str]:
        cloudformation = self.client("cloudformation")
        events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
        return [
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}"
            for event in events
            if event["ResourceStatus"].endswith("FAILED")
        ]

    def _tell_of_mails(self) -> None:
        """SES's configuration set, which LocalStack's CloudFormation leaves out."""
        name = f"{STACK}-notifications"
        ses = self.client("ses")
        ses.create_configuration_set(ConfigurationSet={"Name": name})
        ses.create_configuration_set_event_destination(
            ConfigurationSetName=name,
            EventDestination={
                "Name": "to-topic",
                "Enabled": True,
                "MatchingEventTypes": ["send", "delivery", "bounce", "complaint", "reject"],
                "SNSDestination": {
                    "TopicARN": f"arn:aws:sns:us-east-1:000000000000:{STACK}-notifications-email-events"
                },
            },
        )

    def letters(self) -> list[Letter]:
        """Every mail that SES took, oldest first."""
        found = httpx.get(f"{self.localstack.url}/_aws/ses", timeout=30).json()["messages"]
        return [letter for message in found for letter in _letters(message)]

    def stop(self) -> None:
        """Ends LocalStack and PostgreSQL."""
        self.localstack.stop()
        self._own.cleanup()
        self._database.stop()


def _letters(message: dict[str, Any]) -> Iterable[Letter]:
    if "RawData" in message:
        parsed = email.message_from_string(message["RawData"], policy=email.policy.default)
        yield letter_of(parsed)
        return
    text = message["Body"]["text_part"] or ""
    for recipient in message["Destination"]["ToAddresses"]:
        yield Letter(recipient, message["Subject"], text)
