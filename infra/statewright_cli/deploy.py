"""``deploy``: SAM builds and deploys the template; then the database and the console follow."""

from __future__ import annotations

import json
import shutil
import subprocess
import tomllib
from collections.abc import Sequence

import boto3
import typer
from rich.console import Console

from statewright.gateway.document import FILE
from statewright_cli import openapi, site_files
from statewright_cli.files import problems
from statewright_cli.project import ROOT


def deploy_stack(stage: str, arguments: Sequence[str]) -> None:
    """Deploys an environment of samconfig.toml."""
    if shutil.which("sam") is None:
        problems.print("The AWS SAM CLI is needed: pip install aws-sam-cli", style="red")
        raise typer.Exit(1)
    openapi.write(FILE)
    for command in (["build"], ["deploy", *arguments]):
        done = subprocess.run(["sam", *command, "--config-env", stage], cwd=ROOT, check=False)
        if done.returncode:
            raise typer.Exit(done.returncode)
    stack = stack_name(stage)
    answer = boto3.client("lambda").invoke(
        FunctionName=f"{stack}-operations-migrate", Payload=b"{}"
    )
    applied = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        problems.print(f"The migrations failed: {applied.get('errorMessage')}", style="red")
        raise typer.Exit(1)
    Console().print(f"Deployed {stack}; migrations applied: {applied['applied'] or 'none'}")
    _put_console(stack)


def _put_console(stack: str) -> None:
    """Builds the console and uploads it, where the stack serves it."""
    told = site_files.outputs(stack, boto3.client("cloudformation"))
    if (bucket := told.get("ConsoleBucket")) is None:
        return
    done = subprocess.run(["make", "--no-print-directory", "console"], cwd=ROOT, check=False)
    if done.returncode:
        problems.print("The console could not be built, and is as it was before.", style="red")
        raise typer.Exit(done.returncode)
    count = site_files.upload(ROOT / "console" / "dist", bucket, boto3.client("s3"))
    Console().print(f"Console: {count} files, at {told['ConsoleUrl']}")


def stack_name(stage: str) -> str:
    """The stack that an environment of samconfig.toml deploys."""
    config = tomllib.loads((ROOT / "samconfig.toml").read_text())
    return str(config[stage]["deploy"]["parameters"]["stack_name"])
