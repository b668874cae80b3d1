"""The AWS Systems Manager Parameter Store."""

from __future__ import annotations

from statewright.aws.clients import client, mapped


def text(name: str) -> str:
    """A parameter's text, decrypted. A name with levels has a slash in front, or AWS refuses it."""
    whole = f"/{name.lstrip('/')}" if "/" in name else name
    with mapped("The Parameter Store"):
        answer = client("ssm").get_parameter(Name=whole, WithDecryption=True)
    return str(answer["Parameter"]["Value"])
