"""The AWS Systems Manager Parameter Store."""

from __future__ import annotations

from statewright.aws.clients import client, mapped


def text(name: str) -> str:
    """A parameter's text, decrypted."""
    with mapped("The Parameter Store"):
        answer = client("ssm").get_parameter(Name=name, WithDecryption=True)
    return str(answer["Parameter"]["Value"])
