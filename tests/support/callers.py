"""Two of AWS's own clients for Step Functions, called alike: boto3 and the AWS CLI."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, Protocol
from unittest.mock import patch

import boto3
from awscli.clidriver import CLIDriver, create_clidriver
from botocore.config import Config
from botocore.exceptions import ClientError

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_MAX_ATTEMPTS": "1",
    "AWS_PAGER": "",
    # Else they look for the host sync-127.0.0.1 to test a state.
    "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
}
_RENAMED = {"output": "task-output"}
"""Options that the CLI calls otherwise, since every command has one of that name."""
_REFUSED = re.compile(
    r"An error occurred \((\w+)\) when calling the \w+ operation[^:]*: (.*)", re.DOTALL
)


class RefusedError(Exception):
    """The service refused a call."""

    def __init__(self, code: str, message: str):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Caller(Protocol):
    """Calls operations by boto3's names, with the API's names of parameters."""

    def __call__(self, operation: str, **parameters: Any) -> Any: ...


class Boto3:
    """boto3's client."""

    def __init__(self, url: str):
        self._client = boto3.client(
            "stepfunctions",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="x",
            aws_secret_access_key="x",
            config=Config(retries={"total_max_attempts": 1}, inject_host_prefix=False),
        )

    def __call__(self, operation: str, **parameters: Any) -> Any:
        try:
            return getattr(self._client, operation)(**parameters)
        except ClientError as refused:
            error = refused.response["Error"]
            raise RefusedError(error["Code"], error["Message"]) from None


class CommandLine:
    """The AWS CLI, in this process: each command is a new invocation of its driver."""

    def __init__(self, url: str):
        self._url = url
        with patch.dict(os.environ, ENVIRONMENT):
            self._driver: CLIDriver = create_clidriver()

    def __call__(self, operation: str, **parameters: Any) -> Any:
        told, complained = io.StringIO(), io.StringIO()
        words = [operation.replace("_", "-"), "--endpoint-url", self._url, "--region", "us-east-1"]
        with (
            patch.dict(os.environ, ENVIRONMENT),
            redirect_stdout(told),
            redirect_stderr(complained),
        ):
            code = self._driver.main(["stepfunctions", *words, *_options(parameters)])
        if code == 0:
            return json.loads(told.getvalue() or "{}")
        refused = _REFUSED.search(complained.getvalue())
        if refused is None:
            raise AssertionError(f"{operation} ended with {code}: {complained.getvalue()}")
        raise RefusedError(refused[1], refused[2].strip())


def _options(parameters: Mapping[str, Any]) -> list[str]:
    words = []
    for name, value in parameters.items():
        dashed = re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", name)
        option = f"--{_RENAMED.get(dashed, dashed)}"
        if isinstance(value, bool):
            words.append(option if value else option.replace("--", "--no-", 1))
        else:
            words += [option, value if isinstance(value, str) else json.dumps(value)]
    return words
